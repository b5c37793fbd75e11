#!/usr/bin/env bash
# Trains the runs of docs/mujoco.md, one process and one thread each, and keeps their curves. What has ended is not trained again, and what
# was interrupted goes on.
#
#   benchmarks/mujoco/run-curves.sh SEEDS [CONFIG...]      run-curves.sh "1 2 3 4 5" half-cheetah-sac hopper-sac
#
# FLAGS: more flags of train, such as "--max-steps 110000" for the first 100,000 transitions after the random ones.
# JOBS: runs at a time (default: the processors). FOLDER: where they train (default: results/mujoco). PROGRAM: reacher-fast.
# KEEP: where curves are kept (default: benchmarks/results/mujoco). In the background: nohup nice -n 15 ... > curves.log 2>&1 &
set -u -o pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
seeds=${1:?"which seeds, such as \"1 2 3 4 5\"?"}
shift
[ $# -gt 0 ] && configs=("$@") || configs=(half-cheetah-sac half-cheetah-td3 hopper-sac inverted-double-pendulum-sac inverted-pendulum-sac)
jobs=${JOBS:-$(nproc)} folder=${FOLDER:-$root/results/mujoco} program=${PROGRAM:-reacher-fast} keep=${KEEP:-$root/benchmarks/results/mujoco}
mkdir -p "$folder" "$keep"

train() {
    local config=$1 seed=$2 id=$1-$2
    if [ ! -f "$folder/$id/ended" ]; then
        local resume=()
        [ -f "$folder/$id/configuration.yaml" ] && resume=(--resume)
        "$program" train "$root/configs/mujoco/$config.yaml" --run-id "$id" --seed "$seed" --results-dir "$folder" \
            --in-process --device cpu --threads 1 ${FLAGS:-} "${resume[@]}" >> "$folder/$id.log" 2>&1 || { echo "$id failed; see $folder/$id.log"; return 1; }
        touch "$folder/$id/ended"
    fi
    cp "$folder/$id/evaluations.jsonl" "$keep/$id.jsonl"
    echo "$id has ended"
}

for config in "${configs[@]}"; do
    for seed in $seeds; do
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
        train "$config" "$seed" &
    done
done
wait
