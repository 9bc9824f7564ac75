#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench/deps.sh -- installs the peers of the benches, and valgrind, which counts instructions; goes
# on without what cannot be had.
set -u

as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
command -v apt-get >/dev/null || { echo "bench-deps: no apt-get; install them by hand" >&2; exit 0; }
$as_root apt-get update -qq || echo "bench-deps: apt-get update failed; trying all the same" >&2
for package in pkg-config libosip2-dev libsofia-sip-ua-dev libre-dev libh2o-evloop-dev sip-tester valgrind; do
    dpkg -s "$package" >/dev/null 2>&1 && continue
    echo "bench-deps: $package"
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" \
        >/dev/null || echo "bench-deps: $package cannot be installed" >&2
done
