#!/usr/bin/env bash
# ./build.sh [--target=NAME] [...]: the build, from any folder. `./build.sh --description` lists the targets.
set -eu
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet tool restore
exec dotnet cake "$@"
