#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/interop/methods.sh -- a real peer: Debian's sipp asks `sipush answer`, and is asked by `sipush call`, each method with Digest, over UDP and TCP.
#
# Installs the package sip-tester if sipp is not there. Here are OPTIONS, MESSAGE, NOTIFY, INVITE, ACK, PRACK, UPDATE, INFO, BYE and CANCEL; REGISTER, PUBLISH,
# SUBSCRIBE and the NOTIFYs that follow are in events.sh. The scenarios are written here, for they are the same few lines again and again. One passes if each of
# its calls ends as written, with no unexpected message: every request but ACK and CANCEL is challenged once, or shows the next nonce count.
set -euo pipefail
cd "$(dirname "$0")/../.."
SIPUSH=${1:-build/sipush}
WORK=${BUILD:-build}/interop-methods
CALLS=${CALLS:-20}
PORT=${PORT:-45090}
rm -rf "$WORK"
mkdir -p "$WORK"
. tests/lib.sh

if ! command -v sipp >/dev/null; then
    echo "installing sip-tester (for sipp)"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq sip-tester >/dev/null
fi

SDP='v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 40000 RTP/AVP 0'

# scenario: around what comes on standard input
scenario() {
    printf '<?xml version="1.0"?>\n<scenario name="methods">\n'
    cat
    printf '</scenario>\n'
}

# message ATTRIBUTES HEAD [TYPE BODY]: sipp sends it; 'retrans="500"' has it sent again
message() {
    local body=${4:-}
    printf '  <send %s>\n    <![CDATA[\n%s\n' "$1" "$2"
    if [ -n "$body" ]; then
        printf 'Content-Type: %s\nContent-Length: [len]\n\n%s\n' "$3" "$body"
    else
        printf 'Content-Length: 0\n\n'
    fi
    printf ']]>\n  </send>\n'
}

# ---- sipp asks

ID= AGAIN='retrans="500"'

# request METHOD CSEQ BRANCH FIELDS [TYPE BODY]: outside of the dialog, or within it (TO, URI)
request() {
    local again=$AGAIN
    [ "$1" != ACK ] || again=
    message "$again" "$1 $URI SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=$3
Max-Forwards: 70
From: <sip:alice@127.0.0.1>;tag=[pid]$ID[call_number]
To: <sip:bob@127.0.0.1>$TO
Call-ID: $ID///[call_id]
CSeq: $2 $1
Contact: <sip:alice@[local_ip]:[local_port];transport=[transport]>$4" "${@:5}"
}

got() { printf '  <recv response="%s" %s/>\n' "$1" "${2:-}"; }

LOGIN='
[authentication username=alice password=secret]'

# asks METHOD CSEQ FIELDS [TYPE BODY]: 401, and then with credentials
asks() {
    request "$1" "$2" '[branch]' "$3" "${@:4}"
    [ "$1" != INVITE ] || got 100 'optional="true"'
    got 401 'auth="true"'
    if [ "$1" = INVITE ]; then
        request ACK "$2" '[branch-3]' ''
    fi
    request "$1" $(($2 + 1)) "${SAME:-[branch]}" "$3$LOGIN" "${@:4}"
}

# within: what follows is in the dialog of the response that had rrs="true"
within() { URI='[next_url]' TO='[peer_tag_param]'; }
without() { URI='sip:bob@[remote_ip]:[remote_port]' TO='' ID=$1; }

asking() {
    without o
    asks OPTIONS 1 ''
    got 200
    without m
    asks MESSAGE 1 '' text/plain 'hello'
    got 200
    without n
    asks NOTIFY 1 '
Event: presence
Subscription-State: active'
    got 200

    # a session: reliable response and PRACK, UPDATE, INFO, an INVITE within, BYE
    without i
    asks INVITE 1 '
Allow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE, INFO
Supported: 100rel' application/sdp "$SDP"
    got 100 'optional="true"'
    cat <<'X'
  <recv response="183" rrs="true">
    <action><ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" check_it="true" assign_to="rseq"/></action>
  </recv>
X
    within
    asks PRACK 3 '
RAck: [$rseq] 2 INVITE'
    got 200
    got 200 'rrs="true"'
    request ACK 2 '[branch]' ''
    asks UPDATE 5 '' application/sdp "$SDP"
    got 200
    asks INFO 7 '' text/plain 'tone'
    got 200
    asks INVITE 9 '' application/sdp "$SDP"
    got 100 'optional="true"'
    got 200
    request ACK 10 '[branch]' ''
    asks BYE 11 ''
    got 200

    # one that is cancelled while it rings; CANCEL has the branch of its INVITE and is never challenged
    without c
    SAME='z9hG4bKcancel[pid]x[call_number]'
    asks INVITE 1 '
Supported: 100rel' application/sdp "$SDP"
    got 100 'optional="true"'
    got 183 'rrs="true"'
    request CANCEL 2 "$SAME" ''
    got 200
    got 487
    TO='[peer_tag_param]'
    request ACK 2 "$SAME" ''
    SAME=
}

