#!/usr/bin/env python3
"""Rows a second that other libraries' replay buffers write and sample, at the sizes that `--quick replay` measures here: vector steps of
20 agents into a ring of a million rows, batches of 256, observations of 33, actions of 4, on one thread.

    python3 benchmarks/peers/replay_peers.py [--rows N] [--seconds S]

Stable-Baselines3 and TorchRL, each where the Python that runs this has it; a line says where it has not. Both are used as their own agents
use them: SB3's `add` with a list of infos and `sample` to tensors, TorchRL's tensordict buffer on a contiguous storage."""
import argparse
import statistics
import time

OBSERVATIONS, ACTIONS, AGENTS, BATCH = 33, 4, 20, 256


class Missing(Exception):
    """The library is not installed; says how to have it."""


def stable_baselines3(rows):
    try:
        import numpy
        import stable_baselines3
        from stable_baselines3.common.buffers import ReplayBuffer
        try:
            from gymnasium.spaces import Box
        except ImportError:  # before 2.0
            from gym.spaces import Box
    except ImportError as error:
        raise Missing(f"not installed ({error}); pip install stable-baselines3") from None
    buffer = ReplayBuffer(
        rows, Box(-numpy.inf, numpy.inf, (OBSERVATIONS,), numpy.float32), Box(-1, 1, (ACTIONS,), numpy.float32), device="cpu", n_envs=AGENTS)
    observations = numpy.random.rand(AGENTS, OBSERVATIONS).astype(numpy.float32)
    actions = numpy.random.rand(AGENTS, ACTIONS).astype(numpy.float32)
    rewards, dones, infos = numpy.zeros(AGENTS, numpy.float32), numpy.zeros(AGENTS, bool), [{} for _ in range(AGENTS)]
    return stable_baselines3.__version__, lambda: buffer.add(observations, observations, actions, rewards, dones, infos), lambda: buffer.sample(BATCH)


def torchrl(rows):
    try:
        import torch
        import torchrl as library
        from tensordict import TensorDict
        from torchrl.data import LazyTensorStorage, TensorDictReplayBuffer
    except ImportError as error:
        raise Missing(f"not installed ({error}); pip install torchrl") from None
    torch.set_num_threads(1)
    buffer = TensorDictReplayBuffer(storage=LazyTensorStorage(rows), batch_size=BATCH)
    step = TensorDict(
        {
            "observation": torch.rand(AGENTS, OBSERVATIONS),
            "action": torch.rand(AGENTS, ACTIONS),
            "next": TensorDict(
                {"observation": torch.rand(AGENTS, OBSERVATIONS), "reward": torch.zeros(AGENTS, 1), "done": torch.zeros(AGENTS, 1, dtype=torch.bool)},
                batch_size=[AGENTS]),
        },
        batch_size=[AGENTS])
    return library.__version__, lambda: buffer.extend(step), buffer.sample


PEERS = {"stable-baselines3": stable_baselines3, "torchrl": torchrl}


def rate(call, units, seconds):
    """Units a second: the median of five trials."""
    trials = []
    for _ in range(5):
        count, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds / 5:
            call()
            count += 1
        trials.append(units * count / elapsed)
    return statistics.median(trials)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each figure")
    options = parser.parse_args()
    for name, make in PEERS.items():
        try:
            version, write, sample = make(options.rows)
        except Missing as missing:
            print(f"{name}: {missing}, or leave this comparison out.")
            continue
        # Full, so that a sample is drawn from all of it.
        for _ in range(options.rows // AGENTS):
            write()
        print(f"{name} {version}: write {rate(write, AGENTS, options.seconds):.0f} rows/s, sample {rate(sample, BATCH, options.seconds):.0f} rows/s")


if __name__ == "__main__":
    main()
