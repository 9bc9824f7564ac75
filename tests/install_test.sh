#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/install_test.sh -- `make install` into a folder of its own, and docs/examples built against what lies there alone; part of `make test`.
#
# They are compiled as a user would, with pkg-config, once against the archive and once against the shared library; then the example sender pushes to the
# example receiver, to `sipush recv`, and `sipush send` to the example receiver, in both modes. The last line is `N passed, N failed`.
set -u
cd "$(dirname "$0")/.."
SOURCE=$PWD
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

if ! command -v pkg-config >/dev/null; then
    echo "installing pkg-config (apt)"
    if [ "$(id -u)" = 0 ]; then apt-get install -y -q pkg-config >/dev/null 2>&1; else sudo -n apt-get install -y -q pkg-config >/dev/null 2>&1; fi || true
fi

# The variables of a make that runs us are not for this one.
USR=$WORK/usr
check "make install" env -u MAKEFLAGS -u MFLAGS make BUILD="$BUILD" PREFIX="$USR" install
check "make install with DESTDIR" env -u MAKEFLAGS -u MFLAGS make BUILD="$BUILD" DESTDIR="$WORK/root" PREFIX=/usr install
for file in bin/sipush lib/libsipush.a lib/libsipush.so lib/pkgconfig/sipush.pc include/sipush.h include/sipush/push/push_sender.h \
    share/man/man1/sipush.1 share/man/man1/sipush-send.1; do
    check "$file is not there" test -e "$USR/$file"
    check "$file is not there with DESTDIR" test -e "$WORK/root/usr/$file"
done
check "sipush.pc names the folder of DESTDIR" sh -c "! grep -q '$WORK' '$WORK/root/usr/lib/pkgconfig/sipush.pc'"
export PKG_CONFIG_PATH=$USR/lib/pkgconfig
check "pkg-config does not find sipush" pkg-config --exists sipush
check "its version is not the command's" sh -c "[ \"\$(pkg-config --modversion sipush)\" = \"\$('$USR/bin/sipush' --version | grep -o '[0-9.]*\$')\" ]"

# Built where nothing of the source tree can be seen, with every warning an error.
mkdir "$WORK/examples"
cp docs/examples/*.c "$WORK/examples"
cd "$WORK/examples" || exit 1
for name in send recv device; do
    [ $name = device ] || check "$name.c has 100 lines or more" sh -c "[ \$(wc -l <$name.c) -lt 100 ]"
    check "$name.c does not build" sh -c "${CC:-cc} -std=c11 -D_DEFAULT_SOURCE -Wall -Wextra -Werror -o $name $name.c \$(pkg-config --cflags --libs sipush)"
    check "$name.c does not build with the archive" sh -c "${CC:-cc} -std=c11 -D_DEFAULT_SOURCE -Wall -Wextra -Werror \$(pkg-config --cflags sipush) -o $name-a $name.c '$USR/lib/libsipush.a'"
done
export LD_LIBRARY_PATH=$USR/lib
# Of the device: nothing but memory, strings and its words; no socket, no clock, no heap.
check "device.c needs an operating system" sh -c "! nm -u device-a | grep -v -w -e mem[a-z]* -e str[a-z]* -e printf -e __libc_start_main -e __stack_chk_fail -e __printf_chk -e __memcpy_chk \
    -e __assert_fail -e _ITM_[a-zA-Z]* -e __gmon_start__ -e __cxa_finalize | grep -v '__.*_chk@'"
check "the device's agents do not push" sh -c "timeout 20 ./device | grep -q '^delivered'"

SIPUSH=$USR/bin/sipush
mkdir files
echo 'a small file, one MESSAGE' >files/small.txt
head -c 700001 /dev/urandom >files/large.bin

open_port() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
receiver() { # receiver COUNT: the example, in a folder of its own; sets `port`
    local i
    while :; do
        port=$((20000 + RANDOM % 10000))
        ! open_port $port || continue
        rm -rf in && mkdir in
        (cd in && exec timeout 60 ../recv $port "$1") >recv.out 2>&1 & recv_pid=$!
        for i in $(seq 100); do ! open_port $port || return 0; kill -0 $recv_pid 2>/dev/null || break; sleep 0.05; done
    done
}
ends() { wait $recv_pid; local code=$?; recv_pid=; return $code; }

receiver 2
check "the example does not push a small file to the example" timeout 20 ./send "sip:127.0.0.1:$port" files/small.txt
check "nor a large one" timeout 20 ./send "sip:127.0.0.1:$port" files/large.bin
check "the example receiver ended wrongly" ends
check "the small file differs" cmp files/small.txt in/push-1
check "the large file differs" cmp files/large.bin in/push-2
check "not one MESSAGE and one session" sh -c "[ \"\$(tr '\n' ' ' <recv.out)\" = 'pager: 200 session: 200 ' ]"

receiver 3
head -c 1048577 /dev/zero >files/huge.bin
check "a file over max_size is not refused" sh -c "timeout 20 '$SIPUSH' send -q sip:127.0.0.1:$port files/huge.bin; [ \$? = 6 ]"
check "sipush send does not reach the example" timeout 20 "$SIPUSH" send -q --parallel --mode session "sip:127.0.0.1:$port" files/small.txt files/large.bin
check "sipush send -m does not" timeout 20 "$SIPUSH" send -q "sip:127.0.0.1:$port" -m 'Good morning'
ends
check "the small file of a session differs" sh -c "cmp files/small.txt in/push-1 || cmp files/small.txt in/push-2"
check "the large one does" sh -c "cmp files/large.bin in/push-1 || cmp files/large.bin in/push-2"
check "the text does" sh -c "[ \"\$(cat in/push-3)\" = 'Good morning' ]"

: >recv.err # there before the background has opened it
"$SIPUSH" recv -q --count 2 --dir got --timeout 30 --listen udp:127.0.0.1:0 >recv.out 2>recv.err & recv_pid=$!
for i in $(seq 100); do port=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' recv.err); [ -z "$port" ] || break; sleep 0.05; done
check "the example does not push to sipush recv" timeout 20 ./send-a "sip:127.0.0.1:$port" files/small.txt
check "nor a large file" timeout 20 ./send-a "sip:127.0.0.1:$port" files/large.bin
check "sipush recv ended wrongly" ends
check "the small file did not arrive" cmp files/small.txt got/small.txt
check "the large file did not arrive" cmp files/large.bin got/large.bin
cd "$SOURCE" || exit 1
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
