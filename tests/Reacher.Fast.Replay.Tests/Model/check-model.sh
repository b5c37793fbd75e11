#!/usr/bin/env bash
# Checks the models of the slot protocol and of forwarding exhaustively with spin, and that broken variants of them fail. Needs spin and gcc.
#     tests/Reacher.Fast.Replay.Tests/Model/check-model.sh
set -eu
models=$(cd "$(dirname "$0")" && pwd)
model=$models/slot_protocol.pml
for tool in spin gcc; do
    command -v "$tool" > /dev/null || { echo "check-model: $tool is not installed (Debian: apt-get install $tool)"; exit 2; }
done
work=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"

# check NAME "SPIN DEFINES" "GCC DEFINES" "PAN OPTIONS": leaves pan's report in NAME.log
check() {
    # shellcheck disable=SC2086
    spin -a $2 "$model" > "$1.spin" 2>&1 || { cat "$1.spin"; exit 2; }
    # shellcheck disable=SC2086
    gcc -O3 -w -DCOLLAPSE -DVECTORSZ=2048 $3 -o pan pan.c
    # shellcheck disable=SC2086
    ./pan -m200000 -w24 -n $4 > "$1.log" 2>&1 || true
}

must_hold() {
    check "$1" "$2" "$3" "$4"
    if grep -q "errors: 0" "$1.log" && ! grep -qE "max search depth too small|out of memory" "$1.log"; then
        printf 'holds      %-34s %s states\n' "$1" "$(grep -oE '[0-9.e+]+ states, stored' "$1.log" | cut -d' ' -f1)"
    else
        cat "$1.log"; echo "check-model: FAILED: $1"; exit 1
    fi
}

must_fail() {
    check "$1" "$2 -D$1" "$3" "$4"
    if grep -qE "errors: [1-9]" "$1.log"; then
        printf 'is caught  %-34s %s\n' "$1" "$(grep -m1 -oE 'assertion violated.*|non-progress cycle' "$1.log" | head -c 60)"
    else
        cat "$1.log"; echo "check-model: FAILED: the broken variant $1 passes"; exit 1
    fi
}

# aside must_hold NAME ...: in the background and a folder of its own. The largest two take as long as all others together.
asides=()
aside() {
    mkdir "aside-$2"
    (cd "aside-$2" && "$@") &
    asides+=($!)
}

aside must_hold "two-readers-and-a-death" "-DREADERS=2 -DLAST=4 -DNO_SUCCESSOR" "-DSAFETY" ""
must_hold "one-reader-death-and-succession" "-DREADERS=1 -DLAST=4" "-DSAFETY" ""
must_hold "twice-round" "-DREADERS=0 -DLAST=6" "-DSAFETY" ""
must_hold "claims-of-two" "-DREADERS=0 -DROWS=2 -DLAST=6 -DNO_SUCCESSOR" "-DSAFETY" ""
must_hold "rows-side-by-side" "-DREADERS=1 -DROWS=2 -DLAST=4 -DNO_SUCCESSOR -DSIDE_BY_SIDE" "-DSAFETY" ""
must_hold "nobody-waits-for-ever" "-DREADERS=0 -DLAST=4 -DNO_SUCCESSOR" "-DNP -DNFAIR=4" "-l -f"
must_fail "DEAD_KEEP_LEASES" "-DREADERS=0 -DLAST=4 -DNO_SUCCESSOR" "-DNP -DNFAIR=4" "-l -f"
for bug in STAMP_FIRST NO_RECHECK NO_CLAIM_CHECK NO_ANNOUNCEMENT NO_W2 NO_R3 PRESUMED_DEAD; do
    must_fail "$bug" "-DREADERS=1 -DLAST=6" "-DSAFETY" ""
done

model=$models/forward_protocol.pml
wait "${asides[0]}"
aside must_hold "another-life-and-a-kill" "-DLIVES=2 -DKILLS=1 -DLAST=2 -DNET=1" "-DSAFETY" ""
must_hold "one-life-and-two-kills" "-DLIVES=1 -DKILLS=2 -DLAST=3 -DNET=1" "-DSAFETY" ""
must_hold "frames-that-overtake-and-a-kill" "-DLIVES=1 -DKILLS=1 -DLAST=3" "-DSAFETY" ""
for bug in NO_MARK ACK_FIRST MARK_FIRST NO_INTENT UNSETTLED NO_AFTER NO_GATE; do
    must_fail "$bug" "-DLIVES=1 -DKILLS=1 -DLAST=3" "-DSAFETY" ""
done
must_fail "NO_LIFE" "-DLIVES=2 -DKILLS=0 -DLAST=2" "-DSAFETY" ""
wait "${asides[1]}"
echo "check-model: passed"
