// Elementary functions and the noise generator, in plain float32 arithmetic with explicit fused multiply-adds.
// No approximate instruction is used and contraction is off, so GPU and host give the same bits.
#pragma once
#include "platform.cuh"

RF_DEVICE float multiply_add(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
RF_DEVICE float absolute(float x) { return __builtin_fabsf(x); }
RF_DEVICE float square_root(float x) { return __builtin_sqrtf(x); }

// NaN passes through, which fmin and fmax would swallow.
RF_DEVICE float clamp(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

// e^x: x = k ln 2 + r, |r| <= ln 2 / 2; polynomial in r (Cody and Waite reduction); 1 ulp.
RF_DEVICE float exponential(float x)
{
    if (x > 88.72283f)
    {
        return float_of(0x7f800000u);
    }

    if (x < -87.33654f)
    {
        return 0.0f; // denormal results are not worth their cost here
    }

    if (x != x)
    {
        return x;
    }

    float k = __builtin_floorf(multiply_add(x, 1.44269504f, 0.5f));
    float r = multiply_add(k, -0.693359375f, x);
    r = multiply_add(k, 2.12194440e-4f, r);
    float p = 1.9875691500e-4f;
    p = multiply_add(p, r, 1.3981999507e-3f);
    p = multiply_add(p, r, 8.3334519073e-3f);
    p = multiply_add(p, r, 4.1665795894e-2f);
    p = multiply_add(p, r, 1.6666665459e-1f);
    p = multiply_add(p, r, 5.0000001201e-1f);
    p = multiply_add(p, r * r, r) + 1.0f;
    int half = (int)k / 2; // in two steps: 2^128 is no float, though e^88.7 is
    int rest = (int)k - half;
    return p * float_of((uint32)(half + 127) << 23) * float_of((uint32)(rest + 127) << 23);
}

// e^x - 1 without cancellation: series where |x| < 1/2.
RF_DEVICE float exponential_minus_one(float x)
{
    if (absolute(x) >= 0.5f)
    {
        return exponential(x) - 1.0f;
    }

    float p = 1.0f / 40320.0f;
    p = multiply_add(p, x, 1.0f / 5040.0f);
    p = multiply_add(p, x, 1.0f / 720.0f);
    p = multiply_add(p, x, 1.0f / 120.0f);
    p = multiply_add(p, x, 1.0f / 24.0f);
    p = multiply_add(p, x, 1.0f / 6.0f);
    p = multiply_add(p, x, 0.5f);
    return multiply_add(p * x, x, x);
}

// ln(m 2^k) for normal m: m in [sqrt(1/2), sqrt(2)), polynomial in m - 1; 1 ulp.
RF_DEVICE float logarithm(float x)
{
    uint32 bits = bits_of(x);
    int k = (int)(bits - 0x3f3504f3u) >> 23;
    float f = float_of(bits - ((uint32)k << 23)) - 1.0f;
    float p = 7.0376836292e-2f;
    p = multiply_add(p, f, -1.1514610310e-1f);
    p = multiply_add(p, f, 1.1676998740e-1f);
    p = multiply_add(p, f, -1.2420140846e-1f);
    p = multiply_add(p, f, 1.4249322787e-1f);
    p = multiply_add(p, f, -1.6668057665e-1f);
    p = multiply_add(p, f, 2.0000714765e-1f);
    p = multiply_add(p, f, -2.4999993993e-1f);
    p = multiply_add(p, f, 3.3333331174e-1f);
    float square = f * f;
    float y = p * f * square;
    y = multiply_add((float)k, -2.12194440e-4f, y);
    y = multiply_add(square, -0.5f, y);
    return multiply_add((float)k, 0.693359375f, f + y);
}

// ln(1 + x) for 0 <= x <= 1, with the rounding of 1 + x corrected.
RF_DEVICE float logarithm_one_plus(float x)
{
    float sum = 1.0f + x;
    return logarithm(sum) + (x - (sum - 1.0f)) / sum;
}

// tanh: (1 - e) / (1 + e) with e = exp(-2|x|), through expm1 so that small x keep their precision.
RF_DEVICE float hyperbolic_tangent(float x)
{
    float minus = exponential_minus_one(-2.0f * absolute(x));
    float t = -minus / (minus + 2.0f);
    return x < 0.0f ? -t : t;
}

// 1 - tanh^2 x = 4 e / (1 + e)^2 with e = exp(-2|x|): no cancellation, however large x.
RF_DEVICE float tangent_slope(float x)
{
    float e = exponential(-2.0f * absolute(x)), sum = 1.0f + e;
    return 4.0f * e / (sum * sum);
}

// ln(1 + e^x), without overflow.
RF_DEVICE float softplus(float x) { return (x > 0.0f ? x : 0.0f) + logarithm_one_plus(exponential(-absolute(x))); }

// sin and cos of 2 pi t, t in [0, 1) with 24 bits: the quadrant and the rest are exact; Taylor to |angle| <= pi / 4.
RF_DEVICE void sine_cosine_of_turn(float t, float& sine, float& cosine)
{
    float quarters = 4.0f * t;
    float quadrant = __builtin_floorf(quarters + 0.5f);
    float angle = (quarters - quadrant) * 1.57079633f;
    float square = angle * angle;
    float s = multiply_add(square, -1.9515295891e-4f, 8.3321608736e-3f);
    s = multiply_add(square, s, -1.6666654611e-1f);
    s = multiply_add(s * square, angle, angle);
    float c = multiply_add(square, 2.443315711809948e-5f, -1.388731625493765e-3f);
    c = multiply_add(square, c, 4.166664568298827e-2f);
    c = multiply_add(c * square, square, multiply_add(square, -0.5f, 1.0f));
    int q = (int)quadrant & 3;
    sine = (q & 1) != 0 ? c : s;
    cosine = (q & 1) != 0 ? s : c;
    sine = (q & 2) != 0 ? -sine : sine;
    cosine = q == 1 || q == 2 ? -cosine : cosine;
}

// Seed and update counter of all noise, in device memory: a recorded graph draws fresh noise every time it runs.
struct NoiseState
{
    uint64 seed;
    uint64 update;
};

struct Words
{
    uint32 x0, x1, x2, x3;
};

// Philox4x32-10 (Salmon et al. 2011). Layout: key = seed; counter = (block, stream, update low, update high).
RF_DEVICE Words philox(const NoiseState* state, uint32 stream, uint32 block)
{
    uint32 k0 = (uint32)state->seed, k1 = (uint32)(state->seed >> 32);
    Words c = {block, stream, (uint32)state->update, (uint32)(state->update >> 32)};
    for (int round = 0; round < 10; round++)
    {
        uint64 product0 = (uint64)0xD2511F53u * c.x0;
        uint64 product1 = (uint64)0xCD9E8D57u * c.x2;
        c = {(uint32)(product1 >> 32) ^ c.x1 ^ k0, (uint32)product1, (uint32)(product0 >> 32) ^ c.x3 ^ k1, (uint32)product0};
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }

    return c;
}

// Standard normal number n of a stream: block n / 4; numbers 0, 1 from words (x0, x1), 2, 3 from (x2, x3) (Box and Muller 1958).
RF_DEVICE float normal(const NoiseState* state, uint32 stream, uint32 n)
{
    Words words = philox(state, stream, n / 4);
    uint32 first = (n & 2) != 0 ? words.x2 : words.x0;
    uint32 second = (n & 2) != 0 ? words.x3 : words.x1;
    float p = (float)((first >> 8) + 1) * 5.9604644775390625e-8f;
    float t = (float)(second >> 8) * 5.9604644775390625e-8f;
    float radius = square_root(-2.0f * logarithm(p));
    float sine, cosine;
    sine_cosine_of_turn(t, sine, cosine);
    return radius * ((n & 1) != 0 ? sine : cosine);
}

// What follows a linear layer.
enum Activation
{
    none,
    relu,
    tanh_activation,
};

RF_DEVICE float activate(float x, int activation)
{
    return activation == relu ? (x < 0.0f ? 0.0f : x) : activation == tanh_activation ? hyperbolic_tangent(x) : x;
}
