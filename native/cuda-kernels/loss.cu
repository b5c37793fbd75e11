// Targets, losses and their gradients. All quantities are rows of B numbers, [H, 1, B], padded to 16 bytes.
//
// The fused targets replace about ten elementwise passes by one: everything after the target networks, 20 bytes a sample. TD3's smoothing
// noise and its clip are not among it: they come before the target critics, whose input they are (policy.cu, add_clipped_noise).
// The losses reduce to single figures, so each is one block of 1024 threads: at B = 8192 that is 16 values a thread, well
// under the latency of a second launch, and the sum has one fixed order. Figures go to the report tensor; see ReportSlot.
#include "math.cuh"

enum ReportSlot
{
    critic_loss_slot,
    q1_loss_slot,
    q2_loss_slot,
    mean_q_slot,
    mean_target_slot,
    policy_loss_slot,
    entropy_slot,
};

// y = reward + discount (min_h q[h] - alpha log pi)     (Haarnoja et al. 2018b, eq. 2 and 3)
RF_KERNEL RF_THREADS(256) sac_target(
    const float* reward, const float* discount, const float* target_q, const float* log_probability,
    const float* entropy_coefficient, float* y, int batch)
{
    int b = block_x() * 256 + thread_index();
    if (b < batch)
    {
        float first = target_q[b], second = target_q[stride_of(batch) + b];
        float soft = (second < first ? second : first) - entropy_coefficient[0] * log_probability[b];
        y[b] = multiply_add(discount[b], soft, reward[b]);
    }
}
RF_REGISTER(sac_target)

// y = reward + discount min_h q[h]     (Fujimoto et al. 2018, eq. 10)
RF_KERNEL RF_THREADS(256) td3_target(const float* reward, const float* discount, const float* target_q, float* y, int batch)
{
    int b = block_x() * 256 + thread_index();
    if (b < batch)
    {
        float first = target_q[b], second = target_q[stride_of(batch) + b];
        y[b] = multiply_add(discount[b], second < first ? second : first, reward[b]);
    }
}
RF_REGISTER(td3_target)

// L = L_1 + L_2, L_h = mean_b (q[h] - y)^2; dq = 2 (q - y) / B; also the means of q and y.
RF_KERNEL RF_THREADS(1024) critic_loss(const float* q, const float* y, float* dq, float* report, int batch)
{
    RF_SHARED float scratch[4 * 32];
    int stride = stride_of(batch);
    float sums[4] = {0.0f, 0.0f, 0.0f, 0.0f}, scale = 2.0f / (float)batch; // of both heads' squares, of q, of y
    for (int b = thread_index(); b < batch; b += 1024)
    {
        sums[3] += y[b];
        for (int head = 0; head < 2; head++)
        {
            float value = q[head * stride + b], error = value - y[b];
            dq[head * stride + b] = scale * error;
            sums[head] = multiply_add(error, error, sums[head]);
            sums[2] += value;
        }
    }

    block_sums<32>(sums, scratch);
    if (thread_index() == 0)
    {
        float first = sums[0] / (float)batch, second = sums[1] / (float)batch;
        report[critic_loss_slot] = first + second;
        report[q1_loss_slot] = first;
        report[q2_loss_slot] = second;
        report[mean_q_slot] = sums[2] / (float)(batch * 2);
        report[mean_target_slot] = sums[3] / (float)batch;
    }
}
RF_REGISTER(critic_loss)

// L = mean_b (alpha log pi - min_h q): dq = -1 / B for the smaller head (head 0 where equal), 0 for the other.
RF_KERNEL RF_THREADS(1024) sac_policy_loss(
    const float* q, const float* log_probability, const float* entropy_coefficient, float* dq, float* report, int batch)
{
    RF_SHARED float scratch[2 * 32];
    int stride = stride_of(batch);
    float alpha = entropy_coefficient[0], share = -1.0f / (float)batch, sums[2] = {0.0f, 0.0f}; // of the loss, of the entropy
    for (int b = thread_index(); b < batch; b += 1024)
    {
        float first = q[b], second = q[stride + b];
        bool other = second < first;
        dq[b] = other ? 0.0f : share;
        dq[stride + b] = other ? share : 0.0f;
        sums[0] += alpha * log_probability[b] - (other ? second : first);
        sums[1] -= log_probability[b];
    }

    block_sums<32>(sums, scratch);
    if (thread_index() == 0)
    {
        report[policy_loss_slot] = sums[0] / (float)batch;
        report[entropy_slot] = sums[1] / (float)batch;
    }
}
RF_REGISTER(sac_policy_loss)

// L = -mean_b q[0]: dq[0] = -1 / B, 0 for the other heads.
RF_KERNEL RF_THREADS(1024) td3_policy_loss(const float* q, float* dq, float* report, int batch, int heads)
{
    RF_SHARED float scratch[32];
    int stride = stride_of(batch);
    float loss = 0.0f, share = -1.0f / (float)batch;
    for (int b = thread_index(); b < batch; b += 1024)
    {
        loss -= q[b];
        for (int head = 0; head < heads; head++)
        {
            dq[head * stride + b] = head == 0 ? share : 0.0f;
        }
    }

    loss = block_sum<32>(loss, scratch);
    if (thread_index() == 0)
    {
        report[policy_loss_slot] = loss / (float)batch;
    }
}
RF_REGISTER(td3_policy_loss)
