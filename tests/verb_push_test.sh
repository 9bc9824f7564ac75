#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/verb_push_test.sh -- what answers mean to `sipush send`, and registrations of `sipush recv`: a row each, between processes on loopback.
#
# The peers are written by hand (tests/sip_peer.py), or `sipush answer` with its realm. The last line is `N passed, N failed`. ROW=name runs one row.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
SIPUSH=$PWD/$BUILD/sipush
case $BUILD in /*) SIPUSH=$BUILD/sipush ;; esac
PEERS=$PWD/tests/sip_peer.py
WORK=$(mktemp -d) || exit 1
passed=0 failed=0 helper=
. tests/lib.sh
trap 'cleanup; rm -rf "$WORK"' EXIT
unset XDG_CONFIG_HOME HOME

if ! command -v python3 >/dev/null; then
    echo "no python3: left out"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi

row() { # row NAME: runs the function of that name in a shell of its own
    [ "${ROW:-$1}" = "$1" ] || return 0
    mkdir -p "$WORK/$1"
    # not as the condition of an if: set -e would mean nothing in there
    (WORK=$WORK/$1; RECV_PID=; export SIPUSH_TIMEOUT=30; trap 'cleanup; end' EXIT; set -e -o pipefail; cd "$WORK"; "$1") >"$WORK/$1.log" 2>&1
    if [ $? = 0 ]; then
        passed=$((passed + 1))
    else
        echo "FAIL $1"
        tail -n 8 "$WORK/$1.log"
        failed=$((failed + 1))
    fi
}
end() { [ -z "$helper" ] || { kill "$helper"; wait "$helper" || true; } 2>/dev/null; helper=; }
has() { grep -q -e "$1" "$2" || { echo "no $1 in $2:"; cat "$2"; return 1; }; }
wait_for() { # wait_for PATTERN FILE
    local i
    for i in $(seq 100); do ! grep -q -e "$1" "$2" || return 0; sleep 0.05; done
    has "$1" "$2"
}
peer() { # peer WORDS...: tests/sip_peer.py; sets PORT, its lines are in the file `peer`
    end
    : >peer
    python3 -u "$PEERS" "$@" >peer 2>peer.err & helper=$!
    wait_for '^[0-9][0-9]*$' peer
    PORT=$(head -n 1 peer)
}
answers() { # answers [options]: `sipush answer`; sets PORT, its lines are in the file `answer`
    end
    : >answer.err
    "$SIPUSH" answer --listen udp:127.0.0.1:0 "$@" >answer 2>answer.err & helper=$!
    wait_for '^listening udp' answer.err
    PORT=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' answer.err)
}
asked() { sed -n 's/^\([A-Z][A-Z]*\) .*/\1/p' peer | tr '\n' ' '; } # the methods that came
quick() { "$SIPUSH" send -q --json --limit t1_ms=20 --limit t2_ms=100 "$@"; }
# sends CODE ASKED WORDS...: what send ends with against the peer, and the methods that it asked by
sends() {
    local code=$1 methods=$2
    shift 2
    expect "$code" quick "$@" "sip:a@127.0.0.1:$PORT" -m hello >s
    sleep 0.1
    [ "$(asked)" = "$methods" ] || die "asked by $(asked), not $methods"
}

