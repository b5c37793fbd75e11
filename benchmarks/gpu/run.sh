#!/usr/bin/env bash
# Everything about CUDA that needs a GPU: is it right, is it clean, how fast is it. No step takes more than ten minutes; each leaves
# FOLDER/STEP.txt and the figures of it in FOLDER/STEP.json, and FOLDER/report.md is made anew from all of them. Ends with 0 if every check passed. Commit FOLDER.
#   benchmarks/gpu/run.sh TOOLS [FOLDER [STEP...]]   all steps, or those named (of: device assembly ops golden data memcheck racecheck
#       synccheck kernels updates transfers train wide resume nvcc torch-limits torch-{sac,td3}-{fp32,tf32} torch-large
#       torchsharp-symbols torchsharp-check torchsharp-updates torchsharp-train)
# TOOLS holds reacher-fast-gpu and reacher-fast, single files that need neither .NET nor a network: `dotnet cake --target=Gpu` publishes
# them, or by hand, for another machine:
#   dotnet publish -c Release -r linux-x64 --self-contained -o TOOLS benchmarks/Reacher.Fast.Gpu
#   dotnet publish -c Release -r linux-x64 --self-contained -o TOOLS src/Reacher.Fast.Runner -p:PublishSingleFile=true -p:IncludeNativeLibrariesForSelfExtract=true
# The steps torchsharp-* need reacher-fast-torch and the folder Reacher.Fast.Torch there too (the target publishes them), and REACHER_FAST_LIBTORCH,
# which names the torch/lib of a PyTorch with CUDA.
# FOLDER is benchmarks/results/<the GPU's name> unless given. Steps of earlier runs that lie there stay in the report, each with its run.
# Needs the NVIDIA driver; uses nvcc, ptxas, compute-sanitizer and PyTorch
# where they are, and says what it left out where they are not. MODES names the modes of PyTorch that are measured (all of: eager
# compile graph compile+graph). DRY=1 does as little as passes through every step: with REACHER_FAST_CUDA_DRIVER naming the emulated
# GPU's library (native/cuda-kernels/host/build.sh), the whole script runs without a GPU.
set -u -o pipefail
[ $# -gt 0 ] || { echo "usage: run.sh TOOLS [FOLDER [STEP...]]" >&2; exit 2; }
# Before the cd: both are relative to where the script is started.
tools=$(realpath -m "$1") tool=$tools/reacher-fast-gpu runner=$tools/reacher-fast
out=${2:+$(realpath -m "$2")}
for program in "$tool" "$runner"; do
    [ -x "$program" ] || { echo "run.sh: $program is not there, or cannot be run; the header of this script says how it is made" >&2; exit 2; }
done
cd "$(dirname "$0")/../.." || exit 1
PATH=$PATH:/usr/local/cuda/bin
gpu=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -1)
slug=$(printf '%s' "${gpu:-emulated-gpu}" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9-')
out=${out:-$PWD/benchmarks/results/$slug}
mkdir -p "$out" || exit 1
run="$(date -u +%FT%TZ)${DRY:+, dry} at $(git rev-parse --short HEAD 2>/dev/null || echo 'an unknown commit')"
shift $(($# < 2 ? $# : 2))
arch=sm_$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -1 | tr -d .)
dry=${DRY:+--dry} quick=${DRY:+--dry}
quick=${quick:---quick}
torch=benchmarks/peers/pytorch_update.py
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A step is a function; 3 says that what it needs is not here.
need() {
    command -v "$1" >/dev/null || { echo "left out: $1 is not here"; return 3; }
    [ -z "${DRY:-}" ] || { echo "left out: $1 needs a GPU"; return 3; }
}
need_torch() { python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2>/dev/null || { echo "left out: python3 has no torch that sees a GPU"; return 3; }; }

device() { date -u +%F; git rev-parse --short HEAD 2>/dev/null; nvidia-smi --query-gpu=name,driver_version,clocks.max.sm,power.limit --format=csv 2>/dev/null; "$tool" probe; }
assembly() { if [ "$arch" = sm_ ]; then native/cuda-kernels/assemble-ptx.sh; else native/cuda-kernels/assemble-ptx.sh "$arch"; fi; }
ops() { "$tool" check $dry; }
golden() { "$tool" golden $dry; }
data() { "$tool" data $dry; }
# sanitize TOOL CHECK: the races' and barriers' checks slow an op down some hundred times, so they see fewer shapes.
sanitize() { need compute-sanitizer || return; for part in "check $2" "golden --dry" "data --dry"; do compute-sanitizer --tool "$1" --error-exitcode 9 "$tool" $part | tail -40 || return 1; done; }
memcheck() { sanitize memcheck "$quick"; }
racecheck() { sanitize racecheck --dry; }
synccheck() { sanitize synccheck --dry; }
transfers() { "$tool" transfers $dry; }
kernels() { "$tool" kernels $dry; }
updates() { "$tool" updates $dry; }
nvcc_ptx() {
    need nvcc || return
    NVCC_ARCH=$arch native/cuda-kernels/build-ptx.sh --nvcc "$scratch/nvcc" || return 1
    # Figures of another compiler's kernels stay out of the summary.
    { REACHER_FAST_PTX=$scratch/nvcc "$tool" check $quick && REACHER_FAST_PTX=$scratch/nvcc "$tool" updates $quick; } | sed 's/^figure /nvcc figure /'
}
torch_limits() { need_torch && python3 benchmarks/gpu/anchor.py; }
# Modes one after another, each with its own limit: compiling can take a minute. One that a version of PyTorch cannot do is named
# ("without MODE", which the loop below repeats); the step fails if none gave a figure.
torch_updates() {
    need_torch || return
    local figures=0
    for mode in ${MODES:-eager compile graph compile+graph}; do
        iterations=$([ "$mode" = eager ] && echo 300 || echo 1500)
        timeout 145 python3 "$torch" --device cuda --algo "$1" --mode "$mode" --iters "$iterations" --rounds 5 ${2:-} && figures=$((figures + 1)) || echo "without $mode (status $?)"
    done
    [ $figures -gt 0 ]
}
torch_large() { need_torch && timeout 290 python3 "$torch" --device cuda --mode compile+graph --batch 8192 --hidden 1024 --iters 200 --rounds 5 --tf32; }
# train_run DEVICE MORE...: a run of the arm; its last line is the summary, of which a part is kept.
train_run() {
    local device=$1
    shift
    "$runner" train --json --run-id gpu --results-dir "$scratch/runs" --device "$device" --seed 1 "$@" ${DRY:+--hidden-units 8 --batch-size 8 --num-agents 4 --buffer-size 50000 --buffer-init-steps 100} > "$scratch/train.json" 2> "$scratch/train.err"
    local status=$?
    tail -1 "$scratch/train.json" | sed "s#$scratch/##g"
    grep -h "learning on" "$scratch/runs/gpu/run_logs/learner.log" 2>/dev/null | tail -1
    [ $status -eq 0 ] || { cat "$scratch/train.err"; return $status; }
}
train() {
    if [ -n "${DRY:-}" ]; then
        train_run cuda --force --max-steps 300
    else
        train_run cuda --force || return 1
        cp "$scratch/runs/gpu/evaluations.jsonl" "$out/train.evaluations.jsonl"
        grep -q '"outcome":"solved"' "$scratch/train.json" || { echo "not solved"; return 1; }
    fi
}
# Many arms at once: few updates for a transition, and more variety in each.
wide() {
    [ -z "${DRY:-}" ] || { echo "left out: an emulated GPU is too slow for many arms"; return 3; }
    train_run cuda --force --num-agents 200 --steps-per-update 30 --buffer-init-steps 50000 --cooldown-steps 0
}
resume() {
    # 20 arms: the warm-up of 400 would take all of these transitions.
    local more=6000
    [ -z "${DRY:-}" ] || more=300
    train_run cuda --force --no-stop --num-agents 20 --max-steps "$more" && train_run cpu --resume --no-stop --max-steps $((5 * more)) &&
        train_run cuda --resume --no-stop --max-steps $((10 * more))
}

torchsharp=$tools/torchsharp/reacher-fast-torch
need_torchsharp() { [ -x "$torchsharp" ] && [ -n "${REACHER_FAST_LIBTORCH:-}" ] || { echo "left out: $torchsharp is not there, or REACHER_FAST_LIBTORCH names no PyTorch with CUDA"; return 3; }; }
# The symbols of the bridge that no library of this libtorch has: five weak ones are all there may be.
torchsharp_symbols() {
    need_torchsharp && need nm || return
    local bridge=$tools/torchsharp/libLibTorchSharp.so
    nm -D --undefined-only "$bridge" | awk '{print $2}' | grep -v @ | sort -u > "$scratch/needed"
    nm -D --defined-only "$REACHER_FAST_LIBTORCH"/libc10.so "$REACHER_FAST_LIBTORCH"/libtorch_cpu.so "$REACHER_FAST_LIBTORCH"/libtorch.so | awk 'NF==3{print $3}' | sed 's/@.*//' | sort -u > "$scratch/there"
    comm -23 "$scratch/needed" "$scratch/there" | tee "$scratch/missing"
    nm -D "$REACHER_FAST_LIBTORCH"/libtorch_cuda.so | grep -E 'aoti_torch_(create|delete)_cuda_stream_guard' || return 1
    [ "$(grep -cv -E '^(_ITM_|__gmon_start__|_ZTH)' "$scratch/missing")" -eq 0 ]
}
torchsharp_check() { need_torchsharp && "$torchsharp" check $dry; }
torchsharp_updates() { need_torchsharp && "$torchsharp" updates --device torch-cuda $dry; }
torchsharp_train() { need_torchsharp && train_run torch-cuda --force && grep -q '"outcome":"solved"' "$scratch/train.json"; }

all=(device assembly ops golden data memcheck racecheck synccheck kernels updates transfers train wide resume nvcc torch-limits torch-sac-fp32 torch-sac-tf32 torch-td3-fp32 torch-td3-tf32 torch-large torchsharp-symbols torchsharp-check torchsharp-updates torchsharp-train)
run_step() {
    case $1 in
        nvcc) nvcc_ptx ;;
        torch-limits) torch_limits ;;
        torch-large) torch_large ;;
        torchsharp-*) "${1/-/_}" ;;
        torch-sac-fp32) torch_updates sac ;;
        torch-sac-tf32) torch_updates sac --tf32 ;;
        torch-td3-fp32) torch_updates td3 ;;
        torch-td3-tf32) torch_updates td3 --tf32 ;;
        device | assembly | ops | golden | data | memcheck | racecheck | synccheck | kernels | transfers | updates | train | wide | resume) "$1" ;;
        *) echo "there is no step $1"; return 2 ;;
    esac
}

