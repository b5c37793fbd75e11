// Adam with Polyak averaging, gradient norm and clipping, the entropy coefficient's step.
//
//   t += 1;  m += (1 - beta1)(g - m);  v += (1 - beta2)(g^2 - v)
//   p -= lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)          (Kingma and Ba 2015, algorithm 1)
//   target += tau (p - target)                                               (with the new p, in the same pass)
//
// Over whole parameter blocks, padding included (it is zero and stays zero). Bytes: p, m, v, target read and written, g read:
// 36 a parameter, 8.4 MB for both critics at 2 x 256; a thread a float4 would save instructions, not bytes, and the blocks are
// a few hundred. lr is its base times the schedule, which is in device memory so that a recorded graph follows it; 1 - beta and
// ln beta come from the host, where they are taken in double. The step is advanced by a launch of its own, off the critical
// path, because every block reads it.
#include "math.cuh"

// 1 - beta^t without cancellation, from ln beta.
RF_DEVICE float bias_correction(float log_beta, float step) { return -exponential_minus_one(log_beta * step); }

struct AdamConstants
{
    float rate, rest1, rest2, epsilon, log_beta1, log_beta2; // rest = 1 - beta
};

RF_DEVICE float adam_step(float gradient, float& first, float& second, float step, const AdamConstants& constants)
{
    first = multiply_add(constants.rest1, gradient - first, first);
    second = multiply_add(constants.rest2, gradient * gradient - second, second);
    float size = constants.rate / bias_correction(constants.log_beta1, step);
    float deviation = square_root(second) / square_root(bias_correction(constants.log_beta2, step)) + constants.epsilon;
    return size * first / deviation;
}

// Steps taken, exact to 2^24, where it stays. One thread.
RF_KERNEL RF_THREADS(32) advance_step(float* step)
{
    if (thread_index() == 0)
    {
        step[0] = step[0] < 16777216.0f ? step[0] + 1.0f : step[0];
    }
}
RF_REGISTER(advance_step)

RF_KERNEL RF_THREADS(256) adam(
    float* parameters, const float* gradients, float* first, float* second, const float* step, const float* schedule, float rate, float rest1,
    float rest2, float epsilon, float log_beta1, float log_beta2, float* target, float tau, long long length)
{
    long long i = (long long)block_x() * 256 + thread_index();
    if (i < length)
    {
        AdamConstants constants = {rate * schedule[0], rest1, rest2, epsilon, log_beta1, log_beta2};
        float m = first[i], v = second[i];
        float p = parameters[i] - adam_step(gradients[i], m, v, step[0], constants);
        first[i] = m;
        second[i] = v;
        parameters[i] = p;
        if (target != nullptr)
        {
            target[i] = multiply_add(tau, p - target[i], target[i]);
        }
    }
}
RF_REGISTER(adam)

// The sum of squares of each block's share, into partial[block]; the shares interleave, so any grid works.
RF_KERNEL RF_THREADS(256) squared_norm(const float* values, float* partial, long long length)
{
    RF_SHARED float scratch[8];
    float sum = 0.0f;
    for (long long i = (long long)block_x() * 256 + thread_index(); i < length; i += (long long)grid_x() * 256)
    {
        sum = multiply_add(values[i], values[i], sum);
    }

    sum = block_sum<8>(sum, scratch);
    if (thread_index() == 0)
    {
        partial[block_x()] = sum;
    }
}
RF_REGISTER(squared_norm)

// Every block sums the partial sums again (they are few) and scales its share; the first one reports the norm. An infinite
// maximum only measures. As torch.nn.utils.clip_grad_norm_: scale min(1, maximum / (norm + 1e-6)).
RF_KERNEL RF_THREADS(256) clip_gradient(
    float* gradients, const float* partial, int parts, float maximum, float* norm_slot, long long length)
{
    RF_SHARED float scratch[8];
    float sum = 0.0f;
    for (int i = thread_index(); i < parts; i += 256)
    {
        sum += partial[i];
    }

    float norm = square_root(block_sum<8>(sum, scratch)), scale = maximum / (norm + 1e-6f);
    if (block_x() == 0 && thread_index() == 0)
    {
        norm_slot[0] = norm;
    }

    for (long long i = (long long)block_x() * 256 + thread_index(); i < length && scale < 1.0f; i += (long long)grid_x() * 256)
    {
        gradients[i] *= scale;
    }
}
RF_REGISTER(clip_gradient)

// L = -alpha mean_b (log pi + target), by log alpha (Haarnoja et al. 2018b, eq. 18): gradient -alpha (mean log pi + target).
// state: log alpha, alpha, first moment, second moment, step. One block.
RF_KERNEL RF_THREADS(1024) entropy_coefficient_step(
    const float* log_probability, float target_entropy, float rate, float rest1, float rest2, float epsilon, float log_beta1,
    float log_beta2, float* state, float* entropy_coefficient, float* report_slot, int batch)
{
    RF_SHARED float scratch[32];
    float sum = 0.0f;
    for (int b = thread_index(); b < batch; b += 1024)
    {
        sum += log_probability[b];
    }

    sum = block_sum<32>(sum, scratch);
    if (thread_index() == 0)
    {
        AdamConstants constants = {rate, rest1, rest2, epsilon, log_beta1, log_beta2};
        float step = state[4] < 16777216.0f ? state[4] + 1.0f : state[4];
        float gradient = -exponential(state[0]) * (sum / (float)batch + target_entropy);
        float m = state[2], v = state[3];
        float log_alpha = state[0] - adam_step(gradient, m, v, step, constants), alpha = exponential(log_alpha);
        state[0] = log_alpha;
        state[1] = alpha;
        state[2] = m;
        state[3] = v;
        state[4] = step;
        entropy_coefficient[0] = alpha;
        report_slot[0] = alpha;
    }
}
RF_REGISTER(entropy_coefficient_step)
