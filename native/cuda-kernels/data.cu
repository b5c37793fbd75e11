// Moving rows: the critics' input, normalised observations, block copies, and the batch out of the mirrored replay.
// All of it is bytes: each element is read once and written once.
#include "math.cuh"

// y = [left | right], row by row. A thread an element of y's padded row, so that the padding stays zero.
RF_KERNEL RF_THREADS(256) concatenate(const float* left, const float* right, float* y, int batch, int left_columns, int right_columns)
{
    int stride = stride_of(left_columns + right_columns);
    int i = block_x() * 256 + thread_index();
    if (i < batch * stride)
    {
        int row = i / stride, column = i % stride;
        float value = 0.0f;
        if (column < left_columns)
        {
            value = left[row * stride_of(left_columns) + column];
        }
        else if (column < left_columns + right_columns)
        {
            value = right[row * stride_of(right_columns) + column - left_columns];
        }

        y[i] = value;
    }
}
RF_REGISTER(concatenate)

// y = clamp((x - mean) scale, -limit, limit), by column; y may be x.
RF_KERNEL RF_THREADS(256) normalize(
    const float* x, const float* mean, const float* scale, float limit, float* y, int batch, int columns)
{
    int stride = stride_of(columns);
    int i = block_x() * 256 + thread_index();
    if (i < batch * stride && i % stride < columns)
    {
        y[i] = clamp((x[i] - mean[i % stride]) * scale[i % stride], -limit, limit);
    }
}
RF_REGISTER(normalize)

RF_KERNEL RF_THREADS(256) copy(const float* source, float* destination, long long length)
{
    long long i = (long long)block_x() * 256 + thread_index();
    if (i < length)
    {
        destination[i] = source[i];
    }
}
RF_REGISTER(copy)

// The mirror's state, in device memory. The mirror is a ring of `slots` rows, some more than the `capacity` that is sampled,
// so that rows may arrive for the next update while this one reads: what they overwrite is no longer sampled.
struct MirrorState
{
    uint64 first;     // position of the first row there ever was
    uint64 end;       // position after the newest mirrored row
    uint64 capacity;  // newest positions that are sampled
    uint64 slots;     // position p lies in slot p % slots
    uint64 exhausted; // not 0 once a row found nothing whole in all its tries
};

// A batch from the mirror: row b draws a position uniformly among the newest `capacity` (Philox words of the given stream; try
// k uses block b + k B), takes it if its stamp says that it is that row, whole, and draws again if not (a writer died in it).
//
// A row is stamp u64 | stream u32 | crc u32 | observation | action | reward | discount | next observation, `stride` bytes; the
// stamp of position p is p + 1. Bytes: 320 a row for Reacher, read once at random, written once into five tensors. A warp a
// row: the header is one load for all lanes, the payload is coalesced.
RF_KERNEL RF_THREADS(256) gather_rows(
    const unsigned char* mirror, MirrorState* state, const NoiseState* noise, int stream, int stride, float* observations,
    float* actions, float* rewards, float* discounts, float* next_observations, int batch, int observation_size, int action_size)
{
    int b = block_x() * 8 + warp_index();
    if (b >= batch)
    {
        return;
    }

    uint64 end = state->end, slots = state->slots, count = end - state->first;
    count = count < state->capacity ? count : state->capacity;
    const unsigned char* row = mirror;
    bool whole = false;
    for (int attempt = 0; attempt < 64 && !whole && count > 0; attempt++)
    {
        Words words = philox(noise, (uint32)stream, (uint32)(b + attempt * batch));
        uint64 position = end - 1 - ((uint64)words.x0 * count >> 32); // uniform to one part in 2^32 / count
        row = mirror + position % slots * (uint64)stride;
        whole = *(const uint64*)row == position + 1;
    }

    if (!whole && lane_index() == 0)
    {
        state->exhausted = 1;
    }

    const float* payload = (const float*)(row + 16);
    int o = observation_size, a = action_size, next = o + a + 2;
    for (int i = lane_index(); i < next + o; i += 32)
    {
        float value = whole ? payload[i] : 0.0f;
        if (i < o)
        {
            observations[(long long)b * stride_of(o) + i] = value;
        }
        else if (i < o + a)
        {
            actions[(long long)b * stride_of(a) + i - o] = value;
        }
        else if (i == o + a)
        {
            rewards[b] = value;
        }
        else if (i == o + a + 1)
        {
            discounts[b] = value;
        }
        else
        {
            next_observations[(long long)b * stride_of(o) + i - next] = value;
        }
    }
}
RF_REGISTER(gather_rows)
