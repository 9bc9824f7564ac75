#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/interop/tshark.sh -- a real dissector: the .pcap traces of `make demo`, read by Wireshark's tshark with its own settings.
#
# Installs the package tshark if it is not there. Every packet that carries octets must be decoded as SIP or MSRP (or be a segment of one that is), and none may be malformed.
set -euo pipefail
cd "$(dirname "$0")/../.."
TRACES=${BUILD:-build}/demo

if ! command -v tshark >/dev/null; then
    echo "installing tshark"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq tshark >/dev/null
fi
fail=0
# Two passes, as Wireshark's window makes them: only then an early segment knows the packet in which its message ends.
packets() { tshark -2 -n -r "$1" -Y "$2" 2>/dev/null | wc -l; }
for trace in "$TRACES"/*.pcap; do
    all=$(packets "$trace" 'udp or tcp.len > 0')
    sip=$(packets "$trace" sip)
    msrp=$(packets "$trace" msrp)
    # data that is neither: a TCP segment which Wireshark joined to a later one has tcp.reassembled_in (or is shown with it)
    other=$(packets "$trace" '(udp or tcp.len > 0) and not sip and not msrp and not tcp.reassembled_in')
    malformed=$(packets "$trace" '_ws.malformed')
    printf '%-28s %6s with octets: %5s SIP, %6s MSRP, %s neither, %s malformed\n' "$(basename "$trace")" "$all" "$sip" "$msrp" "$other" "$malformed"
    [ "$sip" -gt 0 ] && [ "$other" = 0 ] && [ "$malformed" = 0 ] || fail=1
done
exit "$fail"
