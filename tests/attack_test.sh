#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/attack_test.sh -- tests/relay_attack.sh with fewer connections: part of `make test`; `make hostile` has all of it.
set -uo pipefail
cd "$(dirname "$0")/.."
out=$(CONNECTIONS=500 DRIP=1 timeout 120 tests/relay_attack.sh "${BUILD:-build}/sipush" 2>&1)
code=$?
failed=$(grep -c '^FAIL' <<<"$out")
[ "$code" = 0 ] || [ "$failed" != 0 ] || failed=1
[ "$failed" = 0 ] || printf '%s\n' "$out"
echo "$(grep -c '^PASS' <<<"$out") passed, $failed failed"
[ "$failed" = 0 ]
