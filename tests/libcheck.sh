#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/libcheck.sh -- libcheck for the unit tests: `install` it where it is missing and apt can,
# or tell the `libs` to link.
set -eu

present() {
    printf '#include <check.h>\nint main(void) { return 0; }\n' |
        ${CC:-cc} -x c -fsyntax-only - 2>/dev/null
}

install() {
    present && return
    echo "libcheck is missing: installing Debian's package 'check'"
    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || { echo "libcheck: no root and no sudo" >&2; exit 1; }
        as_root=sudo
    fi
    command -v apt-get >/dev/null ||
        { echo "libcheck: no apt-get; install it by hand" >&2; exit 1; }
    $as_root apt-get update -qq || echo "libcheck: apt-get update failed; trying all the same" >&2
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq check >/dev/null
    present || { echo "libcheck: still no <check.h>" >&2; exit 1; }
}

libs() {
    # pkg-config may be absent; then the names are those of Debian's package.
    pkg-config --static --libs check 2>/dev/null || echo "-lcheck_pic -lsubunit -lrt -lm -pthread"
}

case "${1:-}" in
install) install ;;
libs) libs ;;
*) echo "usage: libcheck.sh install | libs" >&2; exit 2 ;;
esac
