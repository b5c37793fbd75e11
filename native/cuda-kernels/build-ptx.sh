#!/usr/bin/env bash
# Compiles every kernel family to PTX.
#   build-ptx.sh            writes ptx/*.ptx, which is committed and embedded in Reacher.Fast.Core (clang-19)
#   build-ptx.sh --check    compiles into a temporary folder and compares; fails if the committed PTX is not current
#   build-ptx.sh --nvcc DIR compiles with nvcc for the GPU that is here into DIR; REACHER_FAST_PTX=DIR makes the product load that
# The committed files come from one compiler, so that they can be compared; no CUDA toolkit is needed for them.
set -euo pipefail
cd "$(dirname "$0")"
families=(dense_fp32 dense_tf32 dense_bf16 narrow value_head layer_norm policy loss optimizer data)
# Device code only, no CUDA headers or libraries. No contraction: the same bits as the host build. CLANG names another clang 19.
clang="${CLANG:-clang-19}"
flags=(-x cuda --cuda-device-only --cuda-gpu-arch=sm_80 -nocudainc -nocudalib -S -O3 -ffp-contract=off -std=c++17 -Wall -Werror)

# Comments carry the compiler's build and nothing else of use; the rest is the program.
compile() { "$clang" "${flags[@]}" -o - "$1.cu" | sed -e 's,[ \t]*//.*$,,' -e '/^[ \t]*$/d' > "$2/$1.ptx"; }

case "${1:-}" in
    --nvcc)
        mkdir -p "$2"
        for family in "${families[@]}"; do
            nvcc -ptx -O3 --fmad=false -std=c++17 -arch="${NVCC_ARCH:-native}" -o "$2/$family.ptx" "$family.cu"
        done ;;
    --check)
        command -v "$clang" >/dev/null || { echo "build-ptx.sh: $clang is not here, so the committed PTX was not compared; install clang-19"; exit 3; }
        fresh=$(mktemp -d)
        trap 'rm -rf "$fresh"' EXIT
        for family in "${families[@]}"; do compile "$family" "$fresh"; done
        diff -rq ptx "$fresh" >&2 || { echo "build-ptx.sh: the committed PTX is not what the sources give; run native/cuda-kernels/build-ptx.sh" >&2; exit 1; }
        echo "the committed PTX is current" ;;
    "")
        mkdir -p ptx
        for family in "${families[@]}"; do compile "$family" ptx; done ;;
    *) sed -n '2,6p' "$0"; exit 2 ;;
esac