# sipp knows MD5 alone
printf 'alice:127.0.0.1:%s\n' "$(printf 'alice:127.0.0.1:secret' | md5sum | cut -d ' ' -f 1)" >"$WORK/users"
: >"$WORK/answer.err"
"$SIPUSH" answer --listen udp:127.0.0.1:0 --listen tcp:127.0.0.1:0 --realm 127.0.0.1 --users "$WORK/users" --reliable \
    --timeout 120 >"$WORK/answer.out" 2>"$WORK/answer.err" &
RECV_PID=$!
for i in $(seq 100); do
    UDP=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' "$WORK/answer.err")
    TCP=$(sed -n 's/^listening tcp:.*:\([0-9]*\)$/\1/p' "$WORK/answer.err")
    [ -n "$UDP" ] && [ -n "$TCP" ] && break
    sleep 0.05
done
[ -n "$TCP" ] || die "the callee did not come up"
asking | scenario >"$WORK/asking.xml"
for transport in u1 t1; do
    [ $transport = u1 ] && port=$UDP || port=$TCP
    : >"$WORK/answer.out"
    timeout 100 sipp "127.0.0.1:$port" -sf "$WORK/asking.xml" -i 127.0.0.1 -t $transport -m "$CALLS" -r 10 -l 5 -nostdin \
        -trace_err -error_file "$WORK/asking-$transport.err" >"$WORK/asking-$transport.out" 2>&1 ||
        { cat "$WORK/asking-$transport.err"; tail -n 60 "$WORK/asking-$transport.out"; die "asking: sipp ended with another story"; }
    [ ! -s "$WORK/asking-$transport.err" ] || { cat "$WORK/asking-$transport.err"; die "asking: sipp had something to say"; }
    printf 'PASS  %-8s sipp asked, over %s: OPTIONS MESSAGE NOTIFY INVITE ACK PRACK UPDATE INFO BYE CANCEL, %s times\n' answer $transport "$CALLS"
done
kill "$RECV_PID"
wait "$RECV_PID" || true
RECV_PID=

# ---- sipp is asked

# reply STATUS FIELDS [TYPE BODY]: to the request that came last, or to that of VIA and CSEQ
reply() {
    message "${AGAIN}" "SIP/2.0 $1
${VIA:-[last_Via:]}
[last_From:]
[last_To:]$TO
[last_Call-ID:]
${CSEQ:-[last_CSeq:]}$2" "${@:3}"
}

comes() { printf '  <recv request="%s"%s\n' "$1" "${2:-/>}"; }

# challenged METHOD: 401
challenged() {
    comes "$1"
    reply '401 Unauthorized' '
WWW-Authenticate: Digest realm="sipp", nonce="[call_number]a[pid]", qop="auth", algorithm=MD5'
    [ "$1" != INVITE ] || comes ACK
}

# allowed METHOD NC [VARIABLE]: credentials that are right, the nonce for the NCth time; its Via is kept
allowed() {
    comes "$1" ">
    <action>
      <verifyauth assign_to=\"ok\" username=\"alice\" password=\"secret\"/>
      <ereg regexp=\"nc=0000000$2\" search_in=\"hdr\" header=\"Authorization:\" check_it=\"true\" assign_to=\"nc\"/>
      <ereg regexp=\"SIP/.*\" search_in=\"hdr\" header=\"Via:\" assign_to=\"${3:-via}\"/>
    </action>
  </recv>
  <nop hide=\"true\" condexec=\"ok\" condexec_inverse=\"true\"><action><error message=\"$1: the credentials are wrong\"/></action></nop>"
}

CONTACT='
Contact: <sip:bob@[local_ip]:[local_port];transport=[transport]>'

one() { # of a method outside of dialogs
    AGAIN= TO=';tag=[pid]t[call_number]'
    challenged "$1"
    allowed "$1" 1
    reply '200 OK' ''
}

