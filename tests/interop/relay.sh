#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/interop/relay.sh [SIPUSH] -- Debian's kamailio with its msrp module as a relay between our two ends: AUTH, one hop and two,
# beside our own relay and in a chain with it, and a receiver that reads slowly.
#
# Installs kamailio if it is not there; two of them run on the loopback with a configuration of ours and are ended by their process ids.
# Files of 1 octet to SIZE (10 MiB; SIZE=52428800 for all of it) go through the sender's relay, the receiver's, one each, and beside
# our own relay, octet for octet. The traces of texts are read by tshark, where it is there: no
# malformed packet.
#
# What kamailio 5.6 cannot do: be the first of two relays of one client when the second is a kamailio. Its answer to an AUTH names in
# To-Path only the hop before it, where RFC 4975 7.2 wants the whole From-Path, and msrp_relay() of the other kamailio then has no
# next hop to send it to. That is looked at below; our client says that no answer came, our relay knows whose request it was.
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

ONE=${ONE:-25470} TWO=${TWO:-25570}
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

# slow NAME SENDER-PORTS RECEIVER-PORTS FILE: the receiver stands still nine tenths of the time for 10 s. All of it arrives, or the
# sender says that it did not.
slow() {
    local name=$1 from=() to=() p code=0 send i
    local who=(--user alice --password-file "$WORK/password")
    for p in $2; do from+=(--relay "msrp://127.0.0.1:$p"); done
    for p in $3; do to+=(--relay "msrp://127.0.0.1:$p"); done
    receiver "$name" -q --timeout 150 --dir "$WORK/in-$name" --count 1 ${to[@]+"${who[@]}" "${to[@]}"}
    sleep 0.5
    timeout 200 "$SIPUSH" send -q --timeout 150 --mode session ${from[@]+"${who[@]}" "${from[@]}"} "sip:bob@127.0.0.1:$UDP" \
        "$WORK/files/$4" >"$WORK/$name.out" 2>"$WORK/$name.err" & send=$!
    for i in $(seq 20); do
        kill -STOP "$RECV_PID" 2>/dev/null || break
        sleep 0.45
        kill -CONT "$RECV_PID" 2>/dev/null || break
        sleep 0.05
    done
    wait "$send" || code=$?
    if [ "$code" = 0 ]; then
        cmp "$WORK/files/$4" "$WORK/in-$name/$4" || die "$name: $4 differs, and the sender said delivered"
        receiver_ends || die "$name: recv ended with $?"
        echo "PASS $name: $4 arrived octet for octet, read slowly"
    else
        [ ! -e "$WORK/in-$name/$4" ] || cmp "$WORK/files/$4" "$WORK/in-$name/$4" || die "$name: half of $4 was taken for all"
        receiver_stop
        echo "PASS $name: not all of $4 arrived, and the sender said so: $(tail -n 1 "$WORK/$name.err")"
    fi
}

way sender "$ONE" '' 'one some many all'
way receiver '' "$TWO" 'one some many'
way both "$ONE" "$TWO" 'one some many'
way beside-ours "$OURS" "$ONE" 'one some many'
way chain-ours-first "$OURS $ONE" '' 'one some many'
way chain-ours-last "$ONE $OURS" '' 'one some many'
way chain-to-ours-first '' "$OURS $ONE" 'one some many'
way chain-to-ours-last '' "$ONE $OURS" 'one some many'
slow slow-sender "$ONE" '' all
slow slow-receiver '' "$TWO" all
slow slow-both "$ONE" "$TWO" all

# The answer of a kamailio to an AUTH that came through another relay.
exec 3<>"/dev/tcp/127.0.0.1/$TWO"
printf 'MSRP abcdefgh AUTH\r\nTo-Path: msrp://127.0.0.1:%s;tcp\r\nFrom-Path: msrp://127.0.0.1:1/relay;tcp msrp://127.0.0.1:2/us;tcp\r\n-------abcdefgh$\r\n' "$TWO" >&3
named=$(timeout 5 sed -n '/^To-Path/{p;q}' <&3 | tr -d '\r')
exec 3>&-
case $named in
*us\;tcp) way chain "$ONE $TWO" '' 'one some many' ;; # one that was mended
*) code=0
    timeout 60 "$SIPUSH" send -q --timeout 5 --user alice --password-file "$WORK/password" --relay "msrp://127.0.0.1:$ONE" \
        --relay "msrp://127.0.0.1:$TWO" 127.0.0.1:9 "$WORK/files/one" 2>"$WORK/chain.err" || code=$?
    [ "$code" = 4 ] || [ "$code" = 3 ] || die "a chain without an answer: exit $code"
    echo "PASS chain of two kamailios: the second answers AUTH with '$named' alone, and the sender says: $(tail -n 1 "$WORK/chain.err")" ;;
esac

code=0
echo wrong >"$WORK/wrong"
"$SIPUSH" send -q --timeout 20 --user alice --password-file "$WORK/wrong" --relay "msrp://127.0.0.1:$ONE" 127.0.0.1:9 "$WORK/files/one" 2>/dev/null || code=$?
[ "$code" = 5 ] || die "a wrong password: exit $code, not 5"
echo "PASS wrong password: exit 5"

if command -v tshark >/dev/null; then
    # tshark 4.0 throws an exception on some bodies of random octets, whoever sent them: so only texts are looked at
    for f in "$WORK"/{receiver,both,beside-ours,chain-*}.*.pcap; do
        tshark -r "$f" -d tcp.port==1-65535,msrp -Y _ws.malformed 2>/dev/null | head -n 3 >"$WORK/malformed"
        [ ! -s "$WORK/malformed" ] || { cat "$WORK/malformed"; die "tshark calls packets of $(basename "$f") malformed"; }
    done
    echo "PASS tshark: no malformed packet"
fi
