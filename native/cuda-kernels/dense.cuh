// Linear layers: y = act(x W + b) and its two backward products, for H heads (twin critics) in one launch.
//
// Shapes: x [1|H, B, I], W [H, I, O], b [H, 1, O], y [H, B, O]; rows padded to 16 bytes. A grid of (n tiles, m tiles, heads).
// Arithmetic: 2 H B I O operations each; bytes at least 4 (B I + I O + B O) a head: at B = 256, I = O = 256 that is 34 MFLOP
// against 0.8 MB, all of it in L2, so one launch is bound by latency: the small tile spreads it over every multiprocessor.
// At B = 8192, I = O = 1024 (17 GFLOP, 75 MB) the matrix units bound it, and the large tile feeds them.
// No atomics and no split sums: the result does not depend on the order of blocks, so it is the same bits every time.
#pragma once
#include "math.cuh"
#include "product.cuh"

// x_head is 0 where one input feeds all heads.
template <int PRECISION, class T>
RF_DEVICE void linear(
    const float* x, long long x_head, const float* weight, const float* bias, float* y, int batch, int inputs, int outputs,
    int activation)
{
    int m0 = block_y() * T::BM, n0 = block_x() * T::BN, head = block_z();
    int stride = stride_of(outputs);
    long long weight_head = (long long)inputs * stride;
    Product<forward, PRECISION, T> product;
    product.run({x + head * x_head, batch, inputs, 0}, {weight + head * weight_head, inputs, outputs, 0}, inputs, 1, m0, n0, false);
    bias += (long long)head * stride;
    y += (long long)head * batch * stride;
    product.warp.store(m0, n0, [&](int row, int column, float first, float second) {
        if (row < batch && column < outputs)
        {
            float* to = y + (long long)row * stride + column;
            to[0] = activate(first + bias[column], activation);
            if (column + 1 < outputs)
            {
                to[1] = activate(second + bias[column + 1], activation);
            }
        }
    });
}

// dx = dy W^T for `inputs` inputs from `first` of the layer's `all_inputs`, zero where gate <= 0; summed over the heads if
// dx_heads is 1 (then the grid has one layer and the sum runs over heads and outputs).
template <int PRECISION, class T>
RF_DEVICE void linear_backward_input(
    const float* dy, const float* weight, const float* gate, float* dx, int batch, int first, int inputs, int all_inputs,
    int outputs, int heads, int dx_heads)
{
    int m0 = block_y() * T::BM, n0 = block_x() * T::BN, head = block_z();
    int stride = stride_of(outputs), dx_stride = stride_of(inputs);
    long long dy_head = (long long)batch * stride, weight_head = (long long)all_inputs * stride;
    const float* rows = weight + head * weight_head + (long long)first * stride;
    Product<backward_input, PRECISION, T> product;
    product.run({dy + head * dy_head, batch, outputs, dy_head}, {rows, inputs, outputs, weight_head}, outputs,
                dx_heads < heads ? heads : 1, m0, n0, false);
    long long dx_head = (long long)head * batch * dx_stride;
    product.warp.store(m0, n0, [&](int row, int column, float one, float two) {
        if (row < batch && column < inputs)
        {
            long long at = dx_head + (long long)row * dx_stride + column;
            dx[at] = gate == nullptr || gate[at] > 0.0f ? one : 0.0f;
            if (column + 1 < inputs)
            {
                dx[at + 1] = gate == nullptr || gate[at + 1] > 0.0f ? two : 0.0f;
            }
        }
    });
}

// dW = x^T dy, and db = column sums of dy, by the blocks of the first row of tiles, from the tiles they hold anyway.
template <int PRECISION, class T>
RF_DEVICE void linear_backward_weights(
    const float* x, long long x_head, const float* dy, float* weight_gradient, float* bias_gradient, int batch, int inputs,
    int outputs)
{
    int m0 = block_y() * T::BM, n0 = block_x() * T::BN, head = block_z();
    int stride = stride_of(outputs);
    bool with_bias = block_y() == 0;
    Product<backward_weights, PRECISION, T> product;
    product.run({x + head * x_head, batch, inputs, 0}, {dy + (long long)head * batch * stride, batch, outputs, 0}, batch, 1, m0, n0,
                with_bias);
    weight_gradient += (long long)head * inputs * stride;
    product.warp.store(m0, n0, [&](int row, int column, float first, float second) {
        if (row < inputs && column < outputs)
        {
            float* to = weight_gradient + (long long)row * stride + column;
            to[0] = first;
            if (column + 1 < outputs)
            {
                to[1] = second;
            }
        }
    });
    if (with_bias)
    {
        bias_gradient += (long long)head * stride;
        product.store_column_sums([&](int n, float sum) {
            if (n0 + n < outputs)
            {
                bias_gradient[n0 + n] = sum;
            }
        });
    }
}

// The entry points of one precision: three products, three tiles each.
#define RF_DENSE_KERNELS(precision, size, T)                                                                                    \
    RF_KERNEL RF_THREADS(T::THREADS) linear_##precision##_##size(                                                              \
        const float* x, long long x_head, const float* weight, const float* bias, float* y, int batch, int inputs, int outputs, \
        int activation)                                                                                                         \
    {                                                                                                                           \
        linear<precision, T>(x, x_head, weight, bias, y, batch, inputs, outputs, activation);                                   \
    }                                                                                                                           \
    RF_REGISTER(linear_##precision##_##size)                                                                                    \
    RF_KERNEL RF_THREADS(T::THREADS) linear_backward_input_##precision##_##size(                                               \
        const float* dy, const float* weight, const float* gate, float* dx, int batch, int first, int inputs, int all_inputs,   \
        int outputs, int heads, int dx_heads)                                                                                   \
    {                                                                                                                           \
        linear_backward_input<precision, T>(                                                                                    \
            dy, weight, gate, dx, batch, first, inputs, all_inputs, outputs, heads, dx_heads);                                  \
    }                                                                                                                           \
    RF_REGISTER(linear_backward_input_##precision##_##size)                                                                     \
    RF_KERNEL RF_THREADS(T::THREADS) linear_backward_weights_##precision##_##size(                                             \
        const float* x, long long x_head, const float* dy, float* weight_gradient, float* bias_gradient, int batch, int inputs, \
        int outputs)                                                                                                            \
    {                                                                                                                           \
        linear_backward_weights<precision, T>(x, x_head, dy, weight_gradient, bias_gradient, batch, inputs, outputs);           \
    }                                                                                                                           \
    RF_REGISTER(linear_backward_weights_##precision##_##size)
