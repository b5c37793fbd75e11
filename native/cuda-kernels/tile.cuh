// Tiles of a matrix product C = A B in shared memory: their sizes and how they lie there, for each form and precision.
//
// Forms, by which dimension of each operand lies contiguous in memory (s is the summed one, m and n are those of C):
//   forward           y  = x W       A = x  [m][s]   B = W  [s][n]
//   backward_input    dx = dy W^T    A = dy [m][s]   B = W  [n][s]
//   backward_weights  dW = x^T dy    A = x  [s][m]   B = dy [s][n]
//
// Operands lie in shared memory as they lie in global memory, so every copy is 16 bytes. Rows are padded so that the loads
// of a warp's fragments touch 32 different banks: rows along m or n by 4 words (rows 2 t, columns g: bank 8 t + g), rows along
// s by 8 (a pair at 2 t of row g: bank 8 g + 2 t, half a warp at a time). The larger tiles pad those by 4, which costs their
// pairs a second access and leaves room for two blocks on a multiprocessor.
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

// What one block works on: BM x BN of C, BK of the sum at a time, by WK groups of WM x WN warps, each group BK / WK of the sum;
// STAGES tiles in flight.
template <int BM_, int BN_, int BK_, int WM_, int WN_, int WK_, int STAGES_, int PAD_>
struct Tile
{
    static constexpr int BM = BM_, BN = BN_, BK = BK_, WM = WM_, WN = WN_, WK = WK_, STAGES = STAGES_;
    static constexpr int PAD = PAD_;                          // words after a row that lies along the sum
    static constexpr int GROUP = 32 * WM * WN, THREADS = GROUP * WK;
    static constexpr int DEPTH = BK / WK;                     // of the sum, for one group
    static constexpr int MT = BM / WM / 16, NT = BN / WN / 8; // tiles of 16 x 8 in a warp
};

// small: a 256 x 256 layer of both critics is 128 blocks, about one for each multiprocessor of a large GPU. It is all latency:
// a sum of 256 is on its way at once, and eight warps share it (of one, two, four and eight groups, two gave the most updates on an
// H200; docs/cuda.md). medium and large reuse every loaded value two and four times as often, for products that fill the chip anyway.
typedef Tile<32, 32, 64, 2, 2, 2, 4, 8> Small;
typedef Tile<64, 64, 32, 2, 2, 1, 3, 4> Medium;
typedef Tile<128, 128, 32, 2, 4, 1, 3, 4> Large;

// Where the elements of both operands' tiles lie.
template <int FORM, int PRECISION, class T>
struct Layout
{
    // A float32 lane reads columns 2 t of B, which lie along the sum in the backward product: 2 (BK + 4) words apart they are 8 banks apart.
    static constexpr int PAD = PRECISION == fp32 ? 4 : T::PAD;
    static constexpr bool A_ALONG_SUM = FORM != backward_weights, B_ALONG_SUM = FORM == backward_input;
    static constexpr int A_ROWS = A_ALONG_SUM ? T::BM : T::BK, A_COLUMNS = A_ALONG_SUM ? T::BK : T::BM;
    static constexpr int B_ROWS = B_ALONG_SUM ? T::BN : T::BK, B_COLUMNS = B_ALONG_SUM ? T::BK : T::BN;
    static constexpr int A_STRIDE = A_COLUMNS + (A_ALONG_SUM ? PAD : 4), B_STRIDE = B_COLUMNS + (B_ALONG_SUM ? PAD : 4);
    static constexpr int A_FLOATS = A_ROWS * A_STRIDE, STAGE_FLOATS = A_FLOATS + B_ROWS * B_STRIDE;

    // Elements s and s + 1 of the sum (s even) in row m of A, or column n of B; one load where they lie side by side.
    RF_MEMBER static Pair a_pair(const float* a, int m, int s)
    {
        if (A_ALONG_SUM)
        {
            return load_pair(a + m * A_STRIDE + s);
        }

        return {a[s * A_STRIDE + m], a[(s + 1) * A_STRIDE + m]};
    }

    RF_MEMBER static Pair b_pair(const float* b, int s, int n)
    {
        if (B_ALONG_SUM)
        {
            return load_pair(b + n * B_STRIDE + s);
        }

        return {b[s * B_STRIDE + n], b[(s + 1) * B_STRIDE + n]};
    }

    // Elements s and s + 1 of the sum in columns n and n + 1 (both even) of B, in as few loads as they lie in.
    RF_MEMBER static void b_square(const float* b, int s, int n, Pair (&columns)[2])
    {
        if (B_ALONG_SUM)
        {
            columns[0] = b_pair(b, s, n);
            columns[1] = b_pair(b, s, n + 1);
            return;
        }

        Pair row = load_pair(b + s * B_STRIDE + n), next = load_pair(b + (s + 1) * B_STRIDE + n);
        columns[0] = {row.x, next.x};
        columns[1] = {row.y, next.y};
    }

    RF_MEMBER static float b_at(const float* b, int s, int n) { return b[B_ALONG_SUM ? n * B_STRIDE + s : s * B_STRIDE + n]; }
};
