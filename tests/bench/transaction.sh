#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench/transaction.sh DIR -- make bench-transaction: our programs are in DIR (build/bench), the servers of
# others are built there; one whose library is not installed is left out. Takes about 70 seconds. All ports
# are free ones of the loopback, every server is ended by its process id.
set -u

dir=$1
out=$dir/transaction.tsv
set --
for peer in libre:libre sofia-sip:sofia-sip-ua; do
    name=${peer%:*} pc=${peer#*:}
    if ! pkg-config --exists "$pc" 2>/dev/null; then
        echo "bench: $name is not installed and is left out (make bench-deps)"
        continue
    fi
    ${CC:-cc} -std=gnu11 -O2 -Wall -o "$dir/server_$name" "tests/bench/server_$name.c" \
        $(pkg-config --cflags --libs "$pc") || exit 1
    set -- "$@" "$name=$dir/server_$name"
done
if command -v sipp >/dev/null; then
    set -- "$@" "sipp=sipp -sf tests/bench/server_sipp.xml -i 127.0.0.1 -nostdin -p"
else
    echo "bench: sipp is not installed and is left out (make bench-deps)"
fi
"$dir/bench_transaction" "$out" "$dir/client_sipush" "sipush=$dir/server_sipush" "limit=$dir/server_limit" "$@" &&
    "$dir/bench_open" "$out" &&
    "$dir/bench_loop" "$out"
