// Layer normalisation over features (Ba et al. 2016, eq. 3), with the activation after it, and its backward pass.
//
//   n = (x - mean) r,  r = 1 / sqrt(variance + eps);   y = act(gain n + shift)
//   dn = dy gain;      dx = r (dn - mean(dn) - n mean(dn n));   dgain = sum_b dy n;  dshift = sum_b dy
//
// Shapes: x, y, n [H, B, F]; gain, shift [H, 1, F]; r [H, 1, B]. Bytes: forward 12 H B F (x is read three times, twice from
// L1), backward 12. Rows are independent and short: a warp a row, eight rows a block, sums by shuffles. The parameters'
// gradients sum over rows: a block 32 columns, its eight warps sharing the batch in a fixed order.
#include "dense.cuh"

RF_KERNEL RF_THREADS(256) layer_norm(
    const float* x, const float* gain, const float* shift, float* normalized, float* reciprocal, float* y, int batch, int features,
    float epsilon, int activation)
{
    int head = block_y(), sample = block_x() * 8 + warp_index(), stride = stride_of(features);
    int clamped = sample < batch ? sample : batch - 1; // whole warps stay for the sums
    long long row = ((long long)head * batch + clamped) * stride;
    float sum = 0.0f;
    for (int i = lane_index(); i < features; i += 32)
    {
        sum += x[row + i];
    }

    float mean = warp_sum(sum) / (float)features, squares = 0.0f;
    for (int i = lane_index(); i < features; i += 32)
    {
        float centred = x[row + i] - mean;
        squares = multiply_add(centred, centred, squares);
    }

    float r = 1.0f / square_root(warp_sum(squares) / (float)features + epsilon);
    if (sample >= batch)
    {
        return;
    }

    for (int i = lane_index(); i < features; i += 32)
    {
        float n = (x[row + i] - mean) * r;
        normalized[row + i] = n;
        y[row + i] = activate(multiply_add(gain[head * stride + i], n, shift[head * stride + i]), activation);
    }

    if (lane_index() == 0)
    {
        reciprocal[head * stride_of(batch) + sample] = r;
    }
}
RF_REGISTER(layer_norm)

RF_KERNEL RF_THREADS(256) layer_norm_backward(
    const float* dy, const float* gain, const float* normalized, const float* reciprocal, float* dx, int batch, int features)
{
    int head = block_y(), sample = block_x() * 8 + warp_index(), stride = stride_of(features);
    int clamped = sample < batch ? sample : batch - 1;
    long long row = ((long long)head * batch + clamped) * stride;
    float sum = 0.0f, product = 0.0f;
    for (int i = lane_index(); i < features; i += 32)
    {
        float dn = dy[row + i] * gain[head * stride + i];
        sum += dn;
        product = multiply_add(dn, normalized[row + i], product);
    }

    sum = warp_sum(sum) / (float)features;
    product = warp_sum(product) / (float)features;
    float r = reciprocal[head * stride_of(batch) + clamped];
    for (int i = lane_index(); i < features && sample < batch; i += 32) // dx may be dy: every lane rewrites what it alone reads
    {
        dx[row + i] = r * (dy[row + i] * gain[head * stride + i] - sum - normalized[row + i] * product);
    }
}
RF_REGISTER(layer_norm_backward)

RF_KERNEL RF_THREADS(256) layer_norm_backward_parameters(
    const float* dy, const float* normalized, float* gain_gradient, float* shift_gradient, int batch, int features)
{
    RF_SHARED float gains[8][32];
    RF_SHARED float shifts[8][32];
    int head = block_y(), column = block_x() * 32 + lane_index(), stride = stride_of(features);
    float gain = 0.0f, shift = 0.0f;
    for (int b = warp_index(); b < batch; b += 8)
    {
        if (column < features)
        {
            long long at = ((long long)head * batch + b) * stride + column;
            gain = multiply_add(dy[at], normalized[at], gain);
            shift += dy[at];
        }
    }

    gains[warp_index()][lane_index()] = gain;
    shifts[warp_index()][lane_index()] = shift;
    block_barrier();
    if (warp_index() == 0 && column < features)
    {
        gain = shift = 0.0f;
        for (int warp = 0; warp < 8; warp++)
        {
            gain += gains[warp][lane_index()];
            shift += shifts[warp][lane_index()];
        }

        gain_gradient[head * stride + column] = gain;
        shift_gradient[head * stride + column] = shift;
    }
}
RF_REGISTER(layer_norm_backward_parameters)
