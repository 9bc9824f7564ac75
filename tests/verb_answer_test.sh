#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/verb_answer_test.sh -- `sipush answer` and `sipush call` against each other: every method with Digest, over UDP and
# TCP; reliable provisional responses; registrations, subscriptions and publications that live on.
set -u
cd "$(dirname "$0")/.." || exit 1
SIPUSH=${BUILD:-build}/sipush
WORK=$(mktemp -d) || exit 1
pid=
trap '[ -n "$pid" ] && kill $pid 2>/dev/null; rm -rf "$WORK"' EXIT
passed=0 failed=0

# judge NAME CODE WANT PATTERN FILE
judge() {
    if [ "$2" -eq "$3" ] && grep -qE -- "$4" "$5"; then
        passed=$((passed + 1))
    else
        echo "FAIL $1: exit $2, wanted $3 and '$4'"
        cat "$5"
        failed=$((failed + 1))
    fi
}

# answer OPTIONS...: starts one on ports of its own: UDP, TCP.
answer() {
    : >"$WORK/answer.err" # there before the background has opened it
    "$SIPUSH" answer --timeout 120 --listen udp:127.0.0.1:0 --listen tcp:127.0.0.1:0 "$@" >"$WORK/answer.out" 2>"$WORK/answer.err" &
    pid=$!
    for _ in $(seq 100); do
        UDP=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' "$WORK/answer.err")
        TCP=$(sed -n 's/^listening tcp:.*:\([0-9]*\)$/\1/p' "$WORK/answer.err")
        [ -n "$UDP" ] && [ -n "$TCP" ] && return
        sleep 0.05
    done
}

# stop: an interrupted one ends with 130.
stop() {
    kill -INT $pid
    wait $pid
    judge stopped $? 130 '' /dev/stdin <<EOF

EOF
    pid=
}

# check NAME CODE PATTERN ARGUMENTS...: what sipush call ends with and says.
check() {
    name=$1 want=$2 pattern=$3
    shift 3
    "$SIPUSH" call --timeout 20 "$@" >"$WORK/out" 2>&1 </dev/null
    judge "$name" $? "$want" "$pattern" "$WORK/out"
}

printf '# who may come in\nalice:secret\n' >"$WORK/users"
printf 'bob:lab:%s\nbob:elsewhere:0123456789abcdef0123456789abcdef\n' "$(printf 'bob:lab:secret' | md5sum | cut -d ' ' -f 1)" >"$WORK/htdigest"
echo secret >"$WORK/secret"
echo wrong >"$WORK/wrong"
echo text >"$WORK/text"
echo '<presence/>' >"$WORK/pidf"
printf '%s\r\n' v=0 'o=- 1 1 IN IP4 127.0.0.1' s=- 'c=IN IP4 127.0.0.1' 't=0 0' 'm=audio 6000 RTP/AVP 0' >"$WORK/offer"

answer --realm lab --users "$WORK/users" --ring 50
for transport in udp tcp; do
    [ $transport = udp ] && port=$UDP || port=$TCP
    to="sip:alice@127.0.0.1:$port;transport=$transport"
    login="--user alice --password-file $WORK/secret"
    check $transport-options 0 '^Supported: .*100rel' OPTIONS "$to" $login
    check $transport-message 0 '^CSeq: 2 MESSAGE' MESSAGE "$to" $login --body "$WORK/text" --type text/plain
    check $transport-register 0 '^Contact: <sip:.*expires=3600' REGISTER "$to" $login
    check $transport-query 0 '^Contact: <sip:.*expires=3[0-9]*' REGISTER "$to" $login --query
    check $transport-unregister 0 '^CSeq: 2 REGISTER' REGISTER "$to" $login --expires 0
    check $transport-publish 0 '^SIP-ETag: ' PUBLISH "$to" $login --body "$WORK/pidf" --type application/pidf+xml
    check $transport-subscribe 0 '^<presence/>' SUBSCRIBE "$to" $login
    check $transport-subscription-ends 0 '^Subscription-State: terminated' SUBSCRIBE "$to" $login
    check $transport-notify 0 '^CSeq: 2 NOTIFY' NOTIFY "$to" $login --header 'Event: x' --header 'Subscription-State: active'
    # a 2xx would promise NOTIFY (RFC 3515 2.4.4), which does not come
    check $transport-refer 6 '^Allow: INVITE' REFER "$to" $login --header 'Refer-To: <sip:x@y>'
    check $transport-invite 0 '^m=audio 9 RTP/AVP 0' INVITE "$to" $login --body "$WORK/offer"
    check $transport-no-offer 0 '^a=inactive' INVITE "$to" $login
    check $transport-ack 0 '^CSeq: 2 INVITE' ACK "$to" $login
    check $transport-bye 0 '^CSeq: [0-9]* BYE' BYE "$to" $login
    check $transport-cancel 0 '^SIP/2.0 487 ' CANCEL "$to" $login
    check $transport-info 0 '^CSeq: [0-9]* INFO' INFO "$to" $login --body "$WORK/text" --type text/plain
    check $transport-update 0 '^m=audio 9 RTP/AVP 0' UPDATE "$to" $login --offer "$WORK/offer" --body "$WORK/offer"
