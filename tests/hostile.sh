#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/hostile.sh -- bad input on every open port, and names that climb, against a running `sipush recv`.
#
# The receiver must serve on, answer or drop each as the RFC says, count it (-v), and write nothing outside of --dir.
# tests/hostile.sh build/asan/sipush runs it against the build with sanitizers.
set -euo pipefail
cd "$(dirname "$0")/.."
SIPUSH=${1:-build/sipush}
WORK=${BUILD:-build}/hostile
rm -rf "$WORK"
mkdir -p "$WORK/names/a/in"
. tests/lib.sh

receiver bad -v --dir "$WORK/bad" --max-size 20000
perl tests/hostile.pl bad "$UDP" "$TCP" "$MSRP"
receiver_stop
echo 'what the receiver counted:'
grep -i -E 'malformed|oversized|dropped' "$RECV_ERR" | tail -n 3 || die "nothing was counted"

receiver names -v --dir "$WORK/names/a/in"
before=$(find "$WORK/names" -path "$WORK/names/a/in" -prune -o -print | sort; ls -A /etc | sort)
perl tests/hostile.pl names "$TCP" "$WORK/names/a/in"
receiver_stop
after=$(find "$WORK/names" -path "$WORK/names/a/in" -prune -o -print | sort; ls -A /etc | sort)
[ "$before" = "$after" ] || die "something was written outside of --dir"
[ -z "$(find "$WORK/names/a/in" -mindepth 1 -type d)" ] || die "a folder was made in --dir"
echo 'nothing was written outside of --dir'
if grep -E 'ERROR: AddressSanitizer|runtime error' "$WORK"/*.recv.err; then die "a sanitizer spoke"; fi
