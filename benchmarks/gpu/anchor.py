#!/usr/bin/env python3
"""What the GPU and PyTorch do by themselves, beside which Reacher.Fast's figures stand: the rate of large matrix products, the
page-locked copy bandwidth, and the SAC target's elementwise steps in eager mode. Needs PyTorch with CUDA."""
import torch

assert torch.cuda.is_available(), "this PyTorch sees no GPU"
device = torch.device("cuda")
torch.manual_seed(0)


def seconds(call, count=20):
    """Median of five rounds, after one to warm up, timed with events."""
    times = []
    for _ in range(6):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        for _ in range(count):
            call()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end) / count / 1000)
    return sorted(times[1:])[2]


print(torch.cuda.get_device_name(), "torch", torch.__version__)
for m, k, n in ((8192, 8192, 8192), (8192, 1024, 1024)):
    for name, dtype, tf32 in (("fp32", torch.float32, False), ("tf32", torch.float32, True), ("bf16", torch.bfloat16, False)):
        torch.backends.cuda.matmul.allow_tf32 = tf32
        a, b = torch.randn(m, k, device=device, dtype=dtype), torch.randn(k, n, device=device, dtype=dtype)
        t = seconds(lambda: a @ b)
        print(f"matmul {m}x{k}x{n} {name}: {2 * m * k * n / t / 1e12:.1f} TFLOP/s")
for size in (1 << 20, 1 << 28):
    host, there = torch.empty(size, dtype=torch.uint8, pin_memory=True), torch.empty(size, dtype=torch.uint8, device=device)
    print(f"page-locked copy to the device, {size >> 20} MiB: {size / seconds(lambda: there.copy_(host, non_blocking=True)) / 1e9:.1f} GB/s")
q, r, d, log_pi, alpha = torch.randn(2, 256, device=device), torch.randn(256, device=device), torch.rand(256, device=device), torch.randn(256, device=device), torch.rand(1, device=device)
print(f"SAC target, batch 256, eager: {seconds(lambda: r + d * (q.min(0)[0] - alpha * log_pi), 200) * 1e6:.2f} us")
