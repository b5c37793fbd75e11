// One block's share of a matrix product C = A B: tiles in shared memory, several stages of asynchronous copies ahead of the
// arithmetic, one warp tile per warp. Forward and both backward products, in float32, TF32 and bf16, are this code.
//
// Forms, by which dimension of each operand lies contiguous in memory (s is the summed one, m and n are those of C):
//   forward           y  = x W       A = x  [m][s]   B = W  [s][n]
//   backward_input    dx = dy W^T    A = dy [m][s]   B = W  [n][s]
//   backward_weights  dW = x^T dy    A = x  [s][m]   B = dy [s][n]
//
// Operands lie in shared memory as they lie in global memory, so every copy is 16 bytes. Rows are padded so that the loads
// of a warp's fragments touch 32 different banks: rows along s to BK + 4 words (8 rows, 4 columns: bank 4 g + t), rows along
// m or n to their length + 8 (4 rows, 8 columns: bank 8 t + g).
//
// Ownership follows mma.m16n8: lane 4 g + t holds, of every 16 x 8 tile of C, rows g and g + 8, columns 2 t and 2 t + 1.
// float32 keeps the same ownership with fused multiply-adds, so that one epilogue serves all three.
#pragma once
#include "platform.cuh"

enum Form
{
    forward,
    backward_input,
    backward_weights,
};

enum Precision
{
    fp32, // fused multiply-adds
    tf32, // tensor cores: operands rounded to 10 bits of mantissa, float32 sums
    bf16, // tensor cores: operands rounded to 7 bits of mantissa, float32 sums
};

// What one block works on: BM x BN of C, BK of the sum at a time, by WM x WN warps; STAGES tiles in flight.
template <int BM_, int BN_, int WM_, int WN_, int STAGES_>
struct Tile
{
    static constexpr int BM = BM_, BN = BN_, BK = 32, WM = WM_, WN = WN_, STAGES = STAGES_;
    static constexpr int THREADS = 32 * WM * WN;
    static constexpr int MT = BM / WM / 16, NT = BN / WN / 8; // tiles of 16 x 8 in a warp
};

// small: a 256 x 256 layer of both critics is 128 blocks, about one for each multiprocessor of a large GPU. medium and large
// reuse every loaded value two and four times as often, for products that fill the chip anyway.
typedef Tile<32, 32, 2, 2, 4> Small;
typedef Tile<64, 64, 2, 2, 3> Medium;
typedef Tile<128, 128, 2, 4, 3> Large;

// A matrix in global memory: rows of `columns` floats, padded to 16 bytes with zeros; `head` floats from twin to twin.
struct Matrix
{
    const float* data;
    int rows, columns;
    long long head;
};

// Copies ROWS x COLUMNS from (row, column) of a matrix into shared memory, asynchronously; zeros outside the matrix.
template <int ROWS, int COLUMNS, int STRIDE, int THREADS>
RF_DEVICE void load_panel(float* shared, const float* data, int rows, int stride, int row, int column)
{
    constexpr int VECTORS = COLUMNS / 4;
#pragma unroll
    for (int first = 0; first < ROWS * VECTORS; first += THREADS)
    {
        int i = first + thread_index();
        int r = i / VECTORS, c = i % VECTORS * 4;
        bool valid = row + r < rows && column + c < stride;
        copy_async16(shared + r * STRIDE + c, valid ? data + (long long)(row + r) * stride + column + c : data, valid);
    }
}

template <int FORM, int PRECISION, class T>
struct Product
{
    static constexpr bool A_ALONG_SUM = FORM != backward_weights, B_ALONG_SUM = FORM == backward_input;
    static constexpr int A_ROWS = A_ALONG_SUM ? T::BM : T::BK, A_COLUMNS = A_ALONG_SUM ? T::BK : T::BM;
    static constexpr int B_ROWS = B_ALONG_SUM ? T::BN : T::BK, B_COLUMNS = B_ALONG_SUM ? T::BK : T::BN;
    static constexpr int A_STRIDE = A_COLUMNS + (A_ALONG_SUM ? 4 : 8), B_STRIDE = B_COLUMNS + (B_ALONG_SUM ? 4 : 8);
    static constexpr int A_FLOATS = A_ROWS * A_STRIDE, STAGE_FLOATS = A_FLOATS + B_ROWS * B_STRIDE;

