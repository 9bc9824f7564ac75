#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/interop/dns.sh -- a real DNS server: Debian's dnsmasq serves NAPTR, SRV, A and AAAA on a loopback port, and `sipush send` finds its way.
#
# Installs the package dnsmasq-base if dnsmasq is not there. The names are those of tests/names.sh, whose lines become dnsmasq's; targets must be tried
# in their order, and a dead one may cost no push. Then the order of servers of equal priority: by weight, over many pushes. Where the system lets us
# have a network of our own (unshare, as root), all names once more by libc's resolver, whose only server is then that one.
set -euo pipefail
cd "$(dirname "$0")/../.."
SIPUSH=${1:-build/sipush}
LIBC=${LIBC:-} # we are in a network of our own, whose /etc/resolv.conf is ours
WORK=${BUILD:-build}/interop-dns${LIBC:+-libc}
rm -rf "$WORK"
mkdir -p "$WORK"
. tests/lib.sh
. tests/names.sh
DNS_PID=
trap 'cleanup; [ -z "$DNS_PID" ] || kill "$DNS_PID" 2>/dev/null' EXIT

if ! command -v dnsmasq >/dev/null && [ ! -x /usr/sbin/dnsmasq ]; then
    echo "installing dnsmasq-base (for dnsmasq)"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq dnsmasq-base >/dev/null
fi
PATH=$PATH:/usr/sbin

# dnsmasq_lines: zone-file lines become options of dnsmasq
dnsmasq_lines() {
    sed 's/;.*//; s/\. / /g; s/\.$//' | awk '
        $2 == "NAPTR" { print "naptr-record=" $1 "," $3 "," $4 "," $5 "," $6 "," $7 "," $8 }
        $2 == "SRV" { print "srv-host=" $1 "," $6 "," $5 "," $3 "," $4 }
        $2 == "A" || $2 == "AAAA" { print "host-record=" $1 "," $3 }' | tr -d '"'
}

# serve: dnsmasq on a port of $DNS that is free
serve() {
    local try
    for try in 1 2 3 4 5; do
        DNS=$((20000 + RANDOM % 20000))
        [ -z "$LIBC" ] || DNS=53
        dnsmasq --keep-in-foreground --no-resolv --no-hosts --no-daemon --listen-address=127.0.0.1 --listen-address=::1 --bind-interfaces \
            --port="$DNS" --local=/lab/ --log-queries --log-facility=- --pid-file= --user= --conf-file="$WORK/dnsmasq.conf" \
            >"$WORK/dnsmasq.log" 2>&1 &
        DNS_PID=$!
        for _ in $(seq 40); do
            grep -q 'started' "$WORK/dnsmasq.log" && return 0
            kill -0 "$DNS_PID" 2>/dev/null || break
            sleep 0.05
        done
        kill "$DNS_PID" 2>/dev/null || true
    done
    cat "$WORK/dnsmasq.log"
    die "dnsmasq did not come up"
}

receiver names ${LIBC:+--listen udp:127.0.0.1:5060} --listen 'udp:[::1]:0' --dir "$WORK/in"
UDP6=$(sed -n 's/^listening udp:\[::1\]:\([0-9]*\)$/\1/p' "$RECV_ERR")
printf 'content for a name\n' >"$WORK/content"
zone "$WORK/zone"
cat >>"$WORK/zone" <<END
_sip._udp.weight.lab.  SRV 1 30 $UDP live.lab.
_sip._udp.weight.lab.  SRV 1 10 $UDP other.lab.
other.lab.             A 127.0.0.1
END
# Its answer does not go into a datagram of 512 octets: asked again over TCP.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    printf '_sip._udp.long.lab. SRV %s 1 %s a-server-whose-name-is-a-good-deal-longer-than-others-%s.lab.\n' "$i" "$DEAD" "$i"
done >>"$WORK/zone"
printf 'a-server-whose-name-is-a-good-deal-longer-than-others-3.lab. A 127.0.0.1\n' >>"$WORK/zone"
dnsmasq_lines <"$WORK/zone" >"$WORK/dnsmasq.conf"
# No server at all, but a line of /etc/hosts: no records are waited for.
[ -z "$LIBC" ] || row without-dns 0 "udp 127.0.0.1:5060" sip:lab@hosts.lab -m 'without a DNS server'
serve

if [ -n "$LIBC" ]; then
    name_rows
    row long-answer 3 "udp 127.0.0.1:$DEAD, failover" sip:lab@long.lab -m 'a long answer'
    receiver_stop
    exit 0
fi
name_rows --nameserver "127.0.0.1:$DNS"
row server-over-ipv6 0 "failover, tcp 127.0.0.1:$TCP" --nameserver "[::1]:$DNS" sip:lab@naptr.lab -m 'over IPv6'
row long-answer 3 "udp 127.0.0.1:$DEAD, failover" --nameserver "127.0.0.1:$DNS" sip:lab@long.lab -m 'a long answer'
arrived=$(ls "$WORK/in" | wc -l)
[ "$arrived" = 10 ] || die "$arrived of 10 arrived"
echo "PASS  every push to a live target arrived once"

# What was asked for the first of them, in order; the sender asks once for its sockets, once for its request.
asked=$(sed -n 's/.*query\[\([A-Z]*\)\] \([^ ]*\.naptr\.lab\|naptr\.lab\|live\.lab\|dead\.lab\) .*/\1 \2/p' "$WORK/dnsmasq.log" | head -n 8 | uniq | tr '\n' ';')
case $asked in
"NAPTR naptr.lab;SRV _sip._tcp.naptr.lab;A dead.lab;AAAA dead.lab;"*) echo "PASS  asked: $asked" ;;
*) die "asked: $asked" ;;
esac

# Weights 30 and 10: three of four pushes ask for the first server first.
first=0 pushes=40
: >"$WORK/weights"
for i in $(seq $pushes); do
    before=$(wc -l <"$WORK/dnsmasq.log")
    timeout 20 "$SIPUSH" send -q --seed "$i" --nameserver "127.0.0.1:$DNS" sip:lab@weight.lab -m "number $i" || die "push $i failed"
    tail -n +"$((before + 1))" "$WORK/dnsmasq.log" | sed -n 's/.*query\[A\] \(live\|other\)\.lab .*/\1/p' | tail -n 1 >>"$WORK/weights"
done
first=$(grep -c live "$WORK/weights")
[ "$first" -ge 20 ] && [ "$first" -le 38 ] || die "weights 30 and 10: the first came first in $first of $pushes"
echo "PASS  weights 30 and 10: the first server first in $first of $pushes pushes"
receiver_stop

# libc asks port 53 of what /etc/resolv.conf names.
printf 'nameserver 127.0.0.1\n' >"$WORK/resolv.conf"
printf '127.0.0.1 localhost hosts.lab\n::1 localhost\n' >"$WORK/hosts"
OWN='ip link set lo up && mount --bind "$1/resolv.conf" /etc/resolv.conf && mount --bind "$1/hosts" /etc/hosts'
if unshare -mn sh -c "$OWN" - "$WORK" 2>/dev/null; then
    echo "by libc's resolver, in a network of our own:"
    LIBC=1 unshare -mn sh -c "$OWN"' && exec "$2" "$3"' - "$WORK" "$PWD/tests/interop/dns.sh" "$SIPUSH"
else
    echo "SKIP  libc's resolver: no network of our own here"
fi
