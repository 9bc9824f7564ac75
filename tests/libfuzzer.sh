#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/libfuzzer.sh -- ends well when clang can link libFuzzer; where it cannot and apt can, installs it.
set -u

present() {
    printf 'int LLVMFuzzerTestOneInput(const unsigned char *a, unsigned long b)\n{ return a && b ? 0 : 0; }\n' |
        clang -x c -fsanitize=fuzzer,address,undefined -o /dev/null - 2>/dev/null
}

present && exit 0
echo "libFuzzer is missing: installing Debian's packages clang and libclang-rt-14-dev" >&2
as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "libFuzzer: no root and no sudo" >&2; exit 1; }
    as_root=sudo
fi
command -v apt-get >/dev/null || { echo "libFuzzer: no apt-get; install it by hand" >&2; exit 1; }
$as_root apt-get update -qq >&2 || echo "libFuzzer: apt-get update failed; trying all the same" >&2
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq clang libclang-rt-14-dev >&2
present || { echo "libFuzzer: clang still cannot link it" >&2; exit 1; }
