#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench/peer.sh NAME PC OUT -- the adapter of a peer as a shared object; says so when the library, PC
# for pkg-config, is not there, and goes on without it.
set -u

if ! pkg-config --exists "$2" 2>/dev/null; then
    echo "bench: $1 is not installed and is left out (make bench-deps)"
    exit 0
fi
mkdir -p "${3%/*}"
${CC:-cc} -std=gnu11 -O2 -Wall -fPIC -shared -o "$3" "tests/bench/peer_$1.c" $(pkg-config --cflags --libs "$2")
