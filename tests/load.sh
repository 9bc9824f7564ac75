#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/load.sh SIPUSH LOAD -- pushes for a long time between real processes, with memory and descriptors watched: `make load`.
#
# Three senders that live long (tests/load/load.c) push PUSHES contents' worth of orders to one `sipush recv` within SECONDS: texts and files, pager and
# session, UDP and TCP, some given up in the middle, some refused. `sipush send --serve` gives files that are asked for again and again. Churn: senders that
# come and go, some killed (kill -9) in the middle, and connections that say nothing. Every process is sampled from /proc. Fails when a content did not end
# as it had to, when resident memory or descriptors of one that lives long are not flat from the second third on, or when descriptors are left in the end.
# PUSHES=10000 LAST=600 T1=500 (ms; brief runs have a small one, so that transactions are forgotten within the run)
set -euo pipefail
cd "$(dirname "$0")/.."
SIPUSH=${1:-${BUILD:-build}/sipush}
LOAD=${2:-${BUILD:-build}/load}
WORK=${BUILD:-build}/loaded
PUSHES=${PUSHES:-10000}
LAST=${LAST:-600}
T1=${T1:-500}
MORE_KIB=${MORE_KIB:-512} # that resident memory may differ between the second third and the last one
rm -rf "$WORK"
mkdir -p "$WORK/in" "$WORK/files" "$WORK/pulled"
. tests/lib.sh

pids=()
finish() {
    cleanup
    local pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
}
trap finish EXIT

resident() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status" 2>/dev/null || true; }
descriptors() { find "/proc/$1/fd" -type l 2>/dev/null | wc -l || true; }

# sample SECOND: a line `name second KiB descriptors` for each that lives long
sample() {
    local name kib
    for name in "${!watched[@]}"; do
        kib=$(resident "${watched[$name]}")
        [ -z "$kib" ] || echo "$name $1 $kib $(descriptors "${watched[$name]}")" >>"$WORK/samples"
    done
}

# churn SECOND: senders that come and go, a pull, connections that say nothing. Each ends by itself.
churn() {
    "$SIPUSH" send -q --timeout 20 "sip:churn@127.0.0.1:$UDP" -m "the time is $1" >/dev/null 2>>"$WORK/churn.err" &
    (
        "$SIPUSH" send -q --mode session --timeout 20 "sip:churn@127.0.0.1:$TCP;transport=tcp" "$WORK/files/$((1 + $1 % 3)).bin" & pid=$!
        if [ $(($1 % 3)) = 0 ]; then sleep 0.0$((RANDOM % 10)); kill -9 $pid; fi
        wait $pid
    ) >/dev/null 2>&1 &
    "$SIPUSH" recv -q --listen udp:127.0.0.1:0 --dir "$WORK/pulled" --timeout 20 --pull "$((1 + $1 % 3)).bin" --from "sip:demo@127.0.0.1:$serve_port" \
        >/dev/null 2>>"$WORK/churn.err" &
    (exec 3<>"/dev/tcp/127.0.0.1/$TCP"; sleep 0.5) 2>/dev/null &
    (exec 3<>"/dev/tcp/127.0.0.1/$MSRP"; printf 'MSRP ' >&3; sleep 0.5) 2>/dev/null &
}

# What came is compared by its hash already, and taken away, so that names and disk do not run out.
sweep() { find "$WORK/in" "$WORK/pulled" -type f ! -name '*.part*' -delete 2>/dev/null || true; }

for i in 1 2 3; do head -c $((i * 100000)) /dev/urandom >"$WORK/files/$i.bin"; done
receiver load -q --json --dir "$WORK/in" --max-size 1M --limit t1_ms="$T1"
"$SIPUSH" send -q --serve "$WORK/files" --listen udp:127.0.0.1:0 --limit t1_ms="$T1" >"$WORK/serve.out" 2>"$WORK/serve.err" & serve_pid=$!
pids+=($serve_pid)
for i in $(seq 100); do serve_port=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' "$WORK/serve.err"); [ -z "$serve_port" ] || break; sleep 0.05; done
[ -n "$serve_port" ] || die "send --serve did not come up"
declare -A watched=([recv]=$RECV_PID [serve]=$serve_pid)
began_recv=$(descriptors "$RECV_PID") began_serve=$(descriptors "$serve_pid")
loads=()
for i in 1 2 3; do
    "$LOAD" "sip:load@127.0.0.1:$UDP" $((PUSHES / 3 + (i <= PUSHES % 3))) "$LAST" $((i * 4711)) "$T1" "sip:load@127.0.0.1:$TCP;transport=tcp" >"$WORK/load$i.out" 2>"$WORK/load$i.err" & loads+=($!)
    watched[sender$i]=$!
done
pids+=("${loads[@]}")

started=$SECONDS
step=$((LAST > 60 ? 5 : 1))
for ((second = 0; second < LAST; second = SECONDS - started)); do
    churn $second
    sleep $step
    sample $((SECONDS - started))
    sweep
done
code=0
for i in 1 2 3; do wait "${loads[i - 1]}" || { code=1; cat "$WORK/load$i.err"; }; done
cat "$WORK"/load?.out
[ $code = 0 ] || die "a content did not end as it had to"

# Nobody speaks any more: what is left open now is lost.
for i in $(seq $((20 + T1 / 4))); do
    [ "$(descriptors "$RECV_PID")" -le "$began_recv" ] && [ "$(descriptors "$serve_pid")" -le "$began_serve" ] && break
    sleep 0.5
done
left_recv=$(($(descriptors "$RECV_PID") - began_recv)) left_serve=$(($(descriptors "$serve_pid") - began_serve))

awk -v more="$MORE_KIB" -v last="$LAST" '
    function median(v, n,  i, j, t) {
        for (i = 1; i < n; i++) for (j = i + 1; j <= n; j++) if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
        return v[int((n + 1) / 2)]
    }
    { names[$1]; part = int($2 * 3 / (last + 1)); n[$1, part]++; kib[$1, part, n[$1, part]] = $3; fd[$1, part, n[$1, part]] = $4 }
    END {
        for (name in names) {
            for (p = 0; p < 3; p++) {
                count = n[name, p]; if (count == 0) { bad = 1; print name ": too few samples"; break }
                for (i = 1; i <= count; i++) { a[i] = kib[name, p, i]; b[i] = fd[name, p, i] }
                k[p] = median(a, count); d[p] = median(b, count)
            }
            printf "%-8s resident memory %6d %6d %6d KiB   descriptors %3d %3d %3d   (medians of each third)\n", name, k[0], k[1], k[2], d[0], d[1], d[2]
            if (k[2] > k[1] + more) { bad = 1; print name ": memory is not flat" }
            if (d[2] > d[1] + 8) { bad = 1; print name ": descriptors are not flat" }
        }
        exit bad
    }' "$WORK/samples" || die "not flat"
echo "descriptors left when all was over: recv $left_recv, serve $left_serve"
[ "$left_recv" -le 0 ] && [ "$left_serve" -le 0 ] || die "descriptors are left"
receiver_stop
contents=$(awk '{ n += $4 } END { print n }' "$WORK"/load?.out)
told=$(grep -c '"ev":"delivered".*"from":"sip:load@127.0.0.1"' "$RECV_OUT" || true)
[ "$told" = "$contents" ] || die "the senders were told of $contents contents delivered, the receiver handed over $told"
echo "$PUSHES pushes in $LAST s: $contents contents delivered, each told once on either side; resident memory and descriptors flat"
rm -rf "$WORK/in" "$WORK/files" "$WORK/pulled"
