#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/bench/msrp.sh DIR -- MSRP beside bare sockets: `make bench-msrp`.
#
# One message of OCTETS from file to file between two processes over loopback, with chunks as large as
# the endpoint likes and of 2,048 octets, directly, through one relay and through two; beside a bare
# sender and receiver of the same file with writes of 64 KB and of 2 KB. Messages of 100 octets, each
# with its 200, one and 64 under way, beside a bare ping-pong of as many octets; 1,000 sessions over 16
# connections. ROUNDS of all, interleaved; medians. MSRP alone: the hash of a pushed file is not
# computed here.  OCTETS=1073741824 ROUNDS=3 MESSAGES=100000
set -euo pipefail
dir=$1
octets=${OCTETS:-1073741824}
rounds=${ROUNDS:-3}
messages=${MESSAGES:-100000}
work=$dir/msrp
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
from=$work/from to=$work/to
head -c "$octets" /dev/urandom >"$from"
raw=$work/raw
: >"$raw"

# ports FILE: waits for the line `ports ...` of a process
ports() {
    local i
    for i in $(seq 200); do
        if grep -q '^ports ' "$1" 2>/dev/null; then sed -n 's/^ports //p' "$1"; return; fi
        sleep 0.02
    done
    echo "msrp.sh: no port in $1" >&2
    return 1
}

# row BENCH CASE SUBJECT: from the stats of send (or ping) and recv; s-cpu of both together, KiB-peak of the larger. Of a transfer of
# ours each side has rows of its own, too.
row() {
    awk -v b="$1" -v c="$2" -v s="$3" -v octets="$octets" '
        $1 == "stat" && FNR == NR { wall = $2; cpu = $3; peak = $4; n = $5; next }
        $1 == "stat" { other = $3; other_peak = $4 }
        END {
            if (b == "messages") {
                printf "%s\t%s\t%s\t%.0f\tmsgs/s\n", b, c, s, n / wall
                printf "%s\t%s\t%s\t%.2f\tus-cpu\n", b, c, s, (cpu + other) / n * 1e6
            } else {
                printf "%s\t%s\t%s\t%.0f\tMiB/s\n", b, c, s, octets / 1048576 / wall
                printf "%s\t%s\t%s\t%.3f\ts-cpu\n", b, c, s, (cpu + other) * 1073741824 / octets
                if (s == "sipush") {
                    printf "%s\t%s\tsender\t%.3f\ts-cpu\n", b, c, cpu * 1073741824 / octets
                    printf "%s\t%s\tsender\t%d\tKiB-peak\n", b, c, peak
                    printf "%s\t%s\treceiver\t%.3f\ts-cpu\n", b, c, other * 1073741824 / octets
                    printf "%s\t%s\treceiver\t%d\tKiB-peak\n", b, c, other_peak
                }
            }
            printf "%s\t%s\t%s\t%d\tKiB-peak\n", b, c, s, (peak > other_peak ? peak : other_peak)
        }' "$work/send.out" "$work/recv.out" >>"$raw"
}

# transfer CASE CHUNK RELAYS
transfer() {
    local relay_ports=() relay_pids=() i recv
    rm -f "$work"/*.out
    for i in $(seq "$3"); do
        "$dir/msrp_sipush" relay >"$work/relay$i.out" & relay_pids+=($!)
        relay_ports+=("$(ports "$work/relay$i.out")")
    done
    "$dir/msrp_sipush" recv 1 1 "$to" >"$work/recv.out" & recv=$!
    "$dir/msrp_sipush" send 1 1 1 "$2" "$from" "$(ports "$work/recv.out")" \
        ${relay_ports[@]+"${relay_ports[*]}"} >"$work/send.out"
    for i in ${relay_pids[@]+"${relay_pids[@]}"}; do kill "$i"; wait "$i"; done
    wait "$recv"
    cmp "$from" "$to"
    row transfer "$1" sipush
    for i in $(seq "$3"); do
        awk -v c="$1" -v octets="$octets" '$1 == "stat" {
            printf "transfer\t%s\trelay\t%.3f\ts-cpu\n", c, $3 * 1073741824 / octets
            printf "transfer\t%s\trelay\t%d\tKiB-peak\n", c, $4 }' "$work/relay$i.out" >>"$raw"
    done
}

bare() {
    local recv
    rm -f "$work"/*.out
    "$dir/msrp_limit" recv "$2" "$to" >"$work/recv.out" & recv=$!
    "$dir/msrp_limit" send "$2" "$from" "$(ports "$work/recv.out")" >"$work/send.out"
    wait "$recv"
    row transfer "$1" limit
}

# small CASE SESSIONS LISTENERS WINDOW
small() {
    local recv
    rm -f "$work"/*.out
    "$dir/msrp_sipush" recv "$2" "$3" - >"$work/recv.out" & recv=$!
    "$dir/msrp_sipush" send "$2" "$messages" "$4" 0 - "$(ports "$work/recv.out")" >"$work/send.out"
    wait "$recv"
    row messages "$1" sipush
}

ping() {
    local echo
    rm -f "$work"/*.out
    "$dir/msrp_limit" echo >"$work/recv.out" & echo=$!
    "$dir/msrp_limit" ping "$messages" "$2" "$(ports "$work/recv.out")" >"$work/send.out"
    wait "$echo"
    row messages "$1" limit
}

for round in $(seq "$rounds"); do
    bare 1GiB 65536
    transfer 1GiB 0 0
    bare 1GiB-2K 2048
    transfer 1GiB-2K 2048 0
    transfer 1GiB-relay 0 1
    transfer 1GiB-two-relays 0 2
    ping 100-octets 1
    small 100-octets 1 1 1
    ping 100-octets-64 64
    small 100-octets-64 1 1 64
    small 100-octets-1000-sessions 1000 16 1
done

awk -F '\t' -v OFS='\t' '
    { key = $1 OFS $2 OFS $3; k = key SUBSEP $5; if (!(k in n)) order[++keys] = k; v[k, ++n[k]] = $4 + 0 }
    END {
        for (i = 1; i <= keys; i++) {
            k = order[i]; m = n[k]
            for (a = 1; a < m; a++) for (b = a + 1; b <= m; b++)
                if (v[k, b] < v[k, a]) { t = v[k, a]; v[k, a] = v[k, b]; v[k, b] = t }
            split(k, part, SUBSEP)
            print part[1], v[k, int((m + 1) / 2)], part[2]
        }
    }' "$raw" >"$dir/msrp.tsv"
awk -F '\t' '{ printf "%-10s %-26s %-8s %12s %s\n", $1, $2, $3, $4, $5 }' "$dir/msrp.tsv"
# beside the limit of the same run, and the goals
awk -F '\t' '
    BEGIN { goal["1GiB"] = 0.8; goal["1GiB-2K"] = 0.5; goal["100-octets"] = 0.7 }
    $5 == "MiB/s" || $5 == "msgs/s" { v[$2, $3] = $4; if ($3 == "limit") cases[++n] = $2 }
    END { for (i = 1; i <= n; i++) { c = cases[i]
              printf "%-16s %.2f of the limit%s\n", c, v[c, "sipush"] / v[c, "limit"],
                  c in goal ? sprintf(" (goal %.1f)", goal[c]) : "" } }' "$dir/msrp.tsv"
