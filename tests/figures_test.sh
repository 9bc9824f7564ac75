#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/figures_test.sh -- the figures in the guide are those of the tables, as part of `make test`; `make figures` draws them anew.
#
# The last line is `N passed, N failed`, as tests/run.sh wants it.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
guide=docs/guide/transactions.md
drawn=$(mktemp) || exit 1
trap 'rm -f "$drawn"' EXIT

passed=0
failed=0
if "$BUILD/debug/figures" $guide >"$drawn" && cmp -s "$drawn" $guide; then
    passed=1
else
    echo "$guide: its figures are not those of transaction/sip_machine.c: make figures"
    diff $guide "$drawn" | head -n 10
    failed=1
fi
[ "$(grep -c '^stateDiagram' $guide)" = 4 ] && passed=$((passed + 1)) || { echo "$guide: not four figures"; failed=$((failed + 1)); }
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
