# SPDX-License-Identifier: MIT
# tests/sip_peer.py -- a SIP server that answers by heart, over UDP; and a way between two that loses what it is told to.
#
#   sip_peer.py answer ENTRY...     each new request takes the next entry, "STATUS[ field: value]..." with | between the fields; "-": silence,
#                                   "-STATUS": that provisional one and then silence. The last entry stays. ACK, CANCEL and BYE take none.
#   sip_peer.py way PORT PATTERN N  hands on what comes to PORT and back, but the first N datagrams that come back and begin with PATTERN
#
# The port is the first line of stdout; then a line a request: METHOD URI, and its header fields behind, split by |.
import re
import select
import socket
import sys


def field(text, name):
    return re.search(r"^%s:[ \t]*(.*)\r$" % name, text, re.M | re.I).group(1)


def answer(entries):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1], flush=True)
    seen = {}
    while True:
        octets, source = s.recvfrom(65536)
        text = octets.decode("latin-1")
        method = text.split(" ", 1)[0]
        key = field(text, "Via") + method
        if key not in seen:
            head = text.split("\r\n\r\n", 1)[0].split("\r\n")
            print(head[0].rsplit(" ", 1)[0] + "|" + "|".join(head[1:]), flush=True)
            if method in ("ACK", "CANCEL", "BYE"):
                seen[key] = "" if method == "ACK" else "200"
            else:
                seen[key] = entries.pop(0) if len(entries) > 1 else entries[0]
        entry = seen[key]
        if entry in ("", "-"):
            continue
        parts = entry.lstrip("-").split(" ", 1)
        fields = parts[1].split("|") if len(parts) > 1 else []
        tag = "" if parts[0] == "100" else ";tag=peer"
        reply = ["SIP/2.0 %s Peer" % parts[0], "Via: " + field(text, "Via"), "From: " + field(text, "From"),
                 "To: " + field(text, "To") + tag, "Call-ID: " + field(text, "Call-ID"), "CSeq: " + field(text, "CSeq")]
        s.sendto("\r\n".join(reply + fields + ["Content-Length: 0", "", ""]).encode("latin-1"), source)


def way(port, pattern, lost):
    inner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    outer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    outer.bind(("127.0.0.1", 0))
    inner.bind(("127.0.0.1", 0))
    print(outer.getsockname()[1], flush=True)
    source = None
    while True:
        for s in select.select([inner, outer], [], [])[0]:
            octets, where = s.recvfrom(65536)
            if s is outer:
                source = where
                inner.sendto(octets, ("127.0.0.1", port))
            elif octets.decode("latin-1").startswith(pattern) and lost > 0:
                lost -= 1
                print("lost", octets.split(b"\r\n")[0].decode(), flush=True)
            else:
                outer.sendto(octets, source)


if sys.argv[1] == "answer":
    answer(sys.argv[2:])
else:
    way(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
