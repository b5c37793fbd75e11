#!/usr/bin/env bash
# Writes Fields/MODEL.txt for each of the models: every compiled field that bears on the motion. Needs gcc and libmujoco-dev.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$(mktemp)
trap 'rm -f "$program"' EXIT
gcc -O1 "$here/fields.c" -o "$program" -lmujoco -lm
for model in "$here"/../../../../src/Reacher.Fast.Environments/Mujoco/Models/*.xml; do
    "$program" "$model" > "$here/../Fields/$(basename "$model" .xml).txt"
done
