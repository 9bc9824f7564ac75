#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/run.sh PROGRAM... -- run test programs and add up what they say.
#
# The last line of a program is `N passed, N failed`. One that ends otherwise, or fails without
# naming a failure, counts as one failure. The last line here has the same form.
set -u

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
passed=0
failed=0

for program in "$@"; do
    echo "== $program"
    "$program" >"$log" 2>&1
    status=$?
    cat "$log"
    line=$(tail -n 1 "$log" | grep -E '^[0-9]+ passed, [0-9]+ failed$')
    if [ -z "$line" ]; then
        echo "$program: ended with status $status and without a count"
        failed=$((failed + 1))
        continue
    fi
    p=${line%% *}
    f=${line#*, }
    f=${f%% *}
    if [ $status -ne 0 ] && [ "$f" -eq 0 ]; then
        echo "$program: ended with status $status"
        f=1
    fi
    passed=$((passed + p))
    failed=$((failed + f))
done

echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
