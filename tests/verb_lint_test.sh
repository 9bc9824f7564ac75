#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/verb_lint_test.sh -- `sipush lint` as people use it: findings, exit codes, streams, captures, JSON.
set -u
cd "$(dirname "$0")/.." || exit 1
SIPUSH=${BUILD:-build}/sipush
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# check NAME CODE PATTERN COMMAND...: the command ends with CODE and a line of stdout matches PATTERN (empty: none is
# printed).
check() {
    name=$1 want=$2 pattern=$3
    shift 3
    "$@" >"$work/out" 2>"$work/err"
    code=$?
    if [ -n "$pattern" ]; then
        grep -qE -- "$pattern" "$work/out"
    else
        [ ! -s "$work/out" ]
    fi
    if [ $? -eq 0 ] && [ $code -eq "$want" ]; then
        passed=$((passed + 1))
    else
        echo "FAIL $name: exit $code, wanted $want and '$pattern'"
        cat "$work/out" "$work/err"
        failed=$((failed + 1))
    fi
}

torture=tests/corpus/rfc4475
message() { printf '%s\r\n' "MESSAGE sip:a@b SIP/2.0" "Via: SIP/2.0/$1 h;branch=z9hG4bK1" "Max-Forwards: 70" \
    "To: <sip:a@b>" "From: <sip:c@d>;tag=1" "Call-ID: $2" "CSeq: 1 MESSAGE" "Content-Type: text/plain" \
    "Content-Length: 2" "" && printf hi; }

check place 1 "^$torture/quotbal\.dat:2:42: error: To: .*\(display-name\) \[RFC 3261 .*20\.39\]$" \
    "$SIPUSH" lint $torture/quotbal.dat
check several 1 'Route=|RFC 3261 .*19\.1\.1' "$SIPUSH" lint $torture/noreason.dat $torture/escruri.dat
check warning 0 'warning: .*Supported.*20\.37' "$SIPUSH" lint $torture/esc01.dat
check leniency 0 'note: .*RFC 5118 .*4\.5' "$SIPUSH" lint tests/corpus/rfc5118/via-received-param-with-delim.dat
check nothing 0 '' "$SIPUSH" lint tests/corpus/rfc5118/ipv6-good.dat
check json 1 '^\{"ev":"finding","v":1,.*"line":2,"column":42,"severity":"error","field":"To"' \
    "$SIPUSH" lint --json $torture/quotbal.dat

message UDP 1 >"$work/udp"
{ message TCP 1; message TCP 2; } >"$work/tcp"
check message 0 '' "$SIPUSH" lint "$work/udp"
check standard_input 0 '' sh -c '"$1" lint - <"$2"' sh "$SIPUSH" "$work/udp"
check stream 0 '' "$SIPUSH" lint --transport tcp "$work/tcp"
check trailing 0 'warning: octets follow the body .*18\.3' "$SIPUSH" lint "$work/tcp"
head -c 300 "$work/tcp" >"$work/cut"
check cut 1 'error: the message is cut short' "$SIPUSH" lint --transport tcp "$work/cut"
sed 's/^Content-Length.*//' "$work/udp" >"$work/nolength"
check broken_stream 1 'error' "$SIPUSH" lint --transport tcp "$work/nolength"

# a reference is RFC 4483's by its access-type alone
message UDP 1 | sed 's|text/plain|message/external-body;access-type=local-file;name=x|' >"$work/local"
check other_access_type 0 '' "$SIPUSH" lint "$work/local"
message UDP 1 | sed 's|text/plain|message/external-body;access-type=URL|' >"$work/nourl"
check no_url 1 'error: the reference has no URL .*RFC 4483 .*5\.4' "$SIPUSH" lint "$work/nourl"

printf 'v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\n' >"$work/sdp"
printf 'v=0\r\no=- 1 1 IN IP4\r\ns=-\r\nt=0 0\r\n' >"$work/badsdp"
check sdp 0 '' "$SIPUSH" lint "$work/sdp"
check bad_sdp 1 'badsdp:2:[0-9]+: error: .*RFC 8866' "$SIPUSH" lint --protocol sdp "$work/badsdp"
# media LINES...: a description with an m= of MSRP
media() { printf '%s\r\n' 'v=0' 'o=- 1 1 IN IP4 192.0.2.1' 's=-' 'c=IN IP4 192.0.2.1' 't=0 0' "$@"; }
media 'm=message 2855 TCP/MSRP *' 'a=accept-types:text/plain message/cpim' 'a=setup:actpass' \
    'a=path:msrp://r.example.com:1/abc;tcp msrp://192.0.2.1:2855/0123456789abcdef;tcp' >"$work/good_media"