session() {
    AGAIN= TO=';tag=[pid]t[call_number]'
    challenged INVITE
    allowed INVITE 1 invite
    AGAIN='retrans="500"'
    reply '183 Session Progress' "$CONTACT
Allow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE, INFO
Require: 100rel
RSeq: 4711" application/sdp "$SDP"
    TO='' AGAIN=
    allowed PRACK 2
    reply '200 OK' ''
    VIA='Via: [$invite]' CSEQ='CSeq: 2 INVITE' AGAIN='retrans="500"'
    reply '200 OK' "$CONTACT"
    VIA='' CSEQ='' AGAIN=
    # 13.2.2.4: the ACK has what its INVITE had
    comes ACK '>
    <action><ereg regexp="nc=00000001" search_in="hdr" header="Authorization:" check_it="true" assign_to="nc"/></action>
  </recv>'
    allowed UPDATE 3
    reply '200 OK' "$CONTACT" application/sdp "$SDP"
    challenged INFO
    allowed INFO 1
    reply '200 OK' ''
    allowed INVITE 4
    AGAIN='retrans="500"'
    reply '200 OK' "$CONTACT" application/sdp "$SDP"
    AGAIN=
    comes ACK
    allowed BYE 5
    reply '200 OK' ''
}

cancelled() {
    AGAIN= TO=';tag=[pid]t[call_number]'
    challenged INVITE
    allowed INVITE 1
    reply '180 Ringing' "$CONTACT"
    comes CANCEL
    reply '200 OK' ''
    CSEQ='CSeq: 2 INVITE' AGAIN='retrans="500"'
    reply '487 Request Terminated' ''
    CSEQ='' AGAIN=
    comes ACK
}

# answers NAME STORY... -- CALL...: what sipp does, and what is asked of it
answers() {
    local name=$1 story=() transport
    shift
    while [ "$1" != -- ]; do
        story+=("$1")
        shift
    done
    shift
    { "${story[@]}"; printf '  <Reference variables="nc,via"/>\n'; } | scenario >"$WORK/$name.xml"
    for transport in udp tcp; do
        timeout 60 sipp -sf "$WORK/$name.xml" -i 127.0.0.1 -p "$PORT" -t "${transport:0:1}1" -m 1 -nostdin \
            -trace_err -error_file "$WORK/$name-$transport.err" >"$WORK/$name-$transport.out" 2>&1 &
        RECV_PID=$!
        sleep 0.5
        timeout 50 "$SIPUSH" call "$1" "sip:bob@127.0.0.1:$PORT;transport=$transport" --from sip:alice@127.0.0.1 --user alice \
            --password-file "$WORK/password" --timeout 30 "${@:2}" >"$WORK/$name-$transport.said" 2>&1 ||
            { cat "$WORK/$name-$transport.said" "$WORK/$name-$transport.err" || true; die "$name, $transport: sipush call failed"; }
        wait "$RECV_PID" || { cat "$WORK/$name-$transport.err"; RECV_PID=; die "$name, $transport: sipp ended with another story"; }
        RECV_PID=
        [ ! -s "$WORK/$name-$transport.err" ] || { cat "$WORK/$name-$transport.err"; die "$name, $transport: sipp had something to say"; }
    done
    printf 'PASS  %-8s sipp was asked, over u1 and t1: %s\n' call "$name"
}

echo secret >"$WORK/password"
echo hello >"$WORK/text"
printf '%s\r\n' v=0 'o=- 1 1 IN IP4 127.0.0.1' s=- 'c=IN IP4 127.0.0.1' 't=0 0' 'm=audio 6000 RTP/AVP 0' >"$WORK/offer"
printf 'UPDATE --body %s --type application/sdp\nINFO --body %s --type text/plain\nINVITE --body %s --type application/sdp\nBYE\n' \
    "$WORK/offer" "$WORK/text" "$WORK/offer" >"$WORK/script"
answers OPTIONS one OPTIONS -- OPTIONS
answers MESSAGE one MESSAGE -- MESSAGE --body "$WORK/text" --type text/plain
answers NOTIFY one NOTIFY -- NOTIFY --header 'Event: presence' --header 'Subscription-State: active'
answers 'INVITE-ACK-PRACK-UPDATE-INFO-BYE' session -- INVITE --body "$WORK/offer" --type application/sdp --in-dialog "$WORK/script"
answers CANCEL cancelled -- CANCEL
