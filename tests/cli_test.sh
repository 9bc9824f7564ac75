#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/cli_test.sh -- the options of `sipush send` and `sipush recv`, a row each, between processes on loopback; part of `make test`.
#
# The last line is `N passed, N failed`, as tests/run.sh wants it. ROW=name runs one row.
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
SIPUSH=$PWD/$BUILD/sipush
case $BUILD in /*) SIPUSH=$BUILD/sipush ;; esac
WORK=$(mktemp -d) || exit 1
passed=0 failed=0
. tests/lib.sh
trap 'cleanup; chmod -R u+w "$WORK" 2>/dev/null; rm -rf "$WORK"' EXIT
unset XDG_CONFIG_HOME HOME
[ -x "$SIPUSH" ] || { echo "$SIPUSH is not built"; echo "0 passed, 1 failed"; exit 1; }

row() { # row NAME: runs the function of that name in a shell of its own
    [ "${ROW:-$1}" = "$1" ] || return 0
    mkdir -p "$WORK/$1"
    # not as the condition of an if: set -e would mean nothing in there
    (WORK=$WORK/$1; RECV_PID=; export SIPUSH_TIMEOUT=30; trap cleanup EXIT; set -e -o pipefail; cd "$WORK"; "$1") >"$WORK/$1.log" 2>&1
    if [ $? = 0 ]; then
        passed=$((passed + 1))
    else
        echo "FAIL $1"
        tail -n 8 "$WORK/$1.log"
        failed=$((failed + 1))
    fi
}
to() { "$SIPUSH" send -q --timeout 20 "$@"; }
has() { grep -q -e "$1" "$2" || { echo "no $1 in $2:"; cat "$2"; return 1; }; }
hasnot() { ! grep -q -e "$1" "$2" || { echo "$1 is in $2"; return 1; }; }

rules() {
    printf '%s\n' '# of the lab' 'skip name=*.tmp' 'accept from=sip:alice@* size<=2K' 'accept app-id=ulp.ua' 'decline 404 type=image/*' >r
    receiver r -q --json --dir in --rules r --app-id ulp.ua
    expect 0 to --from sip:alice@lab.example "127.0.0.1:$UDP" -m hello
    expect 6 to --from sip:bob@lab.example "127.0.0.1:$UDP" -m hello
    expect 0 to --from sip:bob@lab.example --app-id ulp.ua "127.0.0.1:$UDP" -m hello
    expect 6 to --from sip:bob@lab.example --app-id mms.ua "127.0.0.1:$UDP" -m hello
    head -c 3000 /dev/zero >x.png
    expect 6 "$SIPUSH" send -q --json --from sip:alice@lab.example "127.0.0.1:$UDP" x.png >s
    has '"status":404' s
    echo y >y.tmp
    expect 0 to "127.0.0.1:$UDP" y.tmp # skipped: taken and thrown away
    receiver_stop
    has '"ev":"skipped"' "$RECV_OUT"
    [ "$(grep -c '"ev":"delivered"' "$RECV_OUT")" = 2 ]
    [ "$(ls in | wc -l)" = 2 ]
    has '"app_id":"ulp.ua"' "$RECV_OUT"
}
trusted() { # who sends is whom a neighbour asserts that is trusted, else From
    printf 'accept from=sip:alice@*\ndecline 403\n' >r
    echo hi >t
    for trust in 127.0.0.1 none; do
        one=$trust
        [ $trust != none ] || one=127.0.0.2:5060
        receiver $trust -q --json --dir in-$trust --rules r --trust 192.0.2.1:5060 --trust "$one"
        for row in mallory:alice mallory:bob alice:bob alice:; do
            name=${row#*:}
            "$SIPUSH" call -q --timeout 20 MESSAGE "sip:x@127.0.0.1:$UDP" --from "sip:${row%:*}@lab.example" ${name:+--header "P-Asserted-Identity: <sip:$name@lab.example>"} \
                --body t --type text/plain >/dev/null && echo "$trust $row"
        done >>took || true
        receiver_stop
        [ $trust = none ] || heard=$RECV_OUT
    done
    [ "$(tr '\n' ',' <took)" = '127.0.0.1 mallory:alice,127.0.0.1 alice:,none alice:bob,none alice:,' ] || { cat took; return 1; }
    has '"from":"sip:alice@lab.example"' "$heard"
    expect 2 "$SIPUSH" recv --trust lab.example 2>e
    has 'needs an address' e
}
rules_wrong() {
    printf 'accept\n decline 299\n' >r
    expect 2 "$SIPUSH" recv --rules r 2>e
    has 'r:2:10: a status is' e
    expect 2 "$SIPUSH" recv --rules nothere 2>e
}
have_hash() { # known by its hash: one octet goes, nothing is stored twice
    printf 'skip have-hash\naccept\n' >r
    head -c 300000 /dev/urandom >f.bin
    receiver r -q --json --dir in --rules r
    expect 0 to "127.0.0.1:$UDP" f.bin
    expect 0 to --trace t.pcap "127.0.0.1:$UDP" f.bin
    receiver_stop
    cmp f.bin in/f.bin
    [ "$(ls in)" = f.bin ]
    has '"ev":"present"' "$RECV_OUT"
    [ "$(stat -c %s t.pcap)" -lt 20000 ]
}
on_push() {
    cat >hook <<'SH'
#!/bin/sh
printf '%s|%s|%s|%s|%s|%s|%s\n' "$SIPUSH_FILE" "$SIPUSH_FROM" "$SIPUSH_TYPE" "$SIPUSH_SIZE" "$SIPUSH_HASH" "$SIPUSH_APP_ID" "$*" >>out
SH
    chmod +x hook
    receiver r -q --dir in --count 2 --on-push './hook a $(touch no) ;b'
    echo text >'a;b$(x).txt'
    expect 0 to --from sip:alice@lab.example "127.0.0.1:$UDP" 'a;b$(x).txt'
    expect 0 to "127.0.0.1:$UDP" -m two
    receiver_ends
    has 'in/a;b$(x).txt|sip:alice@lab.example|text/plain|5|sha-1:[0-9A-F:]*||a $(touch no) ;b' out
    [ "$(wc -l <out)" = 2 ]
    [ ! -e no ]
}
on_push_shell() {
    receiver r -q --dir in --once --shell --on-push 'echo "$SIPUSH_SIZE" >size; exit 3'
    expect 0 to "127.0.0.1:$UDP" -m four
    receiver_ends
    [ "$(cat size)" = 4 ]
    expect 2 "$SIPUSH" recv --shell 2>e
}
expired() {
    receiver r -q --json --dir in
    expect 0 to --expires 60 --trace t.json "127.0.0.1:$UDP" -m fresh
    has 'Expires: 60' t.json
    has 'Date: ' t.json
    receiver_stop
    has '"expired":false' "$RECV_OUT"
    receiver r -q --json --dir in --drop-expired
    expect 0 to --expires 60 "127.0.0.1:$UDP" -m fresh
    receiver_stop
}
# 3428-7-6 3428-7-7 3428-7-8 3428-7-9
late() { # Expires counts from Date, or from when it came: what is later is marked, or declined where that is wanted
    local old='Date: Sat, 13 Nov 2010 23:29:00 GMT' soon
    receiver r --json --dir in
    [ "$(message text/plain one "$old" 'Expires: 60')" = 200 ]
    has '"ev":"delivered".*"expired":true' "$RECV_OUT"
    [ "$(message text/plain two "$old")" = 200 ] # it never expires
    [ "$(message text/plain three 'Expires: 60')" = 200 ] # from now on
    soon=$(LC_ALL=C date -u -d '-50 seconds' '+%a, %d %b %Y %H:%M:%S GMT')
    [ "$(message text/plain four "Date: $soon" 'Expires: 60')" = 200 ]
    has '"expired":false' "$RECV_OUT"
    receiver_stop
    [ "$(grep -c '"expired":true' "$RECV_OUT")" = 1 ]
    has 'it came after it had expired' "$RECV_ERR"
    receiver r2 -q --json --dir in2 --drop-expired
    [ "$(message text/plain one "$old" 'Expires: 60')" = 603 ]
    [ "$(message text/plain two "$old")" = 200 ]
    [ "$(message text/plain four "Date: $soon" 'Expires: 60')" = 200 ]
    soon=$(LC_ALL=C date -u -d '-70 seconds' '+%a, %d %b %Y %H:%M:%S GMT')
    [ "$(message text/plain five "Date: $soon" 'Expires: 60')" = 603 ]
    receiver_stop
    [ "$(ls in2 | wc -l)" = 2 ]
    mkfifo tty # a person takes his time
    (sleep 20 >tty) & local hold=$! i
    setsid "$SIPUSH" recv -q --listen udp:127.0.0.1:0 --dir in3 --ask --drop-expired <tty >out 2>err & RECV_PID=$!
    wait_for '^listening udp' err
    UDP=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' err)
    (sleep 2.5; echo y >tty) &
    [ "$(message text/plain six 'Expires: 1')" = 603 ]
    kill $hold 2>/dev/null || true
    receiver_stop
    [ -z "$(ls in3)" ]
}
ask() { # answers come from stdin where there is no terminal
    mkfifo tty
    (sleep 20 >tty) & local hold=$! i
    setsid "$SIPUSH" recv --listen udp:127.0.0.1:0 --dir in --ask <tty >out 2>err & RECV_PID=$!
    for i in $(seq 100); do UDP=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' err); [ -z "$UDP" ] || break; sleep 0.05; done
    (sleep 0.5; echo y >tty) &
    expect 0 to "127.0.0.1:$UDP" -m yes
    (sleep 0.5; echo n >tty) &
    expect 6 to "127.0.0.1:$UDP" -m no
    receiver_stop
    kill $hold 2>/dev/null || true
    has 'take a message (text/plain, 3 octets) from sip:anonymous@anonymous.invalid? ' err
    [ "$(ls in | wc -l)" = 1 ]
}
several() {
    local one two
    head -c 100000 /dev/urandom >f.bin
    receiver one -q --dir in1 --once; one=$RECV_PID
    local first=$UDP
    receiver two -q --dir in2 --once; two=$RECV_PID
    expect 3 "$SIPUSH" send -q --json --to "127.0.0.1:$first" --to "127.0.0.1:9" --to "127.0.0.1:$UDP" --jobs 2 f.bin >s
    wait $one; wait $two; RECV_PID=
    cmp f.bin in1/f.bin
    cmp f.bin in2/f.bin
    [ "$(grep -c '"ev":"receiver"' s)" = 3 ]
    tail -n 1 s >last
    has '"ev":"result","v":1,"receivers":3,"delivered":2,"exit":3' last
}
nobody() {
    for mode in pager session; do
        expect 3 "$SIPUSH" send -q --json --mode $mode 127.0.0.1:9 -m x >s
        has '"error":"TRANSPORT"' s
    done
}
folder() {
    echo x >file
    expect 9 "$SIPUSH" recv --dir file 2>e
    hasnot listening e
    expect 9 "$SIPUSH" recv --dir file/below 2>e
    hasnot listening e
}
message() { # message TYPE BODY [FIELD]: a MESSAGE by hand to $UDP; its final status is printed
    python3 - "$UDP" "$@" <<'PY'
import os, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
s.settimeout(10)
body = sys.argv[3].replace("\n", "\r\n").encode()
id = os.urandom(8).hex()
head = ["MESSAGE sip:a@127.0.0.1 SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%s;rport" % (s.getsockname()[1], id),
        "Max-Forwards: 70", "From: <sip:hand@lab.example>;tag=1", "To: <sip:a@127.0.0.1>", "Call-ID: " + id, "CSeq: 1 MESSAGE",
        "Content-Type: " + sys.argv[2]] + sys.argv[4:] + ["Content-Length: %d" % len(body), "", ""]
s.sendto("\r\n".join(head).encode() + body, ("127.0.0.1", int(sys.argv[1])))
while True:
    got = s.recv(65536).decode()
    if not got.startswith("SIP/2.0 1"):
        break
print(got[8:11], *[line for line in got.split("\r\n") if line.startswith("Accept:")])
PY
}
served() { # a server of files over http, from www: sets URL
    mkdir -p www
    cat >server.py <<'PY'
import http.server
class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        print("asked", self.path, self.headers["Accept"], flush=True)
        super().do_GET()
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print("port", server.server_port, flush=True)
server.serve_forever()
PY
    (cd www && exec python3 -u ../server.py >../http.log 2>&1) & HTTP=$!
    trap "kill $HTTP; cleanup" EXIT
    wait_for '^port' http.log
    URL=http://127.0.0.1:$(sed -n 's/^port //p' http.log)
}
# 4483-4-1 4483-4-2 4483-4-3 4483-4-13 4483-5.2-1 4483-5.2-2 4483-5.4-1 4483-7-2 4483-7-4
references() { # the content comes by http from a server, or by a command
    served
    local url=$URL
    head -c 400000 /dev/urandom >www/big.bin
    cp www/big.bin big.bin
    receiver r --json --dir in --fetch "$url/*" --fetch-private
    expect 0 to --reference "$url/big.bin" "127.0.0.1:$UDP" big.bin
    wait_for '"ev":"delivered".*"mode":"reference"' "$RECV_OUT"
    cmp big.bin in/big.bin
    expect 0 to --reference "$url/nothere" "127.0.0.1:$UDP" big.bin
    wait_for 'the server says 404' "$RECV_OUT"
    head -c 400000 /dev/urandom >www/other.bin
    expect 0 to --reference "$url/other.bin" "127.0.0.1:$UDP" big.bin
    wait_for 'size or hash differs' "$RECV_OUT"
    head -c 500000 /dev/urandom >www/larger.bin
    expect 0 to --reference "$url/larger.bin" "127.0.0.1:$UDP" big.bin
    wait_for 'larger than may be' "$RECV_OUT"
    receiver_stop
    [ "$(ls in)" = big.bin ]
    receiver r2 --json --dir in2 --fetch 'http:*'
    expect 0 to --reference "$url/big.bin" "127.0.0.1:$UDP" big.bin
    wait_for 'one of this machine or net' "$RECV_OUT"
    receiver_stop
    receiver r3 --json --dir in3 --fetch 'x:*' --fetch-with ./fetcher --once
    printf '#!/bin/sh\n[ "$SIPUSH_URL" = "$1" ] && exec cat big.bin\n' >fetcher
    chmod +x fetcher
    expect 0 to --reference x:anything "127.0.0.1:$UDP" big.bin
    receiver_ends
    cmp big.bin in3/big.bin
}
# 4483-4-4 4483-4-5 4483-4-7 4483-4-10 4483-5.3-1 4483-5.8-2 4483-5.13-1
references_judged() { # by what a reference says, before it is answered; nothing is asked of a server
    served
    local url=$URL ref='message/external-body;access-type=URL;expiration="Mon, 24 Jun 2052 09:00:00 GMT"'
    echo text >www/a.txt
    echo png >www/b.png
    local png=$'Content-Type: image/png\nContent-Disposition: attachment;filename="p.png"\nContent-Description: attachment;filename=d.exe\n\n'
    receiver r -q --json --dir in --fetch "$url/*" --fetch-private --max-size 10K --accept-types text/plain,image/png
    [ "$(message "$ref;URL=\"$url/b.png\"" "${png/image/video}")" = "415 Accept: text/plain,image/png, message/external-body, multipart/*" ]
    [ "$(message "$ref;URL=\"$url/b.png\";size=20000" "$png")" = 513 ]
    [ "$(message "$ref;URL=\"http://elsewhere.invalid/b.png\"" "$png")" = 403 ]
    [ "$(message "${ref/2052/2012};URL=\"$url/b.png\"" "$png")" = 603 ]
    [ "$(message "${ref/2052/2013};URL=\"$url/b.png\"" "$png")" = 603 ] # its weekday is wrong too
    [ "$(message "$ref;URL=\"$url/b.png\";size=x" "$png")" = 400 ]
    [ "$(message "$ref" "$png")" = 400 ]
    hasnot asked http.log
    [ "$(message "$ref;URL=\"$url/b.png\"" "$png")" = 200 ]
    wait_for '"ev":"delivered".*"type":"image/png"' "$RECV_OUT"
    [ "$(ls in)" = p.png ] # the comment says nothing of that
    has 'asked /b.png text/plain,image/png' http.log
    # a type that only the server tells
    [ "$(message "$ref;URL=\"$url/a.txt\"" "")" = 200 ]
    wait_for '"ev":"delivered".*"path":"in/a.txt".*"type":"text/plain"' "$RECV_OUT"
    echo zip >www/c.zip
    [ "$(message "$ref;URL=\"$url/c.zip\"" "")" = 200 ]
    wait_for 'its type is not taken' "$RECV_OUT"
    receiver_stop
    [ "$(ls in | tr '\n' ' ')" = "a.txt p.png " ]
    receiver none -q --json --dir in2 # nobody fetches
    [ "$(message "$ref;URL=\"$url/a.txt\"" "")" = "415 Accept: text/*, image/*, audio/*, video/*, application/*, multipart/*, message/cpim" ]
    receiver_stop
    printf 'skip have-hash\naccept name=*.txt type=text/*\ndecline 488\n' >rules
    receiver ruled -q --json --dir in3 --rules rules --fetch "$url/*" --fetch-private
    cp www/a.txt a.txt
    expect 0 to --reference "$url/a.txt" "127.0.0.1:$UDP" a.txt
    wait_for '"ev":"delivered".*"path":"in3/a.txt"' "$RECV_OUT"
    asked=$(grep -c asked http.log)
    expect 0 to --reference "$url/a.txt" "127.0.0.1:$UDP" a.txt
    wait_for '"ev":"present".*"path":"in3/a.txt"' "$RECV_OUT"
    [ "$(grep -c asked http.log)" = $asked ]
    expect 6 "$SIPUSH" send -q --json --timeout 20 --reference "$url/b.png" "127.0.0.1:$UDP" www/b.png >s
    has '"status":488' s
    receiver_stop
}
# 4483-4-9 4483-5.9-1 4483-7-3
references_sent() { # size and hash are found out where they can be; the content itself goes where references are not taken
    served
    head -c 70000 /dev/urandom >www/f.bin
    cp www/f.bin f.bin
    receiver r -q --json --dir in --fetch "$URL/*" --fetch-private
    expect 0 "$SIPUSH" send --timeout 20 --reference "$URL/f.bin" "127.0.0.1:$UDP" 2>e
    wait_for '"ev":"delivered".*"mode":"reference"' "$RECV_OUT"
    has '"ev":"reference".*"bytes":70000,"hash":"sha-1:[0-9A-F:]*"' "$RECV_OUT"
    [ "$(grep -c asked http.log)" = 2 ]
    expect 3 "$SIPUSH" send --timeout 20 --reference "$URL/nothere" "127.0.0.1:$UDP" 2>e
    has 'the server says 404' e
    expect 0 "$SIPUSH" send --timeout 20 --no-hash --reference "$URL/f.bin" "127.0.0.1:$UDP" 2>e
    has 'nobody can check it' e
    wait_for '"ev":"delivered".*"path":"in/f.bin~2"' "$RECV_OUT"
    receiver_stop
    receiver none -q --json --dir in2 --count 1
    expect 0 "$SIPUSH" send --json --timeout 20 --reference "$URL/f.bin" "127.0.0.1:$UDP" f.bin >s 2>e
    receiver_ends
    cmp f.bin in2/f.bin
    has 'references are not taken there' e
    has '"status":415' s
    has '"ev":"result".*"mode":"session".*"exit":0' s
    receiver none2 -q --json --dir in3
    expect 6 to --mode pager --reference "$URL/f.bin" "127.0.0.1:$UDP" f.bin # the mode was chosen
    receiver_stop
}
# 4483-5.11-1
multipart() { # texts and files as the parts of one message, in both modes
    local mode
    head -c 300 /dev/urandom >b.png
    printf 'a\r\n--x\r\n' >a.txt
    for mode in pager session; do
        receiver r -q --json --dir in-$mode --count 1
        expect 0 to --multipart --mode $mode "127.0.0.1:$UDP" -m hello a.txt b.png
        receiver_ends
        cmp a.txt in-$mode/a.txt
        cmp b.png in-$mode/b.png
        [ "$(cat in-$mode/message.txt)" = hello ]
        [ "$(grep -c '"ev":"delivered".*"mode":"'$mode'"' "$RECV_OUT")" = 3 ]
        has '"ev":"offered".*"type":"multipart/mixed;boundary=' "$RECV_OUT"
    done
    head -c 5000000 /dev/urandom >large
    receiver large -q --dir in-large --count 1 --on-push 'sh -c "echo $0 >>runs"'
    expect 0 to --multipart "127.0.0.1:$UDP" large b.png
    receiver_ends
    cmp large in-large/large
    cmp b.png in-large/b.png
    served
    cp b.png www/b.png
    receiver mixed -q --json --dir in-mixed --count 1 --fetch "$URL/*" --fetch-private --accept-types text/plain,image/png
    expect 0 to --multipart --reference "$URL/b.png" "127.0.0.1:$UDP" -m 'it is there:' b.png
    receiver_ends
    cmp b.png in-mixed/b.png
    [ "$(cat in-mixed/message.txt)" = "it is there:" ]
    expect 2 to --multipart --parallel 127.0.0.1 a.txt 2>e
    expect 2 to 127.0.0.1 -m x a.txt 2>e
}
# 4483-5.5-1
parts() { # each part is judged by itself: a required one that is not taken refuses all, an optional one is left out
    local mixed='multipart/mixed;boundary=b'
    local text=$'--b\nContent-Type: text/plain\n\nhello\n' exe=$'--b\nContent-Type: application/x-exe\n%s\n\nMZ\n'
    receiver r -q --json --dir in --accept-types text/plain,image/png --max-size 1K
    [ "$(message "$mixed" "$text$(printf -- "$exe" 'X: y')"$'\n--b--\n')" = "415 Accept: text/plain,image/png, multipart/*" ]
    [ -z "$(ls in)" ]
    [ "$(message "$mixed" "$text$(printf -- "$exe" 'Content-Disposition: attachment;handling=optional')"$'\n--b--\n')" = 200 ]
    [ "$(ls in)" = message.txt ]
    # an optional part that says where it lies, and nobody fetches
    local out=$'--b\nContent-Type: message/external-body;access-type=URL;URL="http://a";expiration="Mon, 24 Jun 2052 09:00:00 GMT"\nContent-Disposition: render;handling=optional\n\nContent-Type: image/png\n\n'
    [ "$(message "$mixed" "$text$out--b--"$'\n')" = 200 ]
    [ "$(message "$mixed" "$text${out/optional/required}--b--"$'\n')" = "415 Accept: text/plain,image/png, multipart/*" ]
    # of alternatives the last that is taken
    local html=$'--b\nContent-Type: text/html\n\n<p>\n' other=$'--b\nContent-Type: text/plain;charset=utf-8\n\nother\n'
    [ "$(message 'multipart/alternative;boundary=b' "$text$other$html--b--"$'\n')" = 200 ]
    [ "$(cat in/message.txt~3)" = other ]
    [ "$(message 'multipart/alternative;boundary=b' "$html--b--"$'\n')" = "415 Accept: text/plain,image/png, multipart/*" ]
    [ "$(message "$mixed" "$text")" = 400 ] # it has no end
    [ "$(message 'multipart/mixed' "$text--b--")" = 400 ]
    [ "$(message "$mixed" '--b--')" = 400 ] # nor a part
    # what is called a file is one, of a type that is not taken
    [ "$(message "$mixed" "$text--b--"$'\n' 'Content-Disposition: attachment;filename="m.txt"')" = "415 Accept: text/plain,image/png, multipart/*" ]
    receiver_stop
    [ "$(ls in | wc -l)" = 3 ]
    # more than may be on the disk: none of them stays
    mkdir in2
    printf 'accept type=text/plain\naccept type=image/png size<=2\ndecline 606\n' >rules
    receiver r2 -q --json --dir in2 --rules rules
    [ "$(message "$mixed" "$text"$'--b\nContent-Type: image/png\n\nPNG\n--b--\n')" = 606 ]
    [ "$(message "$mixed" "$text"$'--b\nContent-Type: image/png\n\nPN\n--b--\n')" = 200 ]
    receiver_stop
    [ "$(ls in2 | tr '\n' ' ')" = "message.png message.txt " ]
}
wait_for() { # wait_for PATTERN FILE
    local i
    for i in $(seq 100); do ! grep -q -e "$1" "$2" || return 0; sleep 0.05; done
    has "$1" "$2"
}
pulled() { # a file is asked for, by name and by hash; what is not there, hidden or elsewhere is refused
    local i hash serve
    mkdir -p files
    head -c 200000 /dev/urandom >files/a.bin
    echo secret >files/.hidden
    echo outside >outside
    "$SIPUSH" send --serve files --json --listen udp:127.0.0.1:0 >s 2>e & serve=$!
    trap "kill $serve; cleanup" EXIT
    for i in $(seq 100); do UDP=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' e); [ -z "$UDP" ] || break; sleep 0.05; done
    pull() { "$SIPUSH" recv -q --listen udp:127.0.0.1:0 --timeout 20 --from "127.0.0.1:$UDP" "$@"; }
    pull --dir one --pull a.bin >path
    cmp files/a.bin one/a.bin
    has one/a.bin path
    hash=$(sha1sum files/a.bin | cut -c1-40 | tr a-f A-F | sed 's/../&:/g; s/:$//')
    pull --dir two --pull "hash:sha-1:$hash"
    cmp files/a.bin two/a.bin
    expect 6 pull --dir three --pull "name:\"a.bin\" size:1" 2>w
    expect 6 pull --dir three --pull nothere 2>w
    expect 6 pull --dir three --pull .hidden 2>w
    expect 6 pull --dir three --pull ../outside 2>w
    expect 9 pull --dir three --max-size 1000 --pull a.bin 2>w
    expect 2 "$SIPUSH" recv --pull x 2>w
    [ -z "$(ls three)" ]
    [ "$(grep -c '"ev":"asked".*"error":"OK"' s)" = 3 ]
}
serving() { # serving [options]: `send --serve files`; sets SERVED, a port, and SERVER
    local i
    : >serve.err
    "$SIPUSH" send --serve files --json "$@" >serve.out 2>serve.err & SERVER=$!
    trap "kill $SERVER; cleanup" EXIT
    wait_for '^listening udp' serve.err
    SERVED=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' serve.err)
}
pulled_rest() { # what is here of a file is not asked for again, unless it has changed; over IPv6 too
    local cut=0 try
    mkdir -p files
    head -c 150000000 /dev/urandom >files/big
    serving --listen udp:127.0.0.1:0
    cut_one() { # a pull whose receiver is killed in the middle
        "$SIPUSH" recv -q --timeout 20 --from "127.0.0.1:$SERVED" --dir in --pull big 2>/dev/null & RECV_PID=$!
        until [ "$(stat -c %s in/big.part 2>/dev/null || echo 0)" -gt 1000000 ] || [ -e in/big ]; do sleep 0.002; done
        { kill -9 $RECV_PID && wait $RECV_PID || true; } 2>/dev/null
        RECV_PID=
        [ -e in/big.part ] || return 0
        cut=1
    }
    for try in 1 2 3; do [ $cut = 1 ] || { rm -rf in; cut_one; }; done
    [ $cut = 1 ] || { echo "too fast to be cut: left out"; return 0; }
    "$SIPUSH" recv --timeout 20 --from "127.0.0.1:$SERVED" --dir in --pull big --trace t.json >path 2>e
    hasnot listening e
    [ "$(cat path)" = in/big ]
    cmp files/big in/big
    has 'a=file-range:[1-9][0-9]*-[*].r' t.json
    [ "$(ls in)" = big ]
    cut=0
    for try in 1 2 3; do [ $cut = 1 ] || { rm -rf in; cut_one; }; done
    printf x | dd of=files/big conv=notrunc 2>/dev/null
    expect 0 "$SIPUSH" recv -q --timeout 20 --from "127.0.0.1:$SERVED" --dir in --pull big >path
    cmp files/big "$(cat path)"
    kill $SERVER
    serving --listen 'udp:[::1]:0'
    expect 0 "$SIPUSH" recv -q --timeout 20 --from "[::1]:$SERVED" --dir in6 --pull big --trace t6.json >path
    cmp files/big in6/big
    has 'c=IN IP6 ::1' t6.json
}
too_large() { # a file over the process's limit: told to the sender, and no half a file has its name
    head -c 3000000 /dev/zero >f.bin
    (ulimit -f 1000; exec "$SIPUSH" recv -q --json --dir in --listen udp:127.0.0.1:0 --listen tcp:127.0.0.1:0 --timeout 30 >out 2>err) & RECV_PID=$!
    wait_for '^listening msrp' err
    UDP=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' err)
    expect 6 "$SIPUSH" send -q --json --timeout 20 "127.0.0.1:$UDP" f.bin >s
    has '"status":413' s
    wait_for '"ev":"failed"' out
    has '"error":"STORAGE"' out
    echo small >g.txt # and it goes on
    expect 0 to "127.0.0.1:$UDP" g.txt
    receiver_stop
    [ "$(ls in)" = g.txt ]
}
disk_full() { # on a file system of 1 MiB, where one can be mounted
    mkdir in
    mount -t tmpfs -o size=1m none in 2>/dev/null || return 0
    trap 'cleanup; umount in' EXIT
    head -c 3000000 /dev/zero >f.bin
    receiver r -q --json --dir in
    expect 6 "$SIPUSH" send -q --json --timeout 20 "127.0.0.1:$UDP" f.bin >s
    has '"status":413' s
    echo small >g.txt
    expect 0 to "127.0.0.1:$UDP" g.txt
    receiver_stop
    has 'No space left' "$RECV_ERR"
    [ "$(ls in)" = g.txt ]
}
disk_full_parts() { # of several parts all are there or none; what is fetched is whole or gone
    mkdir in
    mount -t tmpfs -o size=1m none in 2>/dev/null || return 0
    trap 'cleanup; umount in' EXIT
    echo small >a.txt
    head -c 3000000 /dev/zero >big.bin
    served
    trap "kill $HTTP; cleanup; umount in" EXIT
    cp big.bin www/big.bin
    receiver r --json --dir in --fetch "$URL/*" --fetch-private
    expect 6 to --multipart "127.0.0.1:$UDP" a.txt big.bin
    [ -z "$(ls in)" ]
    expect 0 to --reference "$URL/big.bin" "127.0.0.1:$UDP" big.bin
    wait_for '"error":"FETCH"' "$RECV_OUT"
    [ -z "$(ls in)" ]
    expect 0 to --multipart "127.0.0.1:$UDP" a.txt a.txt
    receiver_stop
    [ "$(ls in | tr '\n' ' ')" = "a.txt a.txt~2 " ]
    mkdir files
    cp big.bin files
    serving --listen udp:127.0.0.1:0
    trap "kill $HTTP $SERVER; cleanup; umount in" EXIT
    expect 9 "$SIPUSH" recv -q --timeout 20 --from "127.0.0.1:$SERVED" --dir in --pull big.bin 2>e
    has 'No space left' e
    [ "$(ls in | tr '\n' ' ')" = "a.txt a.txt~2 " ]
}
read_only() { # nothing can be made there: 500, and nothing is there
    mkdir in
    if [ "$(id -u)" = 0 ]; then # root writes everywhere but there
        mount -t tmpfs -o size=1m none in 2>/dev/null && mount -o remount,ro in || return 0
        trap 'cleanup; umount in' EXIT
    else
        chmod 500 in
    fi
    receiver r -q --dir in
    expect 6 "$SIPUSH" send -q --json --timeout 20 "127.0.0.1:$UDP" -m hello >s
    has '"status":500' s
    receiver_stop
    [ -z "$(ls in)" ]
}
config() { # command line, then environment, then file
    mkdir -p x/sipush
    printf '%s\n' '# of all verbs' 'from = sip:file@x.example' 'app-id=one' 'app-id = two' 'parallel = yes' 'no-hash = no' 'max-size = 1K' >x/sipush/sipush.conf
    export XDG_CONFIG_HOME=$PWD/x
    "$SIPUSH" send --dry-run 127.0.0.1 -m x >s
    has '^From: <sip:file@x.example>' s
    has 'pusheventapp="one,two"' s
    SIPUSH_FROM=sip:env@x.example "$SIPUSH" send --dry-run --app-id three 127.0.0.1 -m x >s
    has '^From: <sip:env@x.example>' s
    has 'pusheventapp="three"' s
    SIPUSH_FROM=sip:env@x.example "$SIPUSH" send --from sip:line@x.example --dry-run 127.0.0.1 -m x >s
    has '^From: <sip:line@x.example>' s
    echo 'from = sip:other@x.example' >other
    "$SIPUSH" send --config other --dry-run 127.0.0.1 -m x >s
    has '^From: <sip:other@x.example>' s
    SIPUSH_CONFIG=other "$SIPUSH" send --dry-run 127.0.0.1 -m x >s
    has '^From: <sip:other@x.example>' s
    printf 'from = a\nfrom = b\n' >other
    expect 2 "$SIPUSH" send --config other 127.0.0.1 -m x 2>e
    has 'other:2: from stands twice' e
    echo 'fromm = a' >other
    expect 2 "$SIPUSH" send --config=other 127.0.0.1 -m x 2>e
    has 'other:1: no option is called fromm' e
    echo 'parallel = maybe' >other
    expect 2 "$SIPUSH" send --config=other 127.0.0.1 -m x 2>e
    has 'parallel is yes or no' e
    echo 'parallel' >other
    expect 2 "$SIPUSH" send --config=other 127.0.0.1 -m x 2>e
    expect 2 "$SIPUSH" send --config nothere 127.0.0.1 -m x 2>e
    SIPUSH_JSON=2 expect 2 "$SIPUSH" send --config /dev/null 127.0.0.1 -m x 2>e
}
dry_run() { # the octets are those that leave, of both transports and modes; nothing leaves
    local port transport mode
    cat >once.py <<'PY'
import socket, sys
kind = socket.SOCK_STREAM if sys.argv[1] == "tcp" else socket.SOCK_DGRAM
s = socket.socket(socket.AF_INET, kind)
s.bind(("127.0.0.1", 0))
s.settimeout(float(sys.argv[3]))
if sys.argv[1] == "tcp":
    s.listen(1)
print(s.getsockname()[1], flush=True)
try:
    if sys.argv[1] == "tcp":
        s = s.accept()[0]
        s.settimeout(1)
        got = b""
        while b"\r\n\r\n" not in got:
            got += s.recv(65536)
    else:
        got = s.recv(65536)
except TimeoutError:
    got = b""
open(sys.argv[2], "wb").write(got)
PY
    for transport in udp tcp; do
        for mode in pager session; do
            rm -f port
            python3 once.py $transport wire 5 >port & local taker=$!
            wait_for '[0-9]' port
            port=$(cat port)
            # below the ports that the system deals out
            local own=$((20000 + $$ % 3000 * 3))
            local same=(--seed 7 --listen udp:127.0.0.1:$own --listen tcp:127.0.0.1:$((own + 1)) --listen msrp:127.0.0.1:$((own + 2)) --mode $mode -m hello)
            "$SIPUSH" send -q --dry-run "${same[@]}" "sip:a@127.0.0.1:$port;transport=$transport" >dry
            "$SIPUSH" send -q --timeout 1 "${same[@]}" "sip:a@127.0.0.1:$port;transport=$transport" || true
            wait $taker
            # o= has the time, in seconds since 1900
            sed 's/^\(o=- [0-9]*\) [0-9]* /\1 N /' <wire >wire.same
            sed 's/^\(o=- [0-9]*\) [0-9]* /\1 N /' <dry >dry.same
            cmp wire.same dry.same
            grep -q -i "^Via: SIP/2.0/$transport 127.0.0.1:\($own\|$((own + 1))\);branch=z9hG4bK" dry
        done
    done
    rm -f port
    python3 once.py udp wire 1 >port & local taker=$!
    wait_for '[0-9]' port
    "$SIPUSH" send -q --dry-run --json --to "127.0.0.1:$(cat port)" --to 127.0.0.1:9 --mode pager /dev/null >dry
    wait $taker
    [ ! -s wire ]
    [ "$(grep -c '^MESSAGE' dry)" = 2 ]
    hasnot '"ev"' dry
    printf 'b.example. 1 IN A 127.0.0.1\n' >zone
    expect 3 "$SIPUSH" send --resolve zone --dry-run sip:a@nothere.example -m x 2>e
    "$SIPUSH" send --resolve zone --dry-run sip:a@b.example -m x >dry
    has '^MESSAGE sip:a@b.example SIP/2.0' dry
}
empty() { # nothing is something too: a file of no octets, a text of no octets; in each mode
    local mode
    : >e.txt
    for mode in pager session; do
        receiver r -q --json --dir in-$mode --count 2
        expect 0 to --mode $mode "127.0.0.1:$UDP" e.txt
        expect 0 to --mode $mode "127.0.0.1:$UDP" -m ""
        receiver_ends
        [ "$(ls in-$mode | tr '\n' ' ')" = "e.txt message.txt " ]
        [ "$(stat -c %s in-$mode/e.txt in-$mode/message.txt | tr '\n' ' ')" = "0 0 " ]
        [ "$(grep -c '"ev":"delivered".*"bytes":0,.*"mode":"'$mode'"' "$RECV_OUT")" = 2 ]
    done
}
transports() { # what it went over, or would have gone over
    expect 3 "$SIPUSH" send -q --json 'sip:127.0.0.1:9;transport=tcp' -m x >s
    has '"transport":"tcp"' s
    expect 3 "$SIPUSH" send -q --json 127.0.0.1:9 -m x >s
    has '"transport":"udp"' s
    receiver r -q --dir in --once
    expect 0 "$SIPUSH" send -q --json "sip:127.0.0.1:$TCP;transport=tcp" -m x >s
    receiver_ends
    has '"transport":"tcp"' s
}
hook_environment() { # of ours a hook has what the push tells, and nothing else
    cat >hook <<'SH'
#!/bin/sh
env | grep ^SIPUSH_ | cut -d= -f1 | sort >names
"$SIPUSH_COMMAND" send --dry-run 127.0.0.1 -m x >forward
SH
    sed -i "s|\"\$SIPUSH_COMMAND\"|$SIPUSH|" hook
    chmod +x hook
    echo secret >s3
    SIPUSH_PASSWORD=secret SIPUSH_MAX_SIZE=10K receiver r -q --dir in --once --on-push ./hook
    expect 0 to --from sip:alice@lab.example "127.0.0.1:$UDP" -m two
    receiver_ends
    [ "$(tr '\n' ' ' <names)" = "SIPUSH_APP_ID SIPUSH_EXPIRED SIPUSH_FILE SIPUSH_FROM SIPUSH_HASH SIPUSH_IN_HOOK SIPUSH_NAME SIPUSH_SIZE SIPUSH_TYPE " ]
    has '^From: "Anonymous"' forward # the sender of the push is not ours
}
progress() { # on a terminal by itself, elsewhere where it is asked for, never with -q
    head -c 3000000 /dev/zero >f.bin
    receiver r --dir in --count 4 --progress
    expect 0 "$SIPUSH" send --timeout 20 --progress "127.0.0.1:$UDP" f.bin 2>e
    has '^f.bin .*\[====================\] 100%     2.9 MiB ' e
    expect 0 "$SIPUSH" send --timeout 20 "127.0.0.1:$UDP" f.bin 2>e
    hasnot '100%' e
    expect 0 "$SIPUSH" send --timeout 20 -q --progress "127.0.0.1:$UDP" f.bin 2>e
    [ ! -s e ]
    python3 -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)' "$SIPUSH" send --timeout 20 "127.0.0.1:$UDP" f.bin </dev/null >e
    receiver_ends
    grep -q "$(printf '\rf.bin .* 100%%.*\033\\[K\r\033\\[K')" e
    [ "$(grep -c '^f.bin .* 100% ' "$RECV_ERR")" = 4 ]
}
icons() { # a picture of each file beside the offer, and when the file was changed last
    printf 'tiny' >a.png && head -c 8192 /dev/urandom >b.png && head -c 8193 /dev/zero >c.png
    for i in 1 2 3; do head -c 5000 /dev/urandom >"$i.bin"; done
    touch -d @1147698091 1.bin
    receiver r -q --json --dir in --count 3
    expect 2 to --icon c.png "127.0.0.1:$UDP" 1.bin 2>e
    has 'c.png: an icon has 1 to 8192 octets' e
    expect 2 to --icon a.png --icon b.png "127.0.0.1:$UDP" 1.bin 2>e
    expect 2 to --icon nothing "127.0.0.1:$UDP" 1.bin 2>e
    expect 0 to --icon a.png --icon b.png "127.0.0.1:$TCP;transport=tcp" 1.bin 2.bin 3.bin
    receiver_ends
    has '"ev":"offered".*"name":"1.bin".*"modified":1147698091,"icon_bytes":4,' "$RECV_OUT"
    has '"ev":"offered".*"name":"2.bin".*"icon_bytes":8192,' "$RECV_OUT"
    [ "$(grep -c icon_bytes "$RECV_OUT")" = 2 ]
    cmp 1.bin in/1.bin && cmp 2.bin in/2.bin && cmp 3.bin in/3.bin
}
usage() {
    expect 2 "$SIPUSH" send 2>e
    expect 2 "$SIPUSH" send 127.0.0.1 2>e
    expect 2 "$SIPUSH" send --to 127.0.0.1 2>e
    expect 2 "$SIPUSH" send --to 'a b' x 2>e
    expect 2 "$SIPUSH" send --jobs 0 a b 2>e
    expect 2 "$SIPUSH" send --user a 127.0.0.1 -m x 2>e
    expect 2 "$SIPUSH" recv --app-id 'a b' --listen udp:127.0.0.1:0 2>e
    expect 2 "$SIPUSH" recv --password-file x 2>e
    expect 2 "$SIPUSH" recv x 2>e
}

row rules
row rules_wrong
row have_hash
row on_push
row on_push_shell
row expired
row late
row ask
row several
row nobody
row folder
row references
row references_judged
row references_sent
row multipart
row parts
row pulled
row pulled_rest
row too_large
row disk_full
row disk_full_parts
row read_only
row config
row dry_run
row empty
row transports
row hook_environment
row progress
row icons
row usage
row trusted
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
