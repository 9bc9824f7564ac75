#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/interop/relay.sh [SIPUSH] -- Debian's kamailio with its msrp module as a relay between our two ends: AUTH, one hop and two,
# also beside our own relay.
#
# Installs kamailio if it is not there; two of them run on the loopback with a configuration of ours and are ended by their process ids.
# Files of 1 octet to SIZE (10 MiB; SIZE=52428800 for all of it) go through the sender's relay, the receiver's, one each, and beside
# our own relay, octet for octet. The traces of texts are read by tshark, where it is there: no
# malformed packet.
set -euo pipefail
cd "$(dirname "$0")/../.."
SIPUSH=${1:-build/sipush}
WORK=${BUILD:-build}/interop-relay
SIZE=${SIZE:-10485760}
rm -rf "$WORK"
mkdir -p "$WORK"
WORK=$(cd "$WORK" && pwd)
. tests/lib.sh

KAMAILIO=/usr/sbin/kamailio
PIDS=()
ours_cleanup() {
    local pid
    for pid in ${PIDS[@]+"${PIDS[@]}"}; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
    cleanup
}
trap ours_cleanup EXIT

if [ ! -x "$KAMAILIO" ] || ! ls /usr/lib/*/kamailio/modules/msrp.so >/dev/null 2>&1; then
    echo "installing kamailio"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends kamailio >/dev/null
fi
MODULES=$(echo /usr/lib/*/kamailio/modules)

# server NAME PORT: starts one and waits until it takes connections
server() {
    local i
    mkdir -p "$WORK/run-$1"
    sed "s|@PORT@|$2|g" tests/interop/kamailio/relay.cfg >"$WORK/$1.cfg"
    "$KAMAILIO" -f "$WORK/$1.cfg" -L "$MODULES" -DD -E -m 32 -M 4 -Y "$WORK/run-$1" >"$WORK/$1.log" 2>&1 &
    PIDS+=($!)
    for i in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null && return 0
        sleep 0.1
    done
    tail -n 20 "$WORK/$1.log"
    die "kamailio $1 did not come up"
}

ONE=25470 TWO=25570
server one "$ONE"
server two "$TWO"
echo 'alice:secret' >"$WORK/users"
echo secret >"$WORK/password"
"$SIPUSH" relay -q --realm lab --users "$WORK/users" --listen msrp:127.0.0.1:0 2>"$WORK/ours.err" &
PIDS+=($!)
for i in $(seq 100); do
    OURS=$(sed -n 's/^listening msrp:.*:\([0-9]*\)$/\1/p' "$WORK/ours.err")
    [ -z "$OURS" ] || break
    sleep 0.05
done

mkdir -p "$WORK/files"
# text() OCTETS: lines that nothing can be guessed of
text() { head -c "$1" /dev/urandom | base64 >"$WORK/text" && head -c "$1" "$WORK/text"; }
text 1 >"$WORK/files/one"
text 8193 >"$WORK/files/some"
text 1000000 >"$WORK/files/many"
head -c "$SIZE" /dev/urandom >"$WORK/files/all"

# way NAME SENDER-PORTS RECEIVER-PORTS FILES
way() {
    local name=$1 from=() to=() files=() p f code=0
    local who=(--user alice --password-file "$WORK/password")
    for p in $2; do from+=(--relay "msrp://127.0.0.1:$p"); done
    for p in $3; do to+=(--relay "msrp://127.0.0.1:$p"); done
    for f in $4; do files+=("$WORK/files/$f"); done
    receiver "$name" -q --timeout 150 --dir "$WORK/in-$name" --count "${#files[@]}" --trace "$WORK/$name.recv.pcap" \
        ${to[@]+"${who[@]}" "${to[@]}"}
    sleep 0.5 # its relay has to answer before it can be offered anything
    timeout 200 "$SIPUSH" send -q --timeout 150 --mode session --trace "$WORK/$name.send.pcap" \
        ${from[@]+"${who[@]}" "${from[@]}"} "sip:bob@127.0.0.1:$UDP" "${files[@]}" >"$WORK/$name.out" 2>"$WORK/$name.err" || code=$?
    if [ "$code" = 0 ]; then
        for f in $4; do cmp "$WORK/files/$f" "$WORK/in-$name/$f" || die "$name: $f differs, and the sender said delivered"; done
        receiver_ends || die "$name: recv ended with $?"
        echo "PASS $name: $4 arrived octet for octet"
    else
        cat "$WORK/$name.err"
        tail -n 5 "$WORK/one.log"
        die "$name: send ended with $code"
    fi
}

way sender "$ONE" '' 'one some many all'
way receiver '' "$TWO" 'one some many'
way both "$ONE" "$TWO" 'one some many'
way beside-ours "$OURS" "$ONE" 'one some many'

code=0
echo wrong >"$WORK/wrong"
"$SIPUSH" send -q --timeout 20 --user alice --password-file "$WORK/wrong" --relay "msrp://127.0.0.1:$ONE" 127.0.0.1:9 "$WORK/files/one" 2>/dev/null || code=$?
[ "$code" = 5 ] || die "a wrong password: exit $code, not 5"
echo "PASS wrong password: exit 5"

if command -v tshark >/dev/null; then
    # tshark 4.0 throws an exception on some bodies of random octets, whoever sent them: so only texts are looked at
    for f in "$WORK"/{receiver,both,beside-ours}.*.pcap; do
        tshark -r "$f" -d tcp.port==1-65535,msrp -Y _ws.malformed 2>/dev/null | head -n 3 >"$WORK/malformed"
        [ ! -s "$WORK/malformed" ] || { cat "$WORK/malformed"; die "tshark calls packets of $(basename "$f") malformed"; }
    done
    echo "PASS tshark: no malformed packet"
fi
