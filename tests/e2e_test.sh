#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/e2e_test.sh -- the command itself, in several processes on loopback, as part of `make test`: the demo, and hostile input.
#
# The last line is `N passed, N failed`, as tests/run.sh wants it.
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
export BUILD
passed=0 failed=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

[ -x "$BUILD/sipush" ] || { echo "$BUILD/sipush is not built"; echo "0 passed, 1 failed"; exit 1; }

if timeout 120 tests/demo.sh "$BUILD/sipush" >"$log" 2>&1; then
    passed=$((passed + 1))
else
    tail -n 20 "$log"
    failed=$((failed + 1))
fi
timeout 240 tests/hostile.sh "$BUILD/sipush" >"$log" 2>&1
status=$?
passed=$((passed + $(grep -c '^PASS' "$log")))
rows=$(grep -c '^FAIL' "$log")
failed=$((failed + rows))
if [ $status -ne 0 ]; then
    grep -v '^PASS' "$log"
    [ "$rows" -gt 0 ] || failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
