#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/bend.sh [SOURCE...] -- breaks machines on purpose, one bend at a time (tests/bend.pl), and lists the bends that no unit test notices.
#
# The tables of transaction/ are bent in tests/unit/test_sip_machine.c, with each `make test`; this is for the machines that are a switch, by default all of
# dialog/, msrp/ and push/. A bent copy of the tree lies in BUILD/bend and is built once. Each bend has the tests of its file first, then those of its floor.
# A bend takes some seconds, and there are 1,100 of them: name the sources. What is listed is to be read, not mended blindly: an arm that says what the state
# machine would do anyway, or what two floors make sure of, is held by nothing and is no hole.
set -euo pipefail
cd "$(dirname "$0")/.."
WORK=${BUILD:-build}/bend
TREE=$WORK/tree
JOBS=${JOBS:-2}
mkdir -p "$WORK"
[ $# -gt 0 ] || set -- $(grep -lE '^(static )?void (\w+_)?enter\(' dialog/*.c msrp/*.c push/*.c)

rm -rf "$TREE"
mkdir -p "$TREE"
cp -r Makefile ./*.h base parser sdp msrp transaction dialog push transport tools tests "$TREE"
: >"$WORK/bends"
for source; do
    perl tests/bend.pl $(($(wc -l <"$WORK/bends") + 1)) "$source" "$TREE/$source" >>"$WORK/bends"
done
cat >"$TREE/base/bent.c" <<'EOF'
#include <stdlib.h>
int sp_bent;
__attribute__((constructor)) static void bend(void)
{
    sp_bent = atoi(getenv("SP_BENT") ? getenv("SP_BENT") : "0");
}
EOF
out=$(realpath "$WORK")/out
make -s -C "$TREE" -j"$JOBS" BUILD="$out" CFLAGS='-w -O1' unit >/dev/null
unit=$out/debug/unit

# Whether the suites with this in their name notice.
notices() { ! SP_BENT=$1 CK_FORK=no CK_VERBOSITY=silent timeout 60 "$unit" "$2" >/dev/null 2>&1; }

one() {
    local number=$1 place=$2 name floor
    name=$(basename "${place%%:*}" .c)
    case $place in dialog/*) floor=sip_ ;; *) floor=${name%%_*}_ ;; esac
    notices "$number" "$name" || notices "$number" "$floor" || sed -n "${number}p" "$WORK/bends"
}
export -f one notices
export unit WORK

for floor in sip_ msrp_ push_; do
    notices 0 $floor && { echo "bend: $floor fails without a bend"; exit 1; }
done
cut -d' ' -f1,2 "$WORK/bends" | xargs -P "$JOBS" -L 1 bash -c 'one "$@"' bend >"$WORK/unnoticed"
sort -n -o "$WORK/unnoticed" "$WORK/unnoticed"
cat "$WORK/unnoticed"
echo "$(wc -l <"$WORK/bends") bends, $(wc -l <"$WORK/unnoticed") not noticed"
