// Policies' outputs: the squashed Gaussian's sample, log-probability and gradient; deterministic actions with clipped noise.
//
//   log sigma = -5 + 7/2 (tanh(raw) + 1);  u = mean + sigma eps;  a = tanh(u)
//   log pi = sum_j (-eps^2 / 2 - log sigma - log(2 pi) / 2 - 2 (log 2 - u - softplus(-2 u)))     (Haarnoja et al. 2018b, app. C)
//
// Gradient of mean_b(alpha log pi) + L_Q, with g = dL_Q/da and eps held: d log pi / du = 2 tanh(u) (the Gaussian's own terms
// depend on eps and sigma alone), so with s = alpha / B:
//   d/dmean  = du,  du = g (1 - tanh^2 u) + 2 s a
//   d/draw   = (du sigma eps - s) dlogsigma/draw,  dlogsigma/draw = 7/2 (1 - tanh^2 raw)
// The slope 1 - tanh^2 is taken from u: from the stored action it would be lost to cancellation where |u| is large.
//
// Shapes: output [1, B, 2A] (means, then raws), noise and action [1, B, A]. A few kilobytes: latency is all. A group of lanes
// a row (the power of two that holds A, at most 32), so that a row's functions run side by side and its sum is a shuffle.
#include "math.cuh"

RF_DEVICE float log_deviation(float raw) { return multiply_add(3.5f, hyperbolic_tangent(raw) + 1.0f, -5.0f); }

RF_KERNEL RF_THREADS(128) squashed_gaussian(
    const NoiseState* state, int stream, const float* output, float* noise, float* action, float* log_probability, int batch,
    int actions, int lanes)
{
    int row = (block_x() * 128 + thread_index()) / lanes, lane = thread_index() % lanes;
    int in_stride = stride_of(2 * actions), out_stride = stride_of(actions);
    float sum = 0.0f;
    for (int j = lane; j < actions && row < batch; j += lanes)
    {
        float log_sigma = log_deviation(output[(long long)row * in_stride + actions + j]);
        float eps = normal(state, (uint32)stream, (uint32)(row * actions + j));
        float u = multiply_add(exponential(log_sigma), eps, output[(long long)row * in_stride + j]);
        noise[(long long)row * out_stride + j] = eps;
        action[(long long)row * out_stride + j] = hyperbolic_tangent(u);
        float squash = 2.0f * (0.69314718f - u - softplus(-2.0f * u));
        sum += -0.5f * eps * eps - log_sigma - 0.91893853f - squash;
    }

    for (int mask = lanes / 2; mask > 0; mask >>= 1)
    {
        sum += shuffle_xor(sum, mask);
    }

    if (lane == 0 && row < batch)
    {
        log_probability[row] = sum;
    }
}
RF_REGISTER(squashed_gaussian)

RF_KERNEL RF_THREADS(128) squashed_gaussian_backward(
    const float* output, const float* noise, const float* action, const float* action_gradient, const float* entropy_coefficient,
    float* output_gradient, int batch, int actions)
{
    int i = block_x() * 128 + thread_index();
    if (i >= batch * actions)
    {
        return;
    }

    int row = i / actions, j = i % actions;
    long long at = (long long)row * stride_of(actions) + j, in = (long long)row * stride_of(2 * actions) + j;
    float raw = output[in + actions], sigma = exponential(log_deviation(raw));
    float u = multiply_add(sigma, noise[at], output[in]), share = entropy_coefficient[0] / (float)batch;
    float du = action_gradient[at] * tangent_slope(u) + 2.0f * share * action[at];
    output_gradient[in] = du;
    output_gradient[in + actions] = (du * sigma * noise[at] - share) * 3.5f * tangent_slope(raw);
}
RF_REGISTER(squashed_gaussian_backward)

// a = tanh(mean), without noise.
RF_KERNEL RF_THREADS(128) squashed_gaussian_mode(const float* output, float* action, int batch, int actions)
{
    int i = block_x() * 128 + thread_index();
    if (i < batch * actions)
    {
        int row = i / actions, j = i % actions;
        action[(long long)row * stride_of(actions) + j] = hyperbolic_tangent(output[(long long)row * stride_of(2 * actions) + j]);
    }
}
RF_REGISTER(squashed_gaussian_mode)

// a = clamp(mean + clamp(sigma eps, -clip, clip), -1, 1): target policy smoothing (Fujimoto et al. 2018, eq. 14).
RF_KERNEL RF_THREADS(128) add_clipped_noise(
    const NoiseState* state, int stream, const float* mean, float sigma, float clip, float* action, int batch, int actions)
{
    int i = block_x() * 128 + thread_index();
    if (i < batch * actions)
    {
        long long at = (long long)(i / actions) * stride_of(actions) + i % actions;
        float smoothing = clamp(sigma * normal(state, (uint32)stream, (uint32)i), -clip, clip);
        action[at] = clamp(mean[at] + smoothing, -1.0f, 1.0f);
    }
}
RF_REGISTER(add_clipped_noise)

// dx = dy (1 - y^2), y = tanh(x); over padding too, where dy is zero. dx may be dy.
RF_KERNEL RF_THREADS(256) tanh_backward(const float* dy, const float* y, float* dx, long long length)
{
    long long i = (long long)block_x() * 256 + thread_index();
    if (i < length)
    {
        dx[i] = dy[i] * (1.0f - y[i] * y[i]);
    }
}
RF_REGISTER(tanh_backward)

// The first op of an update: all noise of this update differs from the last one's. One thread.
RF_KERNEL RF_THREADS(32) advance_noise(NoiseState* state)
{
    if (thread_index() == 0)
    {
        state->update++;
    }
}
RF_REGISTER(advance_noise)
