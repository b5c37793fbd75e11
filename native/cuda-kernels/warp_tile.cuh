// What one warp computes of a matrix product: a tile of C in registers, in float32, TF32 and bf16.
//
// Ownership follows mma.m16n8: lane 4 g + t holds, of every 16 x 8 tile of C, rows g and g + 8, columns 2 t and 2 t + 1.
// float32 keeps the same ownership with fused multiply-adds, so that one epilogue serves all three.
#pragma once
#include "tile.cuh"

template <int FORM, int PRECISION, class T>
struct WarpTile : Layout<FORM, PRECISION, T>
{
    using Layout<FORM, PRECISION, T>::a_pair;
    using Layout<FORM, PRECISION, T>::b_pair;
    using Layout<FORM, PRECISION, T>::b_square;

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

    // Adds this group's share of the product of the tiles a and b in shared memory.
    RF_MEMBER void multiply(const float* a, const float* b)
    {
        int warp = warp_index() % (T::WM * T::WN), first = warp_index() / (T::WM * T::WN) * T::DEPTH;
        int g = lane_index() / 4, t = lane_index() % 4;
        int m = warp / T::WN * T::MT * 16 + g, n = warp % T::WN * T::NT * 8;
        if (PRECISION == fp32)
        {
#pragma unroll 8
            for (int s = 0; s < T::DEPTH; s += 2)
            {
                multiply_fp32(a, b, m, n + 2 * t, first + s);
            }
        }
        else if (PRECISION == tf32)
        {
#pragma unroll
            for (int s = 0; s < T::DEPTH; s += 8)
            {
                multiply_tf32(a, b, m, n + g, first + s + 2 * t);
            }
        }
        else
        {
#pragma unroll
            for (int s = 0; s < T::DEPTH; s += 16)
            {
                multiply_bf16(a, b, m, n + g, first + s + 2 * t);
            }
        }
    }

    // Adds what the other groups hold to what the first one does, in order. Every thread of the block calls it; `shared` is free.
    RF_MEMBER void add_groups(float* shared)
    {
        if (T::WK == 1)
        {
            return;
        }

        int group = thread_index() / T::GROUP, own = thread_index() % T::GROUP;
        if (group > 0)
        {
            each([&](int i, float& sum) { shared[((group - 1) * T::MT * T::NT * 4 + i) * T::GROUP + own] = sum; });
        }

        block_barrier();
        if (group == 0)
        {
            for (int other = 0; other < T::WK - 1; other++)
            {
                each([&](int i, float& sum) { sum += shared[(other * T::MT * T::NT * 4 + i) * T::GROUP + own]; });
            }
        }
    }

    // Calls store(row, column, value at column, value at column + 1) for this lane's part of C, which the first group holds.
    template <class Store>
    RF_MEMBER void store(int m0, int n0, const Store& store) const
    {
        if (thread_index() >= T::GROUP)
        {
            return;
        }

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
    template <class Use>
    RF_MEMBER void each(const Use& use)
    {
#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
#pragma unroll
            for (int j = 0; j < T::NT; j++)
            {
#pragma unroll
                for (int e = 0; e < 4; e++)
                {
                    use((i * T::NT + j) * 4 + e, sums[i][j][e]);
                }
            }
        }
    }

    // Two steps of the sum.
    RF_MEMBER void multiply_fp32(const float* a, const float* b, int m, int n, int s)
    {
        Pair left[T::MT][2], right[T::NT][2];
#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
            left[i][0] = a_pair(a, m + 16 * i, s);
            left[i][1] = a_pair(a, m + 16 * i + 8, s);
        }

#pragma unroll
        for (int j = 0; j < T::NT; j++)
        {
            b_square(b, s, n + 8 * j, right[j]);
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
                    float sum = __builtin_fmaf(left[i][e / 2].x, right[j][e % 2].x, sums[i][j][e]);
                    sums[i][j][e] = __builtin_fmaf(left[i][e / 2].y, right[j][e % 2].y, sum);
                }
            }
        }
    }

    // Registers of A: (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4); of B: (t, g), (t + 4, g). A sum does not mind the order of
    // its terms: the instruction's term t is ours at 2 t, its t + 4 ours at 2 t + 1, for both operands, so that they are a pair.
    RF_MEMBER void multiply_tf32(const float* a, const float* b, int m, int n, int s)
    {
        uint32 left[T::MT][4], right[T::NT][2];
#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
#pragma unroll
            for (int e = 0; e < 2; e++)
            {
                Pair pair = a_pair(a, m + 16 * i + 8 * e, s);
                left[i][e] = to_tf32(pair.x);
                left[i][e + 2] = to_tf32(pair.y);
            }
        }

#pragma unroll
        for (int j = 0; j < T::NT; j++)
        {
            Pair pair = b_pair(b, s, n + 8 * j);
            right[j][0] = to_tf32(pair.x);
            right[j][1] = to_tf32(pair.y);
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

    // Registers of A: (g, 2 t), (g + 8, 2 t), (g, 2 t + 8), (g + 8, 2 t + 8), of B: (2 t, g), (2 t + 8, g), each with its successor
    // in the sum.
    RF_MEMBER void multiply_bf16(const float* a, const float* b, int m, int n, int s)
    {
        uint32 left[T::MT][4], right[T::NT][2];
#pragma unroll
        for (int i = 0; i < T::MT; i++)
        {
#pragma unroll
            for (int e = 0; e < 4; e++)
            {
                Pair pair = a_pair(a, m + 16 * i + 8 * (e % 2), s + 8 * (e / 2));
                left[i][e] = to_bf16x2(pair.x, pair.y);
            }
        }

#pragma unroll
        for (int j = 0; j < T::NT; j++)
        {
#pragma unroll
            for (int e = 0; e < 2; e++)
            {
                Pair pair = b_pair(b, s + 8 * e, n + 8 * j);
                right[j][e] = to_bf16x2(pair.x, pair.y);
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