check media 0 '' "$SIPUSH" lint "$work/good_media"
# wrong NAME PATTERN SCRIPT: the same with something wrong
wrong() {
    sed "$3" "$work/good_media" >"$work/$1"
    check "$1" "${4:-1}" "$2" "$SIPUSH" lint "$work/$1"
}
wrong media_host ':9:39: error: the host of the last URI .*4975 .*8\.1' 's/c=IN IP4 192.0.2.1/c=IN IP4 192.0.2.2/'
wrong media_port ':9:39: error: the port of the last URI .*4975 .*8\.1' 's/message 2855/message 2856/'
wrong media_no_port ':9:8: error: a URI in a path has its port .*8\.2' 's/example.com:1/example.com/'
wrong media_no_session ':9:39: error: the last URI names no session .*8\.2' 's/.0123456789abcdef//'
wrong media_short ':9:39: warning: so short a session-id .*14\.1' 's/0123456789abcdef/abc/' 0
wrong media_no_path ':6:1: error: .*path.*8\.2' '/^a=path/d'
wrong media_bad_path ':9:9: error: .*MSRP-URI' 's/path:msrp/path:mrsp/'
wrong media_no_types ':6:1: error: .*accept-types.*8\.6' '/^a=accept/d'
wrong media_no_cpim ':7:16: warning: message/cpim.*8\.6' 's/ message.cpim//' 0
wrong media_no_setup ':6:1: warning: who connects .*6135 .*4\.2\.1' '/^a=setup/d' 0
wrong media_holdconn ':6:1: error: holdconn .*6135' 's/actpass/holdconn/'
wrong media_connection ':8:3: error: a=connection .*6135 .*4\.4' 's/setup:actpass/connection:new/'
# frame ID MESSAGE RANGE BODY FLAG: a SEND
frame() {
    printf 'MSRP %s0123456789 SEND\r\nTo-Path: msrp://h:1/0123456789abcdef;tcp\r\nFrom-Path: msrp://i:2/fedcba9876543210;tcp\r\n' "$1"
    printf 'Message-ID: %s\r\nByte-Range: %s\r\nContent-Type: text/plain\r\n\r\n%s\r\n-------%s0123456789%s\r\n' "$2" "$3" "$4" "$1" "$5"
}
frame aaaa m123 1-2/2 hi '$' >"$work/msrp"
check msrp 0 '' "$SIPUSH" lint "$work/msrp"
head -c 100 "$work/msrp" >"$work/cutmsrp"
check cut_msrp 1 'error: the last frame is cut' "$SIPUSH" lint "$work/cutmsrp"
{ sed '/^Message-ID/d' "$work/msrp"; } >"$work/badmsrp"
check bad_msrp 1 ':6:1: error: each chunk has a Message-ID .*7\.1\.1' "$SIPUSH" lint "$work/badmsrp"
{ frame aaaa m123 '1-*/9' hello + && frame bbbb m124 1-2/2 hi '$' && frame cccc m123 6-9/9 'you!' '$'; } >"$work/chunks"
check msrp_chunks 0 '' "$SIPUSH" lint "$work/chunks"
{ frame aaaa m123 '1-*/9' hello + && frame cccc m123 7-9/9 'ou!' '$'; } >"$work/gap"
check msrp_gap 1 ':14:13: error: octets before this range .*7\.1\.1' "$SIPUSH" lint "$work/gap"
frame aaaa m123 '1-*/9' hello + >"$work/open"
check msrp_open 0 'note: a message has no last chunk here' "$SIPUSH" lint "$work/open"
{ frame aaaa m123 1-2/2 hi '$' && printf 'MSRP -bad- SEND\r\n\r\n' && frame bbbb m124 1-3/2 hi '$'; } >"$work/resumed"
check msrp_broken 1 ':10:6: error: .*transact-id' "$SIPUSH" lint "$work/resumed"
check msrp_goes_on 1 ':16:17: error: the range ends before' "$SIPUSH" lint "$work/resumed"
note="$(printf 'From: <im:a@b>\r\nTo: <im:c@d>\r\n\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn><message-id>x</message-id></imd>')"
frame aaaa m123 "1-${#note}/${#note}" "$note" '$' | sed 's|text/plain|message/cpim|' >"$work/imdn"
check msrp_imdn 1 ':13:33: error: .*ETag.*RFC 5438 .*11' "$SIPUSH" lint "$work/imdn"
frame aaaa m123 1-8/8 'From: <x' '$' | sed 's|text/plain|message/cpim|' >"$work/cpim"
check msrp_cpim 1 ':8:9: error: .*CRLF.*RFC 3862 .*2' "$SIPUSH" lint "$work/cpim"

