#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/interop/kamailio.sh -- a second stack: Debian's kamailio as registrar and presence server with Digest.
#
# Installs kamailio, its presence and sqlite modules and sqlite3 if they are not there; kamailio runs on the loopback with a configuration of ours and a
# database of this run, and is ended by its process id. `sipush call` registers, asks, publishes, refreshes, modifies, subscribes, hears of a change, fetches,
# and takes all away again, over UDP and TCP. Each command must end with 0, a wrong password with 5.
set -euo pipefail
cd "$(dirname "$0")/../.."
SIPUSH=${1:-build/sipush}
WORK=${BUILD:-build}/interop-kamailio
rm -rf "$WORK"
mkdir -p "$WORK"
WORK=$(cd "$WORK" && pwd)
. tests/lib.sh

KAMAILIO=/usr/sbin/kamailio
MODULES=$(echo /usr/lib/*/kamailio/modules)
PID=
ours_cleanup() {
    [ -z "$PID" ] || { kill "$PID" 2>/dev/null && wait "$PID" 2>/dev/null; } || true
    cleanup
}
trap ours_cleanup EXIT

if [ ! -x "$KAMAILIO" ] || [ ! -e "$MODULES/presence.so" ] || [ ! -e "$MODULES/db_sqlite.so" ] || ! command -v sqlite3 >/dev/null; then
    echo "installing kamailio, kamailio-presence-modules, kamailio-sqlite-modules, sqlite3"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        kamailio kamailio-presence-modules kamailio-sqlite-modules sqlite3 >/dev/null
    MODULES=$(echo /usr/lib/*/kamailio/modules)
fi

# ---- the server, on a port that is free

for table in standard auth_db usrloc presence; do
    sqlite3 "$WORK/db" <"/usr/share/kamailio/db_sqlite/$table-create.sql"
done
for user in alice bob; do
    sqlite3 "$WORK/db" "insert into subscriber (username, domain, password) values ('$user', '127.0.0.1', 'secret-$user');"
    echo "secret-$user" >"$WORK/$user.password"
done
for PORT in 25070 25170 25270 25370; do
    sed -e "s|@PORT@|$PORT|g" -e "s|@DB@|$WORK/db|g" tests/interop/kamailio/kamailio.cfg >"$WORK/kamailio.cfg"
    "$KAMAILIO" -f "$WORK/kamailio.cfg" -L "$MODULES" -DD -E -m 32 -M 4 -Y "$WORK" >"$WORK/kamailio.log" 2>&1 &
    PID=$!
    for i in $(seq 60); do
        kill -0 "$PID" 2>/dev/null || break
        timeout 2 "$SIPUSH" call OPTIONS "sip:127.0.0.1:$PORT" --from sip:alice@127.0.0.1 --user alice \
            --password-file "$WORK/alice.password" --timeout 1 >/dev/null 2>&1 && break 2
        sleep 0.1
    done
    kill "$PID" 2>/dev/null || true
    wait "$PID" 2>/dev/null || true
    PID=
done
[ -n "$PID" ] || { tail -n 20 "$WORK/kamailio.log"; die "kamailio did not come up"; }

# call NAME CODE USER METHOD URI [options]: one command; what it prints is in NAME.out.
call() {
    local name=$1 code=$2 user=$3 got=0
    shift 3
    timeout 60 "$SIPUSH" call "$@" --from "sip:$user@127.0.0.1" --user "$user" --password-file "$WORK/$user.password" \
        --proxy "127.0.0.1:$PORT;transport=$TRANSPORT" --trace "$WORK/$name.txt" >"$WORK/$name.out" 2>"$WORK/$name.err" || got=$?
    [ "$got" = "$code" ] || { cat "$WORK/$name.out" "$WORK/$name.err"; tail -n 5 "$WORK/kamailio.log"; die "$name: exit $got, not $code"; }
}

says() { grep -q -- "$2" "$WORK/$1.out" || { cat "$WORK/$1.out"; die "$1: nothing of '$2'"; }; }
not() { ! grep -q -- "$2" "$WORK/$1.out" || { cat "$WORK/$1.out"; die "$1: there is '$2'"; }; }

pidf() {
    printf '<?xml version="1.0"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:alice@127.0.0.1">'
    printf '<tuple id="%s"><status><basic>%s</basic></status></tuple></presence>\n' "$1" "$1"
}
pidf open >"$WORK/open.xml"
pidf closed >"$WORK/closed.xml"
AOR=sip:alice@127.0.0.1
PIDF=application/pidf+xml

for TRANSPORT in udp tcp; do
    T=$TRANSPORT
    # registered while the command lasts, asked for meanwhile, gone after it
    call "$T-register" 0 alice REGISTER "$AOR" --expires 600 --hold 2 &
    BACK=$!
    sleep 1
    call "$T-query" 0 alice REGISTER "$AOR" --query
    says "$T-query" ';expires='
    says "$T-query" 'Service-Route:'
    wait "$BACK" || die "$T-register"
    call "$T-query-after" 0 alice REGISTER "$AOR" --query
    not "$T-query-after" ';expires='
    echo secret >"$WORK/wrong.password"
    cp "$WORK/bob.password" "$WORK/bob.right" && cp "$WORK/wrong.password" "$WORK/bob.password"
    call "$T-wrong" 5 bob REGISTER "sip:bob@127.0.0.1"
    cp "$WORK/bob.right" "$WORK/bob.password"

    # bob watches; alice publishes, then another state; bob hears of both
    call "$T-publish" 0 alice PUBLISH "$AOR" --event presence --type $PIDF --body "$WORK/open.xml" --expires 600 --hold 6 &
    FIRST=$!
    sleep 1
    call "$T-subscribe" 0 bob SUBSCRIBE "$AOR" --event presence --expires 600 --hold 3 &
    BACK=$!
    sleep 1
    call "$T-publish-2" 0 alice PUBLISH "$AOR" --event presence --type $PIDF --body "$WORK/closed.xml" --expires 600 --hold 1
    wait "$BACK" || die "$T-subscribe"
    says "$T-subscribe" '<basic>open</basic>'
    says "$T-subscribe" '<basic>closed</basic>'
    says "$T-subscribe" 'Subscription-State: active'
    says "$T-subscribe" 'Subscription-State: terminated'
    # and fetches
    call "$T-fetch" 0 bob SUBSCRIBE "$AOR" --event presence --expires 0
    says "$T-fetch" '<basic>open</basic>'
    wait "$FIRST" || die "$T-publish"
    call "$T-fetch-after" 0 bob SUBSCRIBE "$AOR" --event presence --expires 0
    not "$T-fetch-after" '<basic>open</basic>'
    # an event that the server does not know
    call "$T-489" 6 bob SUBSCRIBE "$AOR" --event x-none --expires 60
    printf 'PASS  %-5s registered, asked, published, subscribed, notified, fetched, taken away\n' "$T"
done
# 200s throughout, but for the challenges and what was meant to fail
grep -E 'SIP/2\.0 [3-6]' "$WORK"/*.txt | grep -vE '(-wrong|-489)\.txt:|SIP/2\.0 40[17]' >"$WORK/others" || true
[ ! -s "$WORK/others" ] || { cat "$WORK/others"; die "a refusal"; }
grep -E 'ERROR|CRITICAL' "$WORK/kamailio.log" | grep -v 'x-none' >"$WORK/complaints" || true
[ ! -s "$WORK/complaints" ] || { cat "$WORK/complaints"; die "kamailio had something to say"; }
