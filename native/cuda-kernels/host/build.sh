#!/usr/bin/env bash
# Builds the emulated GPU: every kernel as C++, behind the stand-in for the driver's library. REACHER_FAST_CUDA_DRIVER=LIBRARY makes the
# product load it instead of NVIDIA's. For tests: correct, and thousands of times slower than a GPU. Linux x64, any C++17 compiler.
#   build.sh LIBRARY
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:?usage: build.sh LIBRARY}
for compiler in "${CXX:-}" g++ clang++ clang++-19; do
    if [ -n "$compiler" ] && command -v "$compiler" >/dev/null; then
        # One .cu at a time would be quicker on many cores; one command is simpler, and this happens once a change.
        "$compiler" -std=c++17 -O2 -march=native -ffp-contract=off -fPIC -shared -DREACHER_FAST_HOST -o "$out.$$" -x c++ ./*.cu host/*.cpp
        mv "$out.$$" "$out"
        exit 0
    fi
done
echo "build.sh: no C++ compiler (g++ or clang++) is here to build the emulated GPU"
exit 3
