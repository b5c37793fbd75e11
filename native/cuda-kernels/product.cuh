// One block's share of a matrix product C = A B: tiles in shared memory (tile.cuh), several stages of asynchronous copies ahead of
// the arithmetic, one warp tile per warp (warp_tile.cuh). Forward and both backward products, in float32, TF32 and bf16, are this code.
#pragma once
#include "warp_tile.cuh"

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
    typedef Layout<FORM, PRECISION, T> L;

    WarpTile<FORM, PRECISION, T> warp;
    float column_sum; // of B, over this thread's share of the rows; see sum_columns

    // Runs over the whole sum, for `heads` pairs of matrices one after the other.
    RF_MEMBER void run(const Matrix& a, const Matrix& b, int summed, int heads, int m0, int n0, bool with_column_sums)
    {
        float* shared = dynamic_shared();
        int per_head = (summed + T::BK - 1) / T::BK, steps = per_head * heads;
        warp.clear();
        column_sum = 0.0f;
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
            const float* tile = shared + step % T::STAGES * L::STAGE_FLOATS;
            warp.multiply(tile, tile + L::A_FLOATS);
            if (with_column_sums)
            {
                sum_columns(tile + L::A_FLOATS);
            }
        }

        copy_async_wait<0>();
        block_barrier();
        warp.add_groups(shared);
    }

    // The column sums of B, column by column: store(n, sum) for n in [0, BN).
    template <class Store>
    RF_MEMBER void store_column_sums(const Store& store)
    {
        constexpr int PARTS = T::THREADS / T::BN;
        float* shared = dynamic_shared();
        block_barrier(); // the groups' sums were there
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
    RF_MEMBER static void load(float* shared, const Matrix& a, const Matrix& b, int step, int per_head, int steps, int m0, int n0)
    {
        if (step < steps)
        {
            int head = step < per_head ? 0 : step / per_head;
            int s = (step - head * per_head) * T::BK;
            float* tile = shared + step % T::STAGES * L::STAGE_FLOATS;
            load_panel<L::A_ROWS, L::A_COLUMNS, L::A_STRIDE, T::THREADS>(
                tile, a.data + head * a.head, a.rows, stride_of(a.columns), L::A_ALONG_SUM ? m0 : s, L::A_ALONG_SUM ? s : m0);
            load_panel<L::B_ROWS, L::B_COLUMNS, L::B_STRIDE, T::THREADS>(
                tile + L::A_FLOATS, b.data + head * b.head, b.rows, stride_of(b.columns), L::B_ALONG_SUM ? n0 : s, L::B_ALONG_SUM ? s : n0);
        }

        copy_async_commit(); // an empty group too, so that the count of groups is the count of steps
    }

    RF_MEMBER void sum_columns(const float* b)
    {
        constexpr int PARTS = T::THREADS / T::BN;
        int n = thread_index() % T::BN, part = thread_index() / T::BN;
#pragma unroll
        for (int s = 0; s < T::BK; s += PARTS)
        {
            column_sum += L::b_at(b, s + part, n);
        }
    }
};
