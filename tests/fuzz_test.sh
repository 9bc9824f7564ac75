#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/fuzz_test.sh -- the whole corpus through the fuzz targets, without libFuzzer. FUZZ names them.
cd "$(dirname "$0")/.." || exit 1
if [ -z "${FUZZ+set}" ]; then
    FUZZ=$(grep -l '^int LLVMFuzzerTestOneInput' tests/fuzz/*.c | sed 's|.*/||; s|\.c$||')
fi
exec tests/fuzz.sh replay $FUZZ
