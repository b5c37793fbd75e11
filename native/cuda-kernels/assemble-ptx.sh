#!/usr/bin/env bash
# Assembles the committed PTX for the GPU generations it is to run on, which only NVIDIA's ptxas can say it will, and prints each
# family's registers. Fails if anything is refused, or if a kernel spills registers into memory. No GPU needed.
#   assemble-ptx.sh [ARCH...]   default: sm_80 (A100) sm_86 (RTX 30) sm_89 (RTX 40) sm_90 (H100)
# PTXAS names the program; without it, or one on the path, the script says so and ends with 3. Debian has one in nvidia-cuda-toolkit
# (non-free), which need not be installed: apt-get download nvidia-cuda-toolkit && dpkg -x nvidia-cuda-toolkit*.deb FOLDER.
set -euo pipefail
cd "$(dirname "$0")"
ptxas="${PTXAS:-ptxas}"
command -v "$ptxas" >/dev/null || { echo "assemble-ptx.sh: $ptxas is not here, so the PTX was not assembled"; exit 3; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$ptxas" --version | tail -1
bad=0
for arch in "${@:-sm_80}" $([ $# -gt 0 ] || echo sm_86 sm_89 sm_90); do
    for ptx in ptx/*.ptx; do
        "$ptxas" -arch="$arch" -v -o "$scratch/cubin" "$ptx" 2> "$scratch/log" || { cat "$scratch/log"; exit 1; }
        # Four lines a kernel: its name, "Function properties", the bytes spilled, the registers used.
        awk -v arch="$arch" -v file="$(basename "$ptx" .ptx)" '
            /Compiling entry function/ { name = $7; kernels++ }
            /bytes spill/ && ($5 > 0 || $9 > 0) { printf "%s %s spills: %s\n", arch, name, $0; spilled = 1 }
            /Used [0-9]+ registers/ { for (i = 1; i < NF; i++) if ($i == "Used" && $(i + 1) > most) { most = $(i + 1); whose = name } }
            END { printf "%s %-12s %2d kernels, at most %3d registers (%s)\n", arch, file, kernels, most, whose; exit spilled }' "$scratch/log" || bad=1
    done
done
exit $bad