# Each answer of the table: to MESSAGE and to INVITE, with the mode chosen and with none to fall back on.
table() {
    local status code
    for status in 200:0 202:10 403:6 603:6 606:6 404:6 604:6 413:6 513:6 415:6 488:6 480:6 486:6 600:6 500:6 503:6 420:6 401:5 407:5 300:6 400:6 501:6; do
        code=${status#*:}
        peer answer "${status%:*}"
        sends "$code" "MESSAGE " --mode pager
        has "\"status\":${status%:*}," s
        [ "${status%:*}" -ge 300 ] || continue # without a description a 2xx is no answer to an INVITE
        peer answer "${status%:*}"
        sends "$code" "INVITE ACK " --mode session
        has "\"status\":${status%:*}," s
    done
}
# What passes is asked again where that is wanted, later each time or when Retry-After says.
retries() {
    local from
    for status in 480 503 408; do
        peer answer $status 200
        sends 0 "MESSAGE MESSAGE " --mode pager --retries 1
    done
    peer answer 486
    sends 6 "MESSAGE MESSAGE " --mode pager --retries 1
    peer answer 404 200
    sends 6 "MESSAGE " --mode pager --retries 3
    peer answer 603 200
    sends 6 "MESSAGE " --mode pager --retries 3
    peer answer '503 Retry-After: 1' 200 # who says so himself is asked again unasked
    from=$(date +%s%N)
    sends 0 "MESSAGE MESSAGE " --mode pager
    [ $((($(date +%s%N) - from) / 1000000)) -ge 1000 ]
    peer answer '503 Retry-After: 5000' 200
    sends 6 "MESSAGE " --mode pager --retries 1
    peer answer '600 Retry-After: 1' 200
    sends 0 "MESSAGE MESSAGE " --mode pager --retries 1
    # the same push, in another transaction: by its Content-ID it is known again
    [ "$(sed -n 's/.*|Content-ID: \([^|]*\).*/\1/p' peer | sort -u | wc -l)" = 1 ]
    [ "$(sed -n 's/.*|Call-ID: \([^|]*\).*/\1/p' peer | sort -u | wc -l)" = 2 ]
}
silence() { # it names the timer
    peer answer -
    sends 4 "MESSAGE " --mode pager
    has '"timer":"F"' s
    peer answer - 200
    sends 0 "MESSAGE MESSAGE " --mode pager --retries 1
    peer answer -
    sends 4 "INVITE " --mode session
    has '"timer":"B"' s
    peer answer -100
    sends 4 "INVITE CANCEL " --mode session
    has '"timer":"TRYING"' s
    peer answer -
    sends 4 "MESSAGE " --mode pager --limit t1_ms=500 --timeout 1
    has '"timer":"--timeout"' s
}
fallback() { # what one mode is refused, the other may carry: once, and where the mode is ours to choose
    for status in 413 513 415 488; do
        peer answer $status 488
        sends 6 "MESSAGE INVITE ACK "
        has '"ev":"chosen".*"mode":"session"' s
    done
    for status in 415 488; do
        peer answer $status 200
        expect 0 quick "sip:a@127.0.0.1:$PORT" -m one -m two >s # two are a session
        [ "$(asked)" = "INVITE ACK MESSAGE MESSAGE " ]
        has '"mode":"pager".*"exit":0' s
    done
    peer answer 413 200
    sends 6 "MESSAGE " --mode pager
    peer answer 488 200
    sends 6 "INVITE ACK " --mode session
}
elsewhere() { # 3xx: followed, never in a ring
    local there
    receiver r -q --json --dir in
    there=$UDP
    peer answer "302 Contact: <sip:b@127.0.0.1:$there>"
    sends 0 "MESSAGE " --mode pager
    peer answer "302 Contact: <sip:b@127.0.0.1:$there>"
    sends 0 "INVITE ACK " --mode session
    peer answer "300 Contact: <sip:c@127.0.0.1:9>;q=0.9|Contact: <sip:b@127.0.0.1:$there>;q=0.1"
    sends 0 "MESSAGE " --mode pager
    receiver_stop
    [ "$(grep -c '"ev":"delivered"' "$RECV_OUT")" = 3 ]
    peer answer 302 # nowhere
    sends 6 "MESSAGE " --mode pager
    local first=$helper ring=$PORT
    helper=
    trap "cleanup; end; kill $first" EXIT
    mv peer one
    peer answer "302 Contact: <sip:a@127.0.0.1:$ring>" # and there it is nowhere
    sends 6 "MESSAGE " --mode pager
    [ "$(grep -c '^MESSAGE' one)" = 2 ]
}
credentials() { # once for a nonce, and no password where it can be seen
    printf 'alice:secret\n' >users
    echo secret >right
    echo wrong >wrong
    answers --realm lab --users users
    expect 0 quick --mode pager --user alice --password-file right "127.0.0.1:$PORT" -m x >s
    [ "$(grep -c MESSAGE answer)" = 1 ]
    SIPUSH_PASSWORD=secret expect 0 quick --mode pager --user alice "127.0.0.1:$PORT" -m x >s
    expect 5 quick --mode pager --user alice --password-file wrong "127.0.0.1:$PORT" -m x >s
    has '"status":401' s
    expect 5 quick --mode pager "127.0.0.1:$PORT" -m x >s
    expect 2 quick --mode pager --user alice --password-file nothere "127.0.0.1:$PORT" -m x >s
    (unset SIPUSH_PASSWORD; expect 2 quick --mode pager --user alice "127.0.0.1:$PORT" -m x >s)
    # as many at a time
    expect 0 quick --user alice --password-file right --to "a@127.0.0.1:$PORT" --to "b@127.0.0.1:$PORT" --to "c@127.0.0.1:$PORT" -m x >s
    has '"receivers":3,"delivered":3' s
}
bound() { # bound AOR: the addresses that are bound to it
    "$SIPUSH" call -q --query --user alice --password-file right --proxy "sip:127.0.0.1:$PORT" REGISTER "$1" | grep -c -i '^Contact:' || true
}
registered() { # bound while it runs, with what it can take; not any more when it ends, be it by a signal
    printf 'alice:secret\n' >users
    echo secret >right
    echo wrong >wrong
    answers -v --realm lab --users users
    local me=(--register sip:alice@lab.example --registrar "sip:127.0.0.1:$PORT" --user alice --password-file right)
    receiver r --json --dir in "${me[@]}" --app-id ulp.ua --once
    wait_for '"ev":"registered"' "$RECV_OUT"
    [ "$(bound sip:alice@lab.example)" = 1 ]
    has '+g.oma.pusheventapp="ulp.ua"' answer
    has '+sip.message' answer
    has 'methods="' answer
    expect 0 quick --app-id ulp.ua "127.0.0.1:$UDP" -m x >s
    receiver_ends
    [ "$(bound sip:alice@lab.example)" = 0 ]
    has '"ev":"unregistered"' "$RECV_OUT"
    receiver r2 -q --json --dir in "${me[@]}"
    wait_for '"ev":"registered"' "$RECV_OUT"
    [ "$(bound sip:alice@lab.example)" = 1 ]
    receiver_stop
    [ "$(bound sip:alice@lab.example)" = 0 ]
    me[7]=wrong
    expect 5 "$SIPUSH" recv -q --listen udp:127.0.0.1:0 "${me[@]}" 2>e
    has 'not registered' e
    expect 3 "$SIPUSH" recv -q --listen udp:127.0.0.1:0 --register sip:a@lab.example --registrar sip:127.0.0.1:9 2>e
    has 'not registered' e
    peer answer -
    expect 4 "$SIPUSH" recv -q --listen udp:127.0.0.1:0 --limit t1_ms=20 --limit t2_ms=100 --register sip:a@lab.example --registrar "sip:127.0.0.1:$PORT" 2>e
    peer answer 403
    expect 6 "$SIPUSH" recv -q --listen udp:127.0.0.1:0 --register sip:a@lab.example --registrar "sip:127.0.0.1:$PORT" 2>e
    has '403' e
    peer answer '423 Min-Expires: 7200' 200 # it comes again with as much as is wanted
    expect 4 "$SIPUSH" recv -q --listen udp:127.0.0.1:0 --timeout 1 --register sip:a@lab.example --registrar "sip:127.0.0.1:$PORT" 2>e
    has '7200' peer
    expect 2 "$SIPUSH" recv --registrar sip:127.0.0.1:9 2>e
}
# 3428-8: a push whose 200 is lost comes again, as another request; it is handed over once.
once() {
    receiver r -q --json --dir in
    peer way "$UDP" 'SIP/2.0 200' 40
    expect 4 quick --mode pager "127.0.0.1:$PORT" -m lost >s
    end
    sleep 0.2
    [ "$(grep -c '"ev":"delivered"' "$RECV_OUT")" = 1 ]
    peer way "$UDP" 'SIP/2.0 200' 9 # as many as Timer F lets it send
    expect 0 quick --mode pager --retries 3 "127.0.0.1:$PORT" -m again >s
    has lost peer
    receiver_stop
    [ "$(grep -c '"ev":"delivered"' "$RECV_OUT")" = 2 ]
    [ "$(ls in | wc -l)" = 2 ]
}
query() { # OPTIONS first: who says that he takes no session gets a MESSAGE where that is enough
    receiver r -q --json --dir in --count 3
    expect 0 "$SIPUSH" send -q --json --query --mode session --trace t.json "127.0.0.1:$UDP" -m one >s
    expect 0 "$SIPUSH" send -q --json --query --timeout 20 "127.0.0.1:$UDP" -m one -m two >s
    has 'OPTIONS sip:127' t.json
    receiver_ends
    peer answer 404
    sends 6 "OPTIONS " --mode session --query
    peer answer 405 488 # it knows no OPTIONS: the offer asks
    sends 6 "OPTIONS INVITE ACK " --mode session --query
    peer answer 503 503 200 488
    sends 6 "OPTIONS OPTIONS OPTIONS INVITE ACK " --mode session --query --retries 2
}

for name in table retries silence fallback elsewhere credentials registered once query; do row $name; done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
