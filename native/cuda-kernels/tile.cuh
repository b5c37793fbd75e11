// Tiles of a matrix product C = A B in shared memory: their sizes and how they lie there, for each form and precision.
//
// Forms, by which dimension of each operand lies contiguous in memory (s is the summed one, m and n are those of C):
//   forward           y  = x W       A = x  [m][s]   B = W  [s][n]
//   backward_input    dx = dy W^T    A = dy [m][s]   B = W  [n][s]
//   backward_weights  dW = x^T dy    A = x  [s][m]   B = dy [s][n]
//
// Operands lie in shared memory as they lie in global memory, so every copy is 16 bytes. Rows are padded so that the loads
// of a warp's fragments touch 32 different banks: rows along s to BK + 4 words (8 rows, 4 columns: bank 4 g + t), rows along
// m or n to their length + 8 (4 rows, 8 columns: bank 8 t + g).
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

// Where the elements of both operands' tiles lie.
template <int FORM, class T>
struct Layout
{
    static constexpr bool A_ALONG_SUM = FORM != backward_weights, B_ALONG_SUM = FORM == backward_input;
    static constexpr int A_ROWS = A_ALONG_SUM ? T::BM : T::BK, A_COLUMNS = A_ALONG_SUM ? T::BK : T::BM;
    static constexpr int B_ROWS = B_ALONG_SUM ? T::BN : T::BK, B_COLUMNS = B_ALONG_SUM ? T::BK : T::BN;
    static constexpr int A_STRIDE = A_COLUMNS + (A_ALONG_SUM ? 4 : 8), B_STRIDE = B_COLUMNS + (B_ALONG_SUM ? 4 : 8);
    static constexpr int A_FLOATS = A_ROWS * A_STRIDE, STAGE_FLOATS = A_FLOATS + B_ROWS * B_STRIDE;

    RF_MEMBER static float a_at(const float* a, int m, int s) { return a[A_ALONG_SUM ? m * A_STRIDE + s : s * A_STRIDE + m]; }
    RF_MEMBER static float b_at(const float* b, int s, int n) { return b[B_ALONG_SUM ? n * B_STRIDE + s : s * B_STRIDE + n]; }
};
