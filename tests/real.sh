#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/real.sh -- real input: every file of a directory and a file of 1 GiB, between two processes: `make real`.
#
# Each file must arrive octet for octet, and the resident memory of either side must stay under 16 MiB throughout (the kernel's own peak,
# VmHWM, read while they run and once more at their end).
# DIRECTORY=/usr/share/common-licenses  OCTETS=1073741824
set -euo pipefail
cd "$(dirname "$0")/.."
SIPUSH=${1:-build/sipush}
WORK=${BUILD:-build}/real
DIRECTORY=${DIRECTORY:-/usr/share/common-licenses}
OCTETS=${OCTETS:-1073741824}
LIMIT_KIB=16384
rm -rf "$WORK"
mkdir -p "$WORK/files"
. tests/lib.sh

# watch PID FILE: notes the peak of a process until it is gone.
watch() {
    local now
    while now=$(peak "$1") && [ -n "$now" ]; do echo "$now" >"$2"; sleep 0.02; done
}

# transfer NAME COUNT SEND-ARGUMENTS...
transfer() {
    local name=$1 count=$2 code=0 send_pid
    shift 2
    receiver "$name" -q --dir "$WORK/in/$name" --count "$count"
    watch "$RECV_PID" "$WORK/$name.recv.peak" & local watch_recv=$!
    "$SIPUSH" send -q --json "sip:real@127.0.0.1:$UDP" "$@" >"$WORK/$name.send.out" & send_pid=$!
    watch "$send_pid" "$WORK/$name.send.peak" & local watch_send=$!
    wait "$send_pid" || code=$?
    [ "$code" = 0 ] || die "$name: send ended with $code: $(tail -n 1 "$WORK/$name.send.out")"
    receiver_ends || die "$name: recv ended with $?"
    wait "$watch_recv" "$watch_send" || true
    local side kib
    for side in send recv; do
        kib=$(cat "$WORK/$name.$side.peak")
        printf '%-10s %s: peak resident memory %s KiB\n' "$name" "$side" "$kib"
        [ "$kib" -lt "$LIMIT_KIB" ] || die "$name: $side used $kib KiB"
    done
    tail -n 1 "$WORK/$name.send.out"
}

# files_of FOLDER: the regular files in it (links to files count by what they hold), one a line
files_of() { find -L "$1" -maxdepth 1 -type f | sort; }

mapfile -t files < <(files_of "$DIRECTORY")
[ "${#files[@]}" -gt 0 ] || die "$DIRECTORY holds no file"
for way in sequence parallel; do
    flags=()
    [ "$way" = sequence ] || flags=(--parallel)
    transfer "$way" "${#files[@]}" --mode session "${flags[@]}" "${files[@]}"
    for f in "${files[@]}"; do cmp "$f" "$WORK/in/$way/$(basename "$f")" || die "$f differs"; done
    echo "$way: ${#files[@]} files of $DIRECTORY arrived octet for octet"
done

head -c "$OCTETS" /dev/urandom >"$WORK/files/huge.bin"
transfer huge 1 "$WORK/files/huge.bin"
cmp "$WORK/files/huge.bin" "$WORK/in/huge/huge.bin" || die "huge.bin differs"
echo "huge: $OCTETS octets arrived octet for octet"
rm -f "$WORK/files/huge.bin" "$WORK/in/huge/huge.bin"