    float sums[T::MT][T::NT][4];
    float column_sum; // of B, over this thread's share of the rows; see sum_columns

    RF_MEMBER static float a_at(const float* a, int m, int s) { return a[A_ALONG_SUM ? m * A_STRIDE + s : s * A_STRIDE + m]; }
    RF_MEMBER static float b_at(const float* b, int s, int n) { return b[B_ALONG_SUM ? n * B_STRIDE + s : s * B_STRIDE + n]; }

    // Runs over the whole sum, for `heads` pairs of matrices one after the other.
    RF_MEMBER void run(const Matrix& a, const Matrix& b, int summed, int heads, int m0, int n0, bool with_column_sums)
    {
        float* shared = dynamic_shared();
        int per_head = (summed + T::BK - 1) / T::BK, steps = per_head * heads;
        clear();
#pragma unroll
        for (int stage = 0; stage < T::STAGES - 1; stage++)
        {
            load(shared, a, b, stage, per_head, steps, m0, n0);
        }

        for (int step = 0; step < steps; step++)
        {
            copy_async_wait<T::STAGES - 2>(); // this step's tiles are here for this thread,
            block_barrier();                  // for all threads, and all are done with the stage loaded next
            load(shared, a, b, step + T::STAGES - 1, per_head, steps, m0, n0);
            const float* tile = shared + step % T::STAGES * STAGE_FLOATS;
            multiply(tile, tile + A_FLOATS);
            if (with_column_sums)
            {
                sum_columns(tile + A_FLOATS);
            }
        }

        copy_async_wait<0>();
        block_barrier();
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

    // The column sums of B, column by column: store(n, sum) for n in [0, BN).
    template <class Store>
    RF_MEMBER void store_column_sums(const Store& store)
    {
        constexpr int PARTS = T::THREADS / T::BN;
        float* shared = dynamic_shared();
        shared[thread_index()] = column_sum;
        block_barrier();
        if (thread_index() < T::BN)
        {
            float sum = 0.0f;
            for (int part = 0; part < PARTS; part++)
            {
                sum += shared[part * T::BN + thread_index()];
            }

            store(thread_index(), sum);
        }
    }

private:
    RF_MEMBER void clear()
    {
        column_sum = 0.0f;
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

    RF_MEMBER static void load(float* shared, const Matrix& a, const Matrix& b, int step, int per_head, int steps, int m0, int n0)
    {
        if (step < steps)
        {
            int head = step < per_head ? 0 : step / per_head;
            int s = (step - head * per_head) * T::BK;
            float* tile = shared + step % T::STAGES * STAGE_FLOATS;
            load_panel<A_ROWS, A_COLUMNS, A_STRIDE, T::THREADS>(
                tile, a.data + head * a.head, a.rows, stride_of(a.columns), A_ALONG_SUM ? m0 : s, A_ALONG_SUM ? s : m0);
            load_panel<B_ROWS, B_COLUMNS, B_STRIDE, T::THREADS>(
                tile + A_FLOATS, b.data + head * b.head, b.rows, stride_of(b.columns), B_ALONG_SUM ? n0 : s, B_ALONG_SUM ? s : n0);
        }

        copy_async_commit(); // an empty group too, so that the count of groups is the count of steps
    }

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

    RF_MEMBER void sum_columns(const float* b)
    {
        constexpr int PARTS = T::THREADS / T::BN;
        int n = thread_index() % T::BN, part = thread_index() / T::BN;
#pragma unroll
        for (int s = 0; s < T::BK; s += PARTS)
        {
            column_sum += b_at(b, s + part, n);
        }
    }
};
