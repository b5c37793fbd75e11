#!/usr/bin/env python3
"""Reacher.Fast's updates and PyTorch's in turn, on the same threads of the same machine, and how many times faster ours are.

    dotnet build -c Release benchmarks/Reacher.Fast.Benchmarks && python3 benchmarks/peers/compare.py --threads 1 --turns 3

They alternate because a shared machine's speed drifts: a ratio of two figures taken minutes apart is the neighbours' ratio.
Figures are medians over the turns. Needs PyTorch for the Python that runs it."""
import argparse
import pathlib
import re
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
OURS = HERE.parent / "Reacher.Fast.Benchmarks" / "bin" / "Release" / "net10.0" / "Reacher.Fast.Benchmarks.dll"


def output_of(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"compare.py: {' '.join(map(str, command))} ended with {result.returncode}: {(result.stderr or result.stdout).strip()}")
    return result.stdout


def ours(threads):
    """Seconds of an update by algorithm, from the lines 'sac B=256 H=256   8900.0 us (best 7200.0) ...'."""
    text = output_of(["dotnet", OURS, "--quick", "update", str(threads), "short"])
    found = re.findall(r"^(sac|td3) B=256 H=256 +([\d.]+) us", text, re.MULTILINE)
    if len(found) != 2:
        sys.exit(f"compare.py: the output of --quick update is not as expected: {text}")
    return {name: float(microseconds) / 1e6 for name, microseconds in found}


def theirs(threads, algorithm):
    text = output_of([sys.executable, HERE / "pytorch_update.py", "--device", "cpu", "--algo", algorithm, "--threads", str(threads),
                      "--rows", "100000", "--iters", "50", "--rounds", "5"])
    return 1 / float(re.search(r"median ([\d.]+)", text).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    if not OURS.exists():
        sys.exit(f"compare.py: {OURS} is not there; build it: dotnet build -c Release benchmarks/Reacher.Fast.Benchmarks")
    output_of([sys.executable, HERE / "pytorch_update.py", "--help"])  # says so if PyTorch is missing, before anything is measured
    times = {(who, name): [] for who in ("ours", "theirs") for name in ("sac", "td3")}
    for turn in range(options.turns):
        for name, seconds in ours(options.threads).items():
            times["ours", name].append(seconds)
        for name in ("sac", "td3"):
            times["theirs", name].append(theirs(options.threads, name))
        print(f"turn {turn + 1} of {options.turns}", file=sys.stderr)
    print(f"{'batch 256, hidden 256':24}{'Reacher.Fast':>14}{'PyTorch eager':>15}{'ratio':>8}")
    for name in ("sac", "td3"):
        mine, other = (statistics.median(times[who, name]) for who in ("ours", "theirs"))
        print(f"{name:24}{mine * 1e3:11.2f} ms{other * 1e3:12.2f} ms{other / mine:8.2f}")


if __name__ == "__main__":
    main()