# a capture of our own: pushes in both modes, as the endpoint writes it
"$SIPUSH" send --dry-run -m hello sip:a@127.0.0.1 >"$work/dry" 2>/dev/null
mkdir "$work/in"
"$SIPUSH" recv --dir "$work/in" --count 2 --listen udp:127.0.0.1:0 --listen tcp:127.0.0.1:0 \
    >"$work/recv.out" 2>"$work/recv.err" &
pid=$!
port=
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    port=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' "$work/recv.err" | head -n 1)
    [ -n "$port" ] && break
    sleep 0.1
done
"$SIPUSH" send -q --trace "$work/pager.pcap" --trace "$work/pager.json" --trace "$work/pager.txt" "sip:a@127.0.0.1:$port" -m hello >/dev/null 2>&1
head -c 100000 /dev/zero >"$work/file"
"$SIPUSH" send -q --mode session --trace "$work/session.pcap" --trace "$work/session.json" "sip:a@127.0.0.1:$port" \
    "$work/file" >/dev/null 2>&1
wait $pid
check pager_capture 0 '' "$SIPUSH" lint "$work/pager.pcap"
check session_capture 0 'warning|^$' sh -c '"$1" lint "$2"; code=$?; echo; exit $code' sh "$SIPUSH" "$work/session.pcap"
# messages FILE...: what lint counted
messages() { "$SIPUSH" lint "$@" 2>&1 >/dev/null | sed -n 's/^\([0-9]* messages\).*/\1/p'; }
check counted 0 '^2 messages' messages "$work/pager.pcap"
check trace 0 '' "$SIPUSH" lint "$work/pager.json"
check trace_counted 0 '^2 messages' messages "$work/pager.json"
check session_trace 0 'warning|^$' sh -c '"$1" lint "$2"; code=$?; echo; exit $code' sh "$SIPUSH" "$work/session.json"
check passed_over 0 'session.json: [1-9][0-9]* messages passed over' sh -c '"$1" lint "$2" 2>&1' sh "$SIPUSH" \
    "$work/session.json"
check ladder 9 '' "$SIPUSH" lint "$work/pager.txt"
sed 's/Max-Forwards: 70/Max-Forwards: 700/' "$work/pager.json" >"$work/bad.json"
check bad_trace 1 '^[^ ]*bad.json#[0-9]*:[0-9]*:[0-9]*: error: Max-Forwards' "$SIPUSH" lint "$work/bad.json"

# the same capture as pcapng, in both orders of octets; its first packet once more as a simple block
ng() {
    perl -e '
        my ($u4, $u2) = $ARGV[1] eq "le" ? ("V", "v") : ("N", "n");
        local $/; open my $f, "<:raw", $ARGV[0]; my $pcap = <$f>;
        sub block { my ($type, $body) = @_; $body .= "\0" x (-length($body) % 4);
            my $len = pack($u4, length($body) + 12); return pack($u4, $type) . $len . $body . $len }
        my $out = block(0x0a0d0d0a, pack("$u4$u2$u2$u4$u4", 0x1a2b3c4d, 1, 0, 0xffffffff, 0xffffffff));
        $out .= block(1, pack("$u2$u2$u4", unpack("V", substr($pcap, 20, 4)), 0, 0));
        my $first;
        for (my $at = 24; $at < length $pcap;) {
            my $len = unpack("V", substr($pcap, $at + 8, 4));
            my $packet = substr($pcap, $at + 16, $len);
            $first //= $packet;
            $out .= block(6, pack("$u4$u4$u4$u4$u4", 0, 0, 0, $len, $len) . $packet);
            $at += 16 + $len;
        }
        print $out, block(3, pack($u4, length $first) . $first), block(5, "statistics")' "$1" "$2"
}
for order in le be; do
    ng "$work/pager.pcap" $order >"$work/$order.pcapng"
    check pcapng_$order 0 '' "$SIPUSH" lint "$work/$order.pcapng"
    check pcapng_${order}_counted 0 '^3 messages' messages "$work/$order.pcapng"
done
head -c 200 "$work/le.pcapng" >"$work/cut.pcapng"
check pcapng_cut 0 '' "$SIPUSH" lint "$work/cut.pcapng"

check no_file 9 '' "$SIPUSH" lint "$work/none"
check no_operand 2 '' "$SIPUSH" lint
check bad_option 2 '' "$SIPUSH" lint --protocol xmpp "$work/udp"
check help 0 'usage|lint' "$SIPUSH" lint --help

# every message of the torture test: an error exactly where the verdict is one
for file in tests/corpus/rfc5118/*.dat; do
    case $file in
    *ipv6-bad.dat) check "$file" 1 error "$SIPUSH" lint "$file" ;;
    *) check "$file" 0 '' sh -c '"$1" lint -q "$2" | grep error; [ $? -eq 1 ]' sh "$SIPUSH" "$file" ;;
    esac
done

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