done
to=sip:alice@127.0.0.1:$UDP
check wrong_password 5 '^SIP/2.0 401 ' OPTIONS "$to" --user alice --password-file "$WORK/wrong"
check nobody 5 'algorithm=SHA-512-256' OPTIONS "$to"
# 3261-26.3.2.1-6
check nobody-register 5 '^SIP/2.0 401 ' REGISTER "$to"
# a subscriber hears what another publishes meanwhile, and then that it is gone
"$SIPUSH" call SUBSCRIBE "$to" --user alice --password-file "$WORK/secret" --hold 3 --timeout 20 >"$WORK/heard" 2>&1 &
subscriber=$!
sleep 0.7
echo '<second/>' >"$WORK/pidf2"
check published 0 '^SIP-ETag: ' PUBLISH "$to" --user alice --password-file "$WORK/secret" --body "$WORK/pidf2" \
    --type application/pidf+xml --hold 1
wait $subscriber
judge heard $? 0 '^<second/>' "$WORK/heard"
stop

answer --realm lab --users "$WORK/htdigest"
to=sip:a@127.0.0.1:$UDP
check htdigest 0 '^CSeq: 2 OPTIONS' OPTIONS "$to" --user bob --password-file "$WORK/secret"
check htdigest_md5 5 'algorithm=MD5$' OPTIONS "$to" --user bob --password-file "$WORK/wrong"
stop

answer --reliable --ring 20
to=sip:a@127.0.0.1:$UDP
check prack 0 '^CSeq: 1 INVITE' PRACK "$to"
check reliable 0 '^RSeq: [0-9]' -v INVITE "$to" --body "$WORK/offer"
printf 'INFO --body %s --type text/plain\nUPDATE --body %s --type application/sdp\nINVITE --body %s --type application/sdp\nMESSAGE\nOPTIONS\nBYE\n' \
    "$WORK/text" "$WORK/offer" "$WORK/offer" >"$WORK/script"
for method in INFO UPDATE INVITE MESSAGE OPTIONS BYE; do
    check script-$method 0 "^CSeq: [1-9][0-9]* $method" INVITE "$to" --body "$WORK/offer" --in-dialog "$WORK/script"
done
stop
judge told 0 0 '^PRACK sip:' "$WORK/answer.out"

answer --limit aor_bindings=1 --limit source_dialogs=1 --ring 3000
to=sip:a@127.0.0.1:$UDP
check share-bindings 0 '^Contact: ' REGISTER "$to"
check share-bindings-over 6 '^SIP/2.0 403 ' REGISTER "$to"
"$SIPUSH" call -q --timeout 20 INVITE "$to" --body "$WORK/offer" >/dev/null 2>&1 &
caller=$!
sleep 0.5
check share-dialogs 6 '^SIP/2.0 486 ' INVITE "$to" --body "$WORK/offer"
wait $caller
check limit 2 'too long' --limit dialog_octets=1 OPTIONS "$to"
stop

answer --status 603 --count 3
to=sip:a@127.0.0.1:$UDP
check declined 6 '^SIP/2.0 603 ' INVITE "$to"
check declined_message 6 '^SIP/2.0 603 ' MESSAGE "$to"
check declined_subscribe 6 '^SIP/2.0 603 ' SUBSCRIBE "$to"
wait $pid
judge counted $? 0 '^SUBSCRIBE sip:' "$WORK/answer.out"
pid=

# both heed --limit: what is too large for the server, and for the client
answer --limit message_octets=600
to=sip:a@127.0.0.1:$UDP
head -c 700 /dev/zero | tr '\0' x >"$WORK/large"
check limit_answer 6 '^SIP/2.0 513 ' MESSAGE "$to" --body "$WORK/large" --type text/plain
check limit_call 9 'a limit is reached' MESSAGE "$to" --body "$WORK/large" --type text/plain --limit message_octets=600
stop

# every class has its effect at who asked, and a code that nobody knows counts as its x00 (3261-8.1.3.2-1)
for row in 200:0:0 202:0:10 299:0:0 302:6:6 399:6:6 404:6:6 407:5:5 415:6:6 480:6:6 499:6:6 503:6:6 599:6:6 600:6:6 603:6:6 699:6:6; do
    status=${row%%:*} codes=${row#*:}
    answer --status $status
    to=sip:a@127.0.0.1:$UDP
    check class-$status-call ${codes%:*} "^SIP/2.0 $status " MESSAGE "$to" --body "$WORK/text" --type text/plain
    "$SIPUSH" send -q --json --timeout 20 --retries 0 --mode pager "$to" -m hi >"$WORK/out" 2>&1 </dev/null
    judge class-$status-send $? ${codes#*:} "\"status\":$status[,}]" "$WORK/out"
    stop
done

# complain NAME PATTERN ARGUMENTS...: refused with words
complain() {
    name=$1 pattern=$2
    shift 2
    "$SIPUSH" answer "$@" >"$WORK/out" 2>&1
    judge "$name" $? 2 "$pattern" "$WORK/out"
}
complain status '--status is 200 to 699' --status 100
complain realm '--realm and --users go together' --realm lab
complain users_file 'No such file' --realm lab --users "$WORK/none"
echo alice >"$WORK/bad"
complain users_line 'bad:1: NAME:REALM:HASH or NAME:PASSWORD is needed' --realm lab --users "$WORK/bad"
complain operand 'there are no operands' x

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
