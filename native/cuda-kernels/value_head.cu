// The critics' last layer, one output: q[h, b] = x[h, b] . w[h] + c[h], and its backward pass.
//
// Shapes: x [H, B, I], w [H, 1, I], c [H, 1, 1], q [H, 1, B]. Bytes: x once (4 H B I), the rest is small. A matrix product
// with one column would leave a tile 31 / 32 empty, so: forward, a warp a sample, lanes along the features (coalesced),
// eight samples a block; backward to x, a thread an element; backward to w, a block 32 columns of one head, its 32 warps
// sharing the batch, four samples of each on their way at a time, so that the sum has one fixed order and needs no atomics.
#include "math.cuh"

RF_KERNEL RF_THREADS(256) value_head(const float* x, const float* weight, const float* bias, float* q, int batch, int inputs)
{
    int head = block_y(), sample = block_x() * 8 + warp_index(), stride = stride_of(inputs);
    int clamped = sample < batch ? sample : batch - 1; // whole warps stay for the sum
    const float* row = x + ((long long)head * batch + clamped) * stride;
    const float* w = weight + head * stride;
    float sum = 0.0f;
    for (int i = lane_index(); i < inputs; i += 32)
    {
        sum = multiply_add(row[i], w[i], sum);
    }

    sum = warp_sum(sum);
    if (lane_index() == 0 && sample < batch)
    {
        q[head * stride_of(batch) + sample] = sum + bias[head * 4];
    }
}
RF_REGISTER(value_head)

// dx[h, b, i] = dq[h, b] w[h, i] where gate > 0 (gate may be null).
RF_KERNEL RF_THREADS(256) value_head_backward_input(
    const float* dq, const float* weight, const float* gate, float* dx, int batch, int inputs, int heads)
{
    int stride = stride_of(inputs);
    long long i = (long long)block_x() * 256 + thread_index();
    if (i >= (long long)heads * batch * stride)
    {
        return;
    }

    int column = (int)(i % stride), sample = (int)(i / stride % batch), head = (int)(i / stride / batch);
    bool open = column < inputs && (gate == nullptr || gate[i] > 0.0f);
    dx[i] = open ? dq[head * stride_of(batch) + sample] * weight[head * stride + column] : 0.0f;
}
RF_REGISTER(value_head_backward_input)

// dw[h, i] = sum_b dq[h, b] x[h, b, i]; dc[h] = sum_b dq[h, b], by the first block of each head.
RF_KERNEL RF_THREADS(1024) value_head_backward_weights(
    const float* dq, const float* x, float* weight_gradient, float* bias_gradient, int batch, int inputs)
{
    RF_SHARED float partial[32][33]; // a row of 33, so that a warp reads a column from 32 banks
    RF_SHARED float scratch[32];
    int head = block_y(), column = block_x() * 32 + lane_index(), stride = stride_of(inputs);
    const float* d = dq + head * stride_of(batch);
    const float* rows = x + (long long)head * batch * stride + (column < inputs ? column : 0);
    float sums[4] = {0.0f, 0.0f, 0.0f, 0.0f}, ones = 0.0f;
    for (int b = warp_index(); b < batch; b += 4 * 32)
    {
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            if (b + 32 * i < batch)
            {
                sums[i] = multiply_add(d[b + 32 * i], rows[(long long)(b + 32 * i) * stride], sums[i]);
            }
        }
    }

    partial[warp_index()][lane_index()] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    block_barrier();
    float total = warp_sum(partial[lane_index()][warp_index()]); // a warp a column
    column = block_x() * 32 + warp_index();
    if (lane_index() == 0 && column < inputs)
    {
        weight_gradient[head * stride + column] = total;
    }

    if (block_x() == 0)
    {
        for (int b = thread_index(); b < batch; b += 1024)
        {
            ones += d[b];
        }

        ones = block_sum<32>(ones, scratch);
        if (thread_index() == 0)
        {
            bias_gradient[head * 4] = ones;
        }
    }
}
RF_REGISTER(value_head_backward_weights)
