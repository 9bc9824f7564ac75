#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/bench/push.sh DIR SIPUSH -- pushes beside bare sockets: `make bench-push`.
#
# PUSHES texts of 100 octets by MESSAGE to RECEIVERS agents, WINDOW under way, all in one process over UDP of the loopback; SESSIONS pushes of
# 1 MiB by INVITE and MSRP, all at once, each to a receiver of its own; beside bare sockets that move as many octets, in as many datagrams or over
# as many connections. Then `sipush send` and `sipush recv` with a file of OCTETS, whole, and killed (kill -9 of the receiver) when half of it is
# there and gone on with --resume: how much longer that takes than what was missing, and how many octets are sent again.
# ROUNDS of all, interleaved; medians. Writes DIR/push.tsv.  BRIEF=1 does little of each.
set -euo pipefail
dir=$1
SIPUSH=$2
if [ -n "${BRIEF:-}" ]; then
    rounds=1 pushes=3000 receivers=100 sessions=50 octets=16777216
else
    rounds=${ROUNDS:-3} pushes=${PUSHES:-100000} receivers=${RECEIVERS:-1000} sessions=${SESSIONS:-1000} octets=${OCTETS:-268435456}
fi
window=${WINDOW:-256}
WORK=$dir/push
mkdir -p "$WORK"
. tests/lib.sh
trap 'cleanup; rm -rf "$WORK"' EXIT
raw=$WORK/raw
: >"$raw"

# row CASE SUBJECT: of $WORK/out, a line `stat`
row() {
    awk -v c="$1" -v s="$2" -v n="$pushes" -v k="$sessions" -v r="$receivers" '$1 == "stat" {
        if (c ~ /^pager/) {
            printf "push\t%s\t%s\t%.0f\tpushes/s\n", c, s, n / $2
            printf "push\t%s\t%s\t%.2f\tus-cpu\n", c, s, $3 / n * 1e6
        } else {
            printf "push\t%s\t%s\t%.3f\ts\n", c, s, $2
            printf "push\t%s\t%s\t%.0f\tMiB/s\n", c, s, k / $2
            printf "push\t%s\t%s\t%.3f\ts-cpu\n", c, s, $3
        }
        printf "push\t%s\t%s\t%d\tKiB-peak\n", c, s, $4 }' "$WORK/out" >>"$raw"
}

pager() {
    "$dir/push_sipush" pager "$receivers" "$pushes" "$window" >"$WORK/out"
    row "pager-$pushes" sipush
    "$dir/push_limit" pager "$receivers" "$pushes" "$window" $(awk '{ print $5, $6 }' "$WORK/out") >"$WORK/out.limit"
    mv "$WORK/out.limit" "$WORK/out"
    row "pager-$pushes" limit
}

session() {
    "$dir/push_sipush" session "$sessions" "$sessions" 1048576 >"$WORK/out"
    row "session-$sessions" sipush
    "$dir/push_limit" session "$sessions" 1048576 >"$WORK/out"
    row "session-$sessions" limit
}

now_ms() { date +%s%3N; }
sent() { sed -n 's/.*"ev":"result".*"bytes":\([0-9]*\).*/\1/p' "$1" | tail -n 1; }

resume() {
    local began whole there again resumed send_pid i
    rm -rf "$WORK/in"
    receiver whole -q --dir "$WORK/in"
    began=$(now_ms)
    "$SIPUSH" send -q --mode session "sip:bench@127.0.0.1:$UDP" "$WORK/file" || die "the whole push ended with $?"
    whole=$(($(now_ms) - began))
    receiver_stop
    cmp "$WORK/file" "$WORK/in/file"
    rm -rf "$WORK/in"
    receiver half -q --dir "$WORK/in"
    "$SIPUSH" send -q --mode session "sip:bench@127.0.0.1:$UDP" "$WORK/file" & send_pid=$!
    for i in $(seq 4000); do
        [ "$(stat -c %s "$WORK/in/file.part" 2>/dev/null || echo 0)" -lt $((octets / 2)) ] || break
        sleep 0.002
    done
    kill -9 "$RECV_PID" && wait "$RECV_PID" 2>/dev/null || true
    RECV_PID=
    wait "$send_pid" 2>/dev/null || true
    there=$(stat -c %s "$WORK/in/file.part" 2>/dev/null || echo 0)
    [ "$there" -gt 0 ] || { echo "push.sh: the file was whole before the kill: no resume this round" >&2; return 0; }
    receiver again -q --dir "$WORK/in"
    began=$(now_ms)
    "$SIPUSH" send -q --json --resume --mode session --trace "$WORK/resume.json" "sip:bench@127.0.0.1:$UDP" "$WORK/file" >"$WORK/resume.out" || die "--resume ended with $?"
    resumed=$(($(now_ms) - began))
    receiver_stop
    cmp "$WORK/file" "$WORK/in/file"
    again=$(grep -o 'a=file-range:[0-9]*' "$WORK/resume.json" | sed 's/.*://' | sort -n | head -n 1)
    again=$((there - ${again:-1} + 1))
    awk -v w="$whole" -v r="$resumed" -v t="$there" -v o="$octets" -v again="$again" -v c="resume-$((octets / 1048576))MiB" 'BEGIN {
        printf "resume\t%s\tsipush\t%.3f\ts-whole\n", c, w / 1000
        printf "resume\t%s\tsipush\t%.3f\ts-resumed\n", c, r / 1000
        printf "resume\t%s\tsipush\t%.3f\ts-over-what-was-missing\n", c, (r - w * (o - t) / o) / 1000
        printf "resume\t%s\tsipush\t%d\toctets-again\n", c, again }' >>"$raw"
}

head -c "$octets" /dev/urandom >"$WORK/file"
for round in $(seq "$rounds"); do
    pager
    session
    resume
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
    }' "$raw" >"$dir/push.tsv"
awk -F '\t' '{ printf "%-8s %-16s %-8s %12s %s\n", $1, $2, $3, $4, $5 }' "$dir/push.tsv"
