// What one warp computes of a matrix product: a tile of C in registers, in float32, TF32 and bf16.
//
// Ownership follows mma.m16n8: lane 4 g + t holds, of every 16 x 8 tile of C, rows g and g + 8, columns 2 t and 2 t + 1.
// float32 keeps the same ownership with fused multiply-adds, so that one epilogue serves all three.
#pragma once
#include "tile.cuh"

template <int FORM, int PRECISION, class T>
struct WarpTile : Layout<FORM, T>
{
    using Layout<FORM, T>::a_at;
    using Layout<FORM, T>::b_at;

    float sums[T::MT][T::NT][4];

    RF_MEMBER void clear()
    {
#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
#pragma unroll
            for (int j = 0; j < T::NT; j++)
            {
                sums[i][j][0] = sums[i][j][1] = sums[i][j][2] = sums[i][j][3] = 0.0f;
            }
        }
    }

    // Adds the product of the tiles a and b in shared memory.
    RF_MEMBER void multiply(const float* a, const float* b)
    {
        int m = warp_index() / T::WN * T::MT * 16 + lane_index() / 4;
        int n = warp_index() % T::WN * T::NT * 8;
        int g = lane_index() / 4, t = lane_index() % 4;
        if (PRECISION == fp32)
        {
#pragma unroll 8
            for (int s = 0; s < T::BK; s++)
            {
                multiply_fp32(a, b, m, n + 2 * t, s);
            }
        }
        else if (PRECISION == tf32)
        {
#pragma unroll
            for (int s = 0; s < T::BK; s += 8)
            {
                multiply_tf32(a, b, m, n + g, s + t);
            }
        }
        else
        {
#pragma unroll
            for (int s = 0; s < T::BK; s += 16)
            {
                multiply_bf16(a, b, m, n + g, s + 2 * t);
            }
        }
    }

    // Calls store(row, column, value at column, value at column + 1) for this lane's part of C.
    template <class Store>
    RF_MEMBER void store(int m0, int n0, const Store& store) const
    {
        int row = m0 + warp_index() / T::WN * T::MT * 16 + lane_index() / 4;
        int column = n0 + warp_index() % T::WN * T::NT * 8 + lane_index() % 4 * 2;
#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
#pragma unroll
            for (int j = 0; j < T::NT; j++)
            {
                store(row + 16 * i, column + 8 * j, sums[i][j][0], sums[i][j][1]);
                store(row + 16 * i + 8, column + 8 * j, sums[i][j][2], sums[i][j][3]);
            }
        }
    }

private:
    RF_MEMBER void multiply_fp32(const float* a, const float* b, int m, int n, int s)
    {
        float left[T::MT][2], right[T::NT][2];
#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
            left[i][0] = a_at(a, m + 16 * i, s);
            left[i][1] = a_at(a, m + 16 * i + 8, s);
        }

#pragma unroll
        for (int j = 0; j < T::NT; j++)
        {
            right[j][0] = b_at(b, s, n + 8 * j);
            right[j][1] = b_at(b, s, n + 8 * j + 1);
        }

#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
#pragma unroll
            for (int j = 0; j < T::NT; j++)
            {
#pragma unroll
                for (int e = 0; e < 4; e++)
                {
                    sums[i][j][e] = __builtin_fmaf(left[i][e / 2], right[j][e % 2], sums[i][j][e]);
                }
            }
        }
    }

    // Registers of A: (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4); of B: (t, g), (t + 4, g).
    RF_MEMBER void multiply_tf32(const float* a, const float* b, int m, int n, int s)
    {
        uint32 left[T::MT][4], right[T::NT][2];
#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
#pragma unroll
            for (int e = 0; e < 4; e++)
            {
                left[i][e] = to_tf32(a_at(a, m + 16 * i + 8 * (e % 2), s + 4 * (e / 2)));
            }
        }

#pragma unroll
        for (int j = 0; j < T::NT; j++)
        {
            right[j][0] = to_tf32(b_at(b, s, n + 8 * j));
            right[j][1] = to_tf32(b_at(b, s + 4, n + 8 * j));
        }

#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
#pragma unroll
            for (int j = 0; j < T::NT; j++)
            {
                mma_tf32(sums[i][j], left[i], right[j]);
            }
        }
    }

    // As above with pairs: register e of A holds columns s and s + 1 (s + 8 and s + 9 for e / 2 = 1), s = 2 t.
    RF_MEMBER void multiply_bf16(const float* a, const float* b, int m, int n, int s)
    {
        uint32 left[T::MT][4], right[T::NT][2];
#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
#pragma unroll
            for (int e = 0; e < 4; e++)
            {
                int row = m + 16 * i + 8 * (e % 2), column = s + 8 * (e / 2);
                left[i][e] = to_bf16x2(a_at(a, row, column), a_at(a, row, column + 1));
            }
        }

#pragma unroll
        for (int j = 0; j < T::NT; j++)
        {
#pragma unroll
            for (int e = 0; e < 2; e++)
            {
                right[j][e] = to_bf16x2(b_at(b, s + 8 * e, n + 8 * j), b_at(b, s + 8 * e + 1, n + 8 * j));
            }
        }

#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
#pragma unroll
            for (int j = 0; j < T::NT; j++)
            {
                mma_bf16(sums[i][j], left[i], right[j]);
            }
        }
    }
};
