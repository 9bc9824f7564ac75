#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench/instructions.sh BENCH OUT PEER.so... -- instructions a message under callgrind, appended to
# OUT. Two runs of different length, so that what comes before the first message does not count. Slow.
set -u

bench=$1
out=$2
shift 2
command -v valgrind >/dev/null || { echo "bench: no valgrind, no instructions (make bench-deps)"; exit 0; }
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

# How many instructions so many messages take: COUNT BENCH CASE [PEER.so]
collected() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" -n "$@" 2>"$log" || return 1
    sed -n 's/.*Collected : //p' "$log"
}

printf '%-6s %-9s %-14s %13s %8s\n' bench case subject instructions an-octet
for kind in index full; do
    for case in invite message response register long; do
        for peer in '' "$@"; do
            name=sipush
            [ -z "$peer" ] || name=${peer##*/peer_}
            name=${name%.so}
            few=$(collected 100 $kind $case $peer) && many=$(collected 300 $kind $case $peer) || continue
            each=$(((many - few) / 200))
            printf '%s\t%s\t%s\t%d\tinstructions\n' $kind $case "$name" $each >>"$out"
            awk -v k=$kind -v c=$case -v n="$name" -v i=$each -v o="$(wc -c <tests/bench/parser/$case.sip)" \
                'BEGIN { printf "%-6s %-9s %-14s %13d %8.1f\n", k, c, n, i, i / o }'
        done
    done
done
