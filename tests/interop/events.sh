#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/interop/events.sh -- a real peer: Debian's sipp registers, publishes and subscribes at `sipush answer`, and is registrar,
# compositor and notifier for `sipush call`; Digest in both directions.
#
# Installs the package sip-tester if sipp is not there. A scenario passes if each of its calls ends as written, with no unexpected message.
set -euo pipefail
cd "$(dirname "$0")/../.."
SIPUSH=${1:-build/sipush}
WORK=${BUILD:-build}/interop-events
CALLS=${CALLS:-20}
PORT=${PORT:-45070}
rm -rf "$WORK"
mkdir -p "$WORK"
. tests/lib.sh

if ! command -v sipp >/dev/null; then
    echo "installing sip-tester (for sipp)"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq sip-tester >/dev/null
fi

# sipp asks; one after the other, for all of them watch the same address
for user in alice bob; do # sipp knows MD5 alone
    printf '%s:127.0.0.1:%s\n' $user "$(printf '%s:127.0.0.1:secret' $user | md5sum | cut -d ' ' -f 1)"
done >"$WORK/users"
"$SIPUSH" answer --listen udp:127.0.0.1:0 --realm 127.0.0.1 --users "$WORK/users" --domain 127.0.0.1 --events presence --limit aor_bindings=$CALLS --limit aor_states=$CALLS \
    --timeout 120 >"$WORK/server.out" 2>"$WORK/server.err" &
RECV_PID=$!
for i in $(seq 100); do
    port=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' "$WORK/server.err")
    [ -n "$port" ] && break
    sleep 0.05
done
[ -n "$port" ] || die "the server did not come up"
timeout 100 sipp "127.0.0.1:$port" -sf tests/interop/sipp/events_uac.xml -i 127.0.0.1 -m "$CALLS" -r 20 -l 1 -nostdin \
    -trace_err -error_file "$WORK/uac.err" >"$WORK/uac.out" 2>&1 || { cat "$WORK/uac.err"; die "uac: sipp ended with $?"; }
kill "$RECV_PID"
wait "$RECV_PID" || true
RECV_PID=
for method in REGISTER PUBLISH SUBSCRIBE; do
    [ "$(grep -c "^$method sip:" "$WORK/server.out")" = "$CALLS" ] || { cat "$WORK/server.out"; die "uac: not $CALLS $method"; }
done
[ ! -s "$WORK/uac.err" ] || { cat "$WORK/uac.err"; die "uac: sipp had something to say"; }
printf 'PASS  %-10s %s times registered, published, subscribed, notified\n' server "$CALLS"

# sipp answers
echo secret >"$WORK/password"
echo '<presence/>' >"$WORK/state"

# answers NAME CALLS USER METHOD [options of sipush call]
answers() {
    local name=$1 calls=$2 user=$3
    shift 3
    timeout 60 sipp -sf "tests/interop/sipp/$name.xml" -i 127.0.0.1 -p "$PORT" -m "$calls" -nostdin \
        -trace_err -error_file "$WORK/$name.err" >"$WORK/$name.out" 2>&1 &
    RECV_PID=$!
    sleep 0.5
    timeout 50 "$SIPUSH" call "$1" "sip:alice@127.0.0.1:$PORT" "${@:2}" --from "sip:$user@127.0.0.1" --user "$user" \
        --password-file "$WORK/password" --trace "$WORK/$name.txt" >"$WORK/$name.said" 2>&1 || { cat "$WORK/$name.said" "$WORK/$name.err" || true; die "$name: sipush call ended with $?"; }
    wait "$RECV_PID" || { cat "$WORK/$name.err"; RECV_PID=; die "$name: sipp ended with another story"; }
    RECV_PID=
    [ ! -s "$WORK/$name.err" ] || { cat "$WORK/$name.err"; die "$name: sipp had something to say"; }
    printf 'PASS  %-10s asked, credentials given, taken away again\n' "$1"
}

answers register_uas 1 alice REGISTER --expires 600 --hold 1
answers publish_uas 2 alice PUBLISH --event presence --type application/pidf+xml --body "$WORK/state" --expires 600 --hold 1
answers subscribe_uas 1 bob SUBSCRIBE --event presence --expires 600 --hold 1
for state in wait here gone; do
    grep -q "<presence>$state</presence>" "$WORK/subscribe_uas.said" || { cat "$WORK/subscribe_uas.said"; die "SUBSCRIBE: nothing of '$state'"; }
done
