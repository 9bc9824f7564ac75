#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/load_test.sh -- some seconds of tests/load.sh as part of `make test`. The last line is `N passed, N failed`.
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
export BUILD PUSHES=${PUSHES:-250} LAST=${LAST:-9} T1=${T1:-50} MORE_KIB=${MORE_KIB:-1024}
for program in sipush load; do
    [ -x "$BUILD/$program" ] || { echo "$BUILD/$program is not built"; echo "0 passed, 1 failed"; exit 1; }
done
if timeout 240 tests/load.sh "$BUILD/sipush" "$BUILD/load"; then
    echo "1 passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
