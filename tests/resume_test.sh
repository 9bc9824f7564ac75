#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/resume_test.sh -- some rounds of tests/resume.sh as part of `make test`. The last line is `N passed, N failed`.
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
export BUILD ROUNDS=${ROUNDS:-20}
[ -x "$BUILD/sipush" ] || { echo "$BUILD/sipush is not built"; echo "0 passed, 1 failed"; exit 1; }
if timeout 240 tests/resume.sh "$BUILD/sipush"; then
    echo "$ROUNDS passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
