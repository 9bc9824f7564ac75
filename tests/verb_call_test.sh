#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/verb_call_test.sh -- `sipush call` as people use it: methods, dialogs, scripts, exit codes, JSON. The other side is
# `sipush recv`.
set -u
cd "$(dirname "$0")/.." || exit 1
SIPUSH=${BUILD:-build}/sipush
WORK=$(mktemp -d) || exit 1
. tests/lib.sh
trap 'cleanup; rm -rf "$WORK"' EXIT
passed=0 failed=0

# check NAME CODE PATTERN ARGUMENTS...: sipush call ends with CODE, and a line of what it says matches PATTERN.
check() {
    name=$1 want=$2 pattern=$3
    shift 3
    "$SIPUSH" call --timeout 20 "$@" >"$WORK/out" 2>&1 </dev/null
    code=$?
    if [ $code -eq "$want" ] && grep -qE -- "$pattern" "$WORK/out"; then
        passed=$((passed + 1))
    else
        echo "FAIL $name: exit $code, wanted $want and '$pattern'"
        cat "$WORK/out"
        failed=$((failed + 1))
    fi
}

mkdir "$WORK/in"
receiver call --dir "$WORK/in" --listen msrp:127.0.0.1:0
to=sip:a@127.0.0.1:$UDP

check options 0 '^Accept: application/sdp' OPTIONS "$to"
check options_tcp 0 '^Via: SIP/2.0/TCP' OPTIONS "sip:a@127.0.0.1:$TCP;transport=tcp"
check header 6 '^Unsupported: frob' OPTIONS "$to" --header 'Require: frob'
printf 'by hand' >"$WORK/text"
check message 0 '^SIP/2.0 200 ' MESSAGE "$to" --body "$WORK/text" --type text/plain
check json 0 '"ev":"response","v":1,"method":"OPTIONS","status":200,' --json OPTIONS "$to"
check json_result 6 '^\{"ev":"result","v":1,"method":"REFER","status":405,"exit":6\}$' --json REFER "$to"
for method in REGISTER SUBSCRIBE PUBLISH NOTIFY REFER; do
    check $method 6 '^SIP/2.0 405 ' $method "$to" --header 'Event: presence'
done
check register_query 6 '^SIP/2.0 405 ' REGISTER "$to" --query
check unregister 6 '^SIP/2.0 405 ' REGISTER "$to" --expires 0
check extension 6 '^CSeq: 1 FROB' FROB "$to"
check extension_501 6 '^SIP/2.0 501 ' X-Y.z "$to"
check extension_word 2 'a method is one word' 'A B' "$to"
check capitals 2 'methods are written in capitals, not as options' options "$to"

# a dialog: an MSRP session is offered, and nothing sent in it
printf '%s\r\n' v=0 'o=- 1 1 IN IP4 127.0.0.1' s=- 'c=IN IP4 127.0.0.1' 't=0 0' 'm=message 9 TCP/MSRP *' \
    'a=accept-types:*' 'a=path:msrp://127.0.0.1:9/abcd;tcp' a=setup:active >"$WORK/offer"
check invite 0 '^a=path:msrp://127.0.0.1' INVITE "$to" --body "$WORK/offer"
check invite_without 6 '^SIP/2.0 488 ' INVITE "$to"
check bye 0 '^CSeq: 2 BYE' BYE "$to" --offer "$WORK/offer"
check ack 0 '^CSeq: 1 INVITE' ACK "$to" --offer "$WORK/offer"
check prack 6 '^Unsupported: 100rel' PRACK "$to" --offer "$WORK/offer"
check info 6 '^SIP/2.0 405 ' INFO "$to" --offer "$WORK/offer" --body "$WORK/text" --type text/plain
cat >"$WORK/script" <<EOF
# requests of one dialog
OPTIONS --header 'X-Trial: "two words"'
wait 0.2

BYE
EOF
check script 0 '^CSeq: 2 OPTIONS' INVITE "$to" --body "$WORK/offer" --in-dialog "$WORK/script"
check script_bye 0 '^CSeq: 3 BYE' INVITE "$to" --body "$WORK/offer" --in-dialog "$WORK/script"
echo 'MESSAGE --body' >"$WORK/bad"
check script_value 2 'bad:1: --body needs a value' INVITE "$to" --in-dialog "$WORK/bad"
printf 'wait 1\n info\n' >"$WORK/bad"
check script_method 2 'bad:2: methods are written in capitals, not as info' INVITE "$to" --in-dialog "$WORK/bad"
printf "OPTIONS --header 'X: 1\n" >"$WORK/bad"
check script_quotation 2 'bad:1: a quotation does not end' INVITE "$to" --in-dialog "$WORK/bad"
printf 'REGISTER\n' >"$WORK/bad"
check script_dialog 2 'bad:1: REGISTER is not for a script' INVITE "$to" --in-dialog "$WORK/bad"
printf 'OPTIONS --header %s\n' "'Via: x'" >"$WORK/bad"
check script_via 2 'bad:1: --header: this field is written by itself' INVITE "$to" --in-dialog "$WORK/bad"

check dry_run 0 '^MESSAGE sip:a@127.0.0.1:[0-9]* SIP/2.0' --dry-run MESSAGE "$to"
check nobody 3 'MESSAGE: ' MESSAGE sip:a@127.0.0.1:1
check nobody_subscribe 3 'SUBSCRIBE: ' SUBSCRIBE sip:a@127.0.0.1:1
check nobody_register 3 'REGISTER: ' REGISTER 'sip:a@127.0.0.1:1;transport=tcp'
check nobody_publish 3 'PUBLISH: ' PUBLISH sip:a@127.0.0.1:1 --hold 1 --body "$WORK/text" --type application/pidf+xml
check nobody_json 3 '"method":"SUBSCRIBE","status":null,"exit":3' --json SUBSCRIBE sip:a@127.0.0.1:1
check nobody_tcp 3 'OPTIONS: ' OPTIONS 'sip:a@127.0.0.1:1;transport=tcp'
check operands 2 'needs METHOD and URI' OPTIONS
check target 2 'a target is' OPTIONS 'sip:a b'
check no_type 2 'a body needs its --type' MESSAGE "$to" --body "$WORK/text"
check no_file 2 'No such file' MESSAGE "$to" --body "$WORK/none" --type text/plain
check injected 2 'what is no text' OPTIONS "$to" --header "X: a$(printf '\r\nVia: b')"
check no_name 2 "needs 'Name: value'" OPTIONS "$to" --header 'X Y: a'
check ours 2 'the way back|written by itself' OPTIONS "$to" --header 'v: SIP/2.0/UDP h'
check no_script 2 '--in-dialog goes with INVITE' OPTIONS "$to" --in-dialog "$WORK/script"
check no_password 2 'needs --password-file or SIPUSH_PASSWORD' OPTIONS "$to" --user a
check help 0 '^usage: sipush call' --help

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
