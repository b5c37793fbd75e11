#!/usr/bin/env python3
"""Reacher.Fast and its peers in turn, on the same machine, and how many times faster it is: updates against PyTorch and
against TorchSharp, the replay against Stable-Baselines3's and TorchRL's.

    dotnet build -c Release benchmarks/Reacher.Fast.Benchmarks && python3 benchmarks/peers/compare.py --threads 1 --turns 3
    python3 benchmarks/peers/compare.py --only replay
    dotnet build -c Release benchmarks/Reacher.Fast.TorchSpeed && python3 benchmarks/peers/compare.py --only torchsharp

They alternate because a shared machine's speed drifts: a ratio of two figures taken minutes apart is the neighbours' ratio.
Figures are medians over the turns. A peer that the Python that runs this has not is named and left out; the replay needs Linux and gcc."""
import argparse
import pathlib
import re
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
OURS = HERE.parent / "Reacher.Fast.Benchmarks" / "bin" / "Release" / "net10.0" / "Reacher.Fast.Benchmarks.dll"


TORCHSHARP = HERE.parent / "Reacher.Fast.TorchSpeed" / "bin" / "Release" / "net10.0"


def output_of(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"compare.py: {' '.join(map(str, command))} ended with {result.returncode}: {(result.stderr or result.stdout).strip()}")
    return result.stdout


def read(pattern, text, what):
    found = re.search(pattern, text, re.MULTILINE)
    if not found:
        sys.exit(f"compare.py: the output of {what} is not as expected: {text}")
    return float(found.group(1).replace(",", ""))


def our_updates(threads):
    """Milliseconds of an update, from the lines 'sac B=256 H=256   8900.0 us (best 7200.0) ...'."""
    text = output_of(["dotnet", OURS, "--quick", "update", str(threads), "short"])
    return {name: read(rf"^{name} B=256 H=256 +([\d.,]+) us", text, "--quick update") / 1e3 for name in ("sac", "td3")}


def pytorch_updates(threads):
    def one(algorithm):
        text = output_of([sys.executable, HERE / "pytorch_update.py", "--device", "cpu", "--algo", algorithm, "--threads", str(threads),
                          "--rows", "100000", "--iters", "50", "--rounds", "5"])
        return 1e3 / read(r"median ([\d.]+)", text, "pytorch_update.py")
    return {name: one(name) for name in ("sac", "td3")}


def our_replay():
    """Millions of rows a second, from the lines 'write, 1-step   8.37 M rows/s ...'."""
    text = output_of(["dotnet", OURS, "--quick", "replay", "short"])
    return {"write": read(r"^write, 1-step +([\d.,]+) M rows/s", text, "--quick replay"),
            "sample": read(r"^ReplaySampler\.Sample\(256\) +([\d.,]+) M rows/s", text, "--quick replay")}


def replay_peers(say):
    """By peer, millions of rows a second; what is missing is said once."""
    found = {}
    for line in output_of([sys.executable, HERE / "replay_peers.py"]).splitlines():
        figures = re.match(r"(\S+) (\S+): write (\d+) rows/s, sample (\d+) rows/s", line)
        if figures:
            found[f"{figures[1]} {figures[2]}"] = {"write": int(figures[3]) / 1e6, "sample": int(figures[4]) / 1e6}
        elif say:
            print(line)
    return found


def median(turns, key):
    return statistics.median(turn[key] for turn in turns)


def compare_updates(options):
    # Says so if PyTorch is missing, before anything is measured.
    if subprocess.run([sys.executable, HERE / "pytorch_update.py", "--help"], capture_output=True).returncode != 0:
        print("PyTorch: not installed; pip install torch, or leave this comparison out.")
        return
    ours, theirs = [], []
    for turn in range(options.turns):
        ours.append(our_updates(options.threads))
        theirs.append(pytorch_updates(options.threads))
        print(f"updates, turn {turn + 1} of {options.turns}", file=sys.stderr)
    print(f"{'update, batch 256, 2 x 256':30}{'Reacher.Fast':>16}{'PyTorch eager':>16}{'ratio':>8}")
    for name in ("sac", "td3"):
        mine, other = median(ours, name), median(theirs, name)
        print(f"{name:30}{mine:13.2f} ms{other:13.2f} ms{other / mine:8.2f}")


def compare_replay(options):
    ours, theirs = [], {}
    for turn in range(options.turns):
        found = replay_peers(say=turn == 0)
        if not found:
            return
        for peer, figures in found.items():
            theirs.setdefault(peer, []).append(figures)
        ours.append(our_replay())
        print(f"replay, turn {turn + 1} of {options.turns}", file=sys.stderr)
    for peer, turns in theirs.items():
        print(f"{'replay, M rows/s':30}{'Reacher.Fast':>16}{peer:>28}{'ratio':>8}")
        for name in ("write", "sample"):
            mine, other = median(ours, name), median(turns, name)
            print(f"{name:30}{mine:16.2f}{other:28.3f}{mine / other:8.1f}")


def compare_torchsharp(options):
    """An update on our own device, by Reacher.Fast.Torch, and on TorchSharp as its examples write it; the program alternates by itself."""
    program = next(TORCHSHARP.glob("**/reacher-fast-torch.dll"), None)
    if program is None:
        print("TorchSharp: not built; dotnet build -c Release benchmarks/Reacher.Fast.TorchSpeed, or leave this comparison out.")
        return
    print(output_of(["dotnet", program, "updates", "--threads", str(options.threads), "--turns", str(max(3, options.turns))]).strip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=1, help="of the updates")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--only", choices=["updates", "replay", "torchsharp"], help="leave the others out")
    options = parser.parse_args()
    if options.only in (None, "torchsharp"):
        compare_torchsharp(options)
    if options.only == "torchsharp":
        return
    if not OURS.exists():
        sys.exit(f"compare.py: {OURS} is not there; build it: dotnet build -c Release benchmarks/Reacher.Fast.Benchmarks")
    if options.only != "replay":
        compare_updates(options)
    if options.only != "updates":
        compare_replay(options)


if __name__ == "__main__":
    main()
