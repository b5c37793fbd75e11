// Linear layers with few outputs, and the gradient of few inputs: the policy's last layer, and the critics' gradient with respect
// to the actions. A tile of a matrix product would be mostly empty there, and few blocks would each walk the whole sum.
//
// So a warp takes a row, its lanes the sum (coalesced), eight columns of the result at a time; four rows a block. The weights, a
// few kB, come out of the first-level cache. Bytes: the row once for every eight columns. Always float32: it is bound by latency.
#include "math.cuh"

constexpr int COLUMNS = 8;

// y = act(x W + b), as in dense.cuh, for `outputs` of at most a few times eight.
RF_KERNEL RF_THREADS(128) linear_narrow(
    const float* x, long long x_head, const float* weight, const float* bias, float* y, int batch, int inputs, int outputs,
    int activation)
{
    int head = block_y(), row = block_x() * 4 + warp_index(), stride = stride_of(outputs);
    if (row >= batch)
    {
        return;
    }

    const float* from = x + head * x_head + (long long)row * stride_of(inputs);
    const float* w = weight + (long long)head * inputs * stride;
    float* to = y + ((long long)head * batch + row) * stride;
    for (int first = 0; first < outputs; first += COLUMNS)
    {
        // Rows are padded to four, so the second four may lie beyond the row; they are then not used, and not read.
        bool wide = first + 4 < stride;
        float sums[COLUMNS] = {};
#pragma unroll 8
        for (int i = lane_index(); i < inputs; i += 32)
        {
            Quad low = load_quad(w + (long long)i * stride + first);
            Quad high = wide ? load_quad(w + (long long)i * stride + first + 4) : Quad{0.0f, 0.0f, 0.0f, 0.0f};
            float value = from[i];
            sums[0] = multiply_add(value, low.x, sums[0]);
            sums[1] = multiply_add(value, low.y, sums[1]);
            sums[2] = multiply_add(value, low.z, sums[2]);
            sums[3] = multiply_add(value, low.w, sums[3]);
            sums[4] = multiply_add(value, high.x, sums[4]);
            sums[5] = multiply_add(value, high.y, sums[5]);
            sums[6] = multiply_add(value, high.z, sums[6]);
            sums[7] = multiply_add(value, high.w, sums[7]);
        }

#pragma unroll
        for (int j = 0; j < COLUMNS; j++)
        {
            if (first + j < outputs)
            {
                float sum = warp_sum(sums[j]);
                if (lane_index() == j)
                {
                    to[first + j] = activate(sum + bias[head * stride + first + j], activation);
                }
            }
        }
    }
}
RF_REGISTER(linear_narrow)

// dx = dy W^T, as in dense.cuh, for `inputs` of at most a few times eight.
RF_KERNEL RF_THREADS(128) linear_backward_input_narrow(
    const float* dy, const float* weight, const float* gate, float* dx, int batch, int first, int inputs, int all_inputs,
    int outputs, int heads, int dx_heads)
{
    int row = block_x() * 4 + warp_index(), stride = stride_of(outputs);
    if (row >= batch)
    {
        return;
    }

    int summed = dx_heads < heads ? heads : 1;
    long long at = ((long long)block_y() * batch + row) * stride_of(inputs);
    for (int column = 0; column < inputs; column += COLUMNS)
    {
        float sums[COLUMNS] = {};
        for (int head = block_y(); head < block_y() + summed; head++)
        {
            const float* from = dy + ((long long)head * batch + row) * stride;
            const float* w = weight + ((long long)head * all_inputs + first + column) * stride;
#pragma unroll 4 // with 8 it needs more registers than there are
            for (int o = lane_index(); o < outputs; o += 32)
            {
                float value = from[o];
#pragma unroll
                for (int j = 0; j < COLUMNS; j++)
                {
                    if (column + j < inputs)
                    {
                        sums[j] = multiply_add(value, w[j * stride + o], sums[j]);
                    }
                }
            }
        }

#pragma unroll
        for (int j = 0; j < COLUMNS; j++)
        {
            if (column + j < inputs)
            {
                float sum = warp_sum(sums[j]);
                if (lane_index() == j)
                {
                    dx[at + column + j] = gate == nullptr || gate[at + column + j] > 0.0f ? sum : 0.0f;
                }
            }
        }
    }
}
RF_REGISTER(linear_backward_input_narrow)