failed=() left_out=() partial=()
for name in "${@:-${all[@]}}"; do
    printf '== %s\n' "$name"
    started=$SECONDS
    # Step and watch in process groups of their own (set -m), so that the limit ends whatever the step started, and nothing of either stays.
    (set -m; run_step "$name" > "$scratch/log" 2>&1 & step=$!
     (sleep 595; kill -- -$step) > /dev/null 2>&1 & watch=$!
     trap 'kill -- -$step -$watch 2>/dev/null' EXIT
     wait $step)
    status=$?
    tail -n 400 "$scratch/log" > "$out/$name.txt"
    printf '{"step": "%s", "run": "%s", "status": %d, "figures": {%s}}\n' "$name" "$run" $status \
        "$(sed -n 's/^figure \(\S*\) \(\S*\)$/"\1": \2/p' "$scratch/log" | paste -sd, | sed 's/,"/, "/g')" > "$out/$name.json"
    verdict=$([ $status -eq 0 ] && echo passed || { [ $status -eq 3 ] && echo "left out" || echo "FAILED (status $status)"; })
    without=$(sed -n 's/^without \([^ ]*\).*/\1/p' "$scratch/log" | paste -sd' ')
    printf '%s%s, %d s, run %s\n' "$verdict" "${without:+ without $without}" $((SECONDS - started)) "$run" | tee -a "$out/$name.txt"
    [ -z "$without" ] || partial+=("$name ($without)")
    case $status in 0) ;; 3) left_out+=("$name") ;; *) failed+=("$name"); tail -n 15 "$out/$name.txt" ;; esac
done

{
    printf '# CUDA on %s\n\n' "${gpu:-an emulated GPU (DRY: the speeds mean nothing)}"
    printf 'Written by the run %s. Every step below names the run it is of; the table is filled in from all of them, so only one that is of a single run compares like with like.\n\n' "$run"
    missing=$(for name in "${all[@]}"; do [ -f "$out/$name.txt" ] || printf ' %s' "$name"; done)
    [ -z "$missing" ] || printf 'Not run:%s.\n\n' "$missing"
    "$tool" summary "$out"
    for name in "${all[@]}"; do
        [ ! -f "$out/$name.txt" ] || printf '\n## %s: %s\n```\n%s\n```\n' "$name" "$(tail -1 "$out/$name.txt")" "$(sed '$d' "$out/$name.txt" | grep -v '^figure ')"
    done
} > "$out/report.md"
echo "report: $out/report.md; left out for want of a tool: ${left_out[*]:-nothing}; without some modes: ${partial[*]:-none}; ${#failed[@]} step(s) failed${failed[*]:+: ${failed[*]}}"
[ ${#failed[@]} -eq 0 ]
