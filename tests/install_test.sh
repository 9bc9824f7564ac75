#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/install_test.sh -- `make install` into a folder of its own, and a program built against what lies there alone; part of `make test`.
#
# The last line is `N passed, N failed`.
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
WORK=$(mktemp -d) || exit 1
passed=0 failed=0
check() { # check WORDS COMMAND...
    local words=$1
    shift
    if "$@" >"$WORK/log" 2>&1; then passed=$((passed + 1)); else echo "FAIL $words"; tail -n 5 "$WORK/log"; failed=$((failed + 1)); fi
}
recv_pid=
trap '[ -z "$recv_pid" ] || kill $recv_pid 2>/dev/null; rm -rf "$WORK"' EXIT

# The variables of a make that runs us are not for this one.
check "make install" env -u MAKEFLAGS -u MFLAGS make BUILD="$BUILD" DESTDIR="$WORK/root" PREFIX=/usr install
for file in bin/sipush lib/libsipush.a lib/libsipush.so lib/pkgconfig/sipush.pc include/sipush.h include/sipush/push/push_sender.h \
    share/man/man1/sipush.1 share/man/man1/sipush-send.1; do
    check "$file is not there" test -e "$WORK/root/usr/$file"
done
check "sipush.pc does not name the library" grep -q '^Libs: .*-lsipush' "$WORK/root/usr/lib/pkgconfig/sipush.pc"
for source in docs/examples/*.c; do
    name=$(basename "$source" .c)
    check "$source is longer than 100 lines" sh -c "[ \$(wc -l <$source) -le 100 ]"
    check "$source does not build" "${CC:-cc}" -std=c11 -Wall -Wextra -D_DEFAULT_SOURCE -I"$WORK/root/usr/include" -o "$WORK/$name" "$source" "$WORK/root/usr/lib/libsipush.a"
done
"$WORK/root/usr/bin/sipush" recv -q --once --dir "$WORK/in" --timeout 30 --listen udp:127.0.0.1:0 >"$WORK/out" 2>"$WORK/err" & recv_pid=$!
for i in $(seq 100); do port=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' "$WORK/err"); [ -z "$port" ] || break; sleep 0.05; done
check "the example does not push" timeout 20 "$WORK/send" "sip:127.0.0.1:$port" 'hello from the library'
wait $recv_pid && recv_pid=
check "it did not arrive" grep -q 'hello from the library' "$WORK/in/message.txt"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
