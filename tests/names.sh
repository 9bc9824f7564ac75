# SPDX-License-Identifier: MIT
# tests/names.sh -- targets that are names, of which some are dead: what must be asked and tried, in which order, whoever answers.
# Sourced behind lib.sh. `zone` writes the names to a file of zone-file lines, `name_rows ARGS...` pushes to each with these options of `send`.
# A dead target is a port at which nobody listens: UDP bounces there, TCP is refused.

DEAD=9

# zone FILE: for receivers on $UDP and $TCP of 127.0.0.1 and on $UDP6 of ::1
zone() {
    cat >"$1" <<END
; NAPTR: TLS is none for us, then TCP before UDP; SRV: the first server is dead
naptr.lab.             NAPTR 10 10 "s" "SIPS+D2T" "" _sips._tcp.naptr.lab.
naptr.lab.             NAPTR 20 10 "s" "SIP+D2T" "" _sip._tcp.naptr.lab.
naptr.lab.             NAPTR 30 10 "s" "SIP+D2U" "" _sip._udp.naptr.lab.
_sips._tcp.naptr.lab.  SRV 0 1 $DEAD live.lab.
_sip._tcp.naptr.lab.   SRV 5 1 $DEAD dead.lab.
_sip._tcp.naptr.lab.   SRV 7 1 $TCP live.lab.
_sip._udp.naptr.lab.   SRV 0 1 $DEAD live.lab.
; no NAPTR: SRV of UDP; two dead ones, and a server without addresses
srv.lab.               A 127.0.0.1
_sip._udp.srv.lab.     SRV 30 1 $UDP live.lab.
_sip._udp.srv.lab.     SRV 10 1 $DEAD dead.lab.
_sip._udp.srv.lab.     SRV 15 1 $DEAD nobody.lab.
_sip._udp.srv.lab.     SRV 20 1 $DEAD live.lab.
; SRV of TCP alone
tcp.lab.               A 127.0.0.1
_sip._tcp.tcp.lab.     SRV 0 1 $TCP live.lab.
; addresses alone; the first of two is dead
two.lab.               A 127.0.0.2
two.lab.               A 127.0.0.1
six.lab.               AAAA ::1
; all of them are dead, and there is none of TCP
gone.lab.              A 127.0.0.2
_sip._udp.gone.lab.    SRV 0 1 $DEAD live.lab.
_sip._udp.gone.lab.    SRV 1 1 $DEAD dead.lab.
live.lab.              A 127.0.0.1
dead.lab.              A 127.0.0.3
END
}

# tried TRACE: where its MESSAGE or INVITE went, in order: "udp 127.0.0.1:9", and "failover" where the next target's turn came
tried() {
    perl -ne 'print "failover, " if /"on":"(?:failover|redirected)"/;
              print "$1 $2, " if /"ev":"sent",.*"transport":"(\w+)",.*"remote":"([^"]*)","line":"(?:MESSAGE|INVITE) /' "$1" |
        sed 's/, $//'
}

# row NAME CODE WANT ARGS...: this push ends with CODE, and what was tried is WANT
row() {
    local name=$1 want_code=$2 want=$3 code=0 got
    shift 3
    timeout 60 "$SIPUSH" send -q --trace "$WORK/$name.json" "$@" >"$WORK/$name.out" 2>&1 || code=$?
    got=$(tried "$WORK/$name.json")
    if [ "$code" = "$want_code" ] && [ "$got" = "$want" ]; then
        printf 'PASS  %s: %s\n' "$name" "$got"
        return 0
    fi
    cat "$WORK/$name.out"
    printf 'FAIL  %s: exit %s instead of %s; tried "%s" instead of "%s"\n' "$name" "$code" "$want_code" "$got" "$want"
    return 1
}

# identical TRACE: its requests differ in their branch alone (RFC 3263 4.3)
identical() {
    [ "$(grep '"line":"MESSAGE ' "$1" | grep -o 'branch=[^;]*' | sort | uniq -d)" = "" ] &&
        [ "$(grep '"line":"MESSAGE ' "$1" | sed 's/.*"head"://; s/branch=[^;]*//' | sort -u | wc -l)" = 1 ]
}

# name_rows ARGS...: pushes to all of them with these options of `send`; yields how many failed. Wants the receivers that `zone` speaks of.
name_rows() {
    local bad=0 live="127.0.0.1" text=(-m 'to a name')
    row naptr 0 "failover, tcp $live:$TCP" "$@" sip:lab@naptr.lab "${text[@]}" || bad=$((bad + 1))
    row srv 0 "udp 127.0.0.3:$DEAD, failover, udp $live:$DEAD, failover, udp $live:$UDP" "$@" sip:lab@srv.lab "${text[@]}" || bad=$((bad + 1))
    identical "$WORK/srv.json" || { echo "FAIL  srv: not the same request"; bad=$((bad + 1)); }
    row srv-of-tcp 0 "tcp $live:$TCP" "$@" sip:lab@tcp.lab "${text[@]}" || bad=$((bad + 1))
    row transport 0 "failover, tcp $live:$TCP" "$@" 'sip:lab@naptr.lab;transport=tcp' "${text[@]}" || bad=$((bad + 1))
    row port 0 "udp $live:$UDP" "$@" "sip:lab@srv.lab:$UDP" "${text[@]}" || bad=$((bad + 1))
    row maddr 0 "udp $live:$UDP" "$@" "sip:lab@elsewhere.lab:$UDP;maddr=live.lab" "${text[@]}" || bad=$((bad + 1))
    row ipv6 0 "udp [::1]:$UDP6" "$@" "sip:lab@six.lab:$UDP6" "${text[@]}" || bad=$((bad + 1))
    row session 0 "failover, tcp $live:$TCP" "$@" --mode session sip:lab@naptr.lab "$WORK/content" || bad=$((bad + 1))
    row session-udp 0 "udp 127.0.0.3:$DEAD, failover, udp $live:$DEAD, failover, udp $live:$UDP" "$@" --mode session sip:lab@srv.lab "$WORK/content" ||
        bad=$((bad + 1))
    row gone 3 "udp $live:$DEAD, failover, udp 127.0.0.3:$DEAD, failover" "$@" sip:lab@gone.lab "${text[@]}" || bad=$((bad + 1))
    row unknown 3 "" "$@" sip:lab@nobody.lab "${text[@]}" || bad=$((bad + 1))
    return $bad
}
