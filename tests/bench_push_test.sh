#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/bench_push_test.sh -- the bench of pushes does what it says, in small: every push arrives, and each figure is there. Part of `make test`.
# The last line is `N passed, N failed`.
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
WORK=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK"' EXIT
passed=0 failed=0
for program in push_sipush push_limit; do ln -s "$(realpath "$BUILD/bench/$program")" "$WORK/$program"; done
if BRIEF=1 timeout 120 tests/bench/push.sh "$WORK" "$BUILD/sipush" >"$WORK/log" 2>&1; then
    passed=1
else
    failed=1
    tail -n 5 "$WORK/log"
fi
for figure in 'push pager-3000 sipush pushes/s' 'push pager-3000 limit pushes/s' 'push pager-3000 sipush KiB-peak' 'push session-50 sipush s' \
    'push session-50 limit s' 'push session-50 sipush KiB-peak' 'resume resume-16MiB sipush s-whole' 'resume resume-16MiB sipush octets-again'; do
    set -- $figure
    if awk -F '\t' -v b="$1" -v c="$2" -v s="$3" -v u="$4" '$1 == b && $2 == c && $3 == s && $5 == u && $4 ~ /^[0-9.]+$/ { found = 1 } END { exit !found }' \
        "$WORK/push.tsv" 2>/dev/null; then
        passed=$((passed + 1))
    else
        echo "FAIL no figure: $figure"
        failed=$((failed + 1))
    fi
done
# A MESSAGE waits for the one before it to the same URI: looking for that one costs the same among 16 under way and among 1,000.
cpu() { "$WORK/push_sipush" pager 1000 5000 "$1" | awk '$1 == "stat" { print int($3 * 1000) }'; }
few=$(cpu 16) many=$(cpu 1000)
if [ "${many:-99999}" -lt $((10 * ${few:-0} + 100)) ]; then
    passed=$((passed + 1))
else
    echo "FAIL 5,000 pushes take $few ms of the processor with 16 under way, and $many ms with 1,000"
    failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
