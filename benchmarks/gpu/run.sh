#!/usr/bin/env bash
# Everything about CUDA that needs a GPU, in one run: is it right, is it clean, how fast is it. Needs the NVIDIA driver; uses nvcc's
# tools (ptxas, compute-sanitizer) and PyTorch where they are, and says what it left out where they are not. No .NET, no network:
#   here:       dotnet publish -c Release -r linux-x64 --self-contained benchmarks/Reacher.Fast.Gpu -o .gpu
#   on the GPU: benchmarks/gpu/run.sh .gpu/reacher-fast-gpu RESULTS_FOLDER
# Optional: ANCHOR=benchmarks/peers/pytorch_update.py (PyTorch's own update rate, all modes); RUNNER=path of the reacher-fast executable
# (trains the arm to solved on the GPU). Ends with 0 if every check passed; the report is RESULTS_FOLDER/report.md.
set -u -o pipefail
tool=$(realpath "${1:?usage: run.sh TOOL RESULTS_FOLDER}") out=${2:?usage: run.sh TOOL RESULTS_FOLDER}
cd "$(dirname "$0")/../.."
mkdir -p "$out"
out=$(realpath "$out")
report=$out/report.md
failed=()
say() { printf '%s\n' "$*" | tee -a "$report"; }
# step TITLE SECONDS COMMAND...: runs it with a time limit, its output into the report, its failure into the list
step() {
    local title=$1 limit=$2
    shift 2
    say "" "## $title" '```'
    timeout "$limit" "$@" 2>&1 | tail -n 200 | tee -a "$report"
    local status=${PIPESTATUS[0]}
    say '```'
    [ "$status" -eq 0 ] || { say "**failed** (status $status)"; failed+=("$title"); }
}
has() { command -v "$1" >/dev/null || { say "" "left out: $2 ($1 is not here)"; return 1; }; }

: > "$report"
say "# CUDA, $(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null | head -1), $(date -u +%F)"
chmod +x "$tool"
arch=sm_$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -1 | tr -d .)
export NVCC_ARCH=$arch
step "Device" 60 "$tool" probe

if has ptxas "registers and spills of the committed PTX"; then
    assemble() {
        local spills=0
        for ptx in native/cuda-kernels/ptx/*.ptx; do
            ptxas -arch="$arch" -v -o "$out/$(basename "$ptx" .ptx).cubin" "$ptx" 2> "$out/ptxas.log" || { cat "$out/ptxas.log"; return 1; }
            echo "$(basename "$ptx"): $(grep -c 'Compiling entry' "$out/ptxas.log") kernels, at most $(grep -oE 'Used [0-9]+ registers' "$out/ptxas.log" | sort -k2 -n | tail -1)"
            grep -B2 -E '[1-9][0-9]* bytes spill' "$out/ptxas.log" && spills=1
        done
        rm -f "$out"/*.cubin
        return $spills
    }
    export -f assemble
    export arch out
    step "Assembly of the committed PTX" 300 bash -c assemble
fi

step "Every op against the scalar reference" 300 "$tool" check
step "Fifty updates against the scalar reference" 300 "$tool" golden
if has compute-sanitizer "memcheck, racecheck, synccheck"; then
    for check in memcheck racecheck synccheck; do
        step "compute-sanitizer $check" 600 compute-sanitizer --tool "$check" --error-exitcode 9 "$tool" check --quick
    done
fi

step "Speeds" 600 "$tool" bench
if has nvcc "the same with nvcc's PTX for this GPU"; then
    step "nvcc's PTX" 300 native/cuda-kernels/build-ptx.sh --nvcc "$out/nvcc"
    REACHER_FAST_PTX=$out/nvcc step "Every op, nvcc's PTX" 300 "$tool" check --quick
    REACHER_FAST_PTX=$out/nvcc step "Speeds, nvcc's PTX" 600 "$tool" bench --quick
    rm -rf "$out/nvcc"
fi

if python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2>/dev/null; then
    step "The GPU and PyTorch by themselves" 300 python3 benchmarks/gpu/anchor.py
    if [ -n "${ANCHOR:-}" ]; then
        for algorithm in sac td3; do
            for mode in eager graph compile compile+graph; do
                step "PyTorch $algorithm $mode" 300 python3 "$ANCHOR" --device cuda --algo "$algorithm" --mode "$mode"
                step "PyTorch $algorithm $mode, TF32" 300 python3 "$ANCHOR" --device cuda --algo "$algorithm" --mode "$mode" --tf32
            done
        done
        step "PyTorch sac compile+graph, batch 8192, hidden 1024, TF32" 300 python3 "$ANCHOR" --device cuda --mode compile+graph --batch 8192 --hidden 1024 --iters 200 --tf32
    else
        say "" "left out: PyTorch's update rates (ANCHOR names no script)"
    fi
else
    say "" "left out: PyTorch's figures (python3 has no torch that sees the GPU)"
fi

if [ -n "${RUNNER:-}" ]; then
    step "Train the arm to solved" 600 "$RUNNER" train --run-id gpu --results-dir "$out/runs" --device cuda --force
else
    say "" "left out: training the arm (RUNNER names no executable)"
fi

say "" "${#failed[@]} step(s) failed${failed[*]:+: ${failed[*]}}"
[ ${#failed[@]} -eq 0 ]
