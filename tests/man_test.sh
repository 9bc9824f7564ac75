#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/man_test.sh -- the manual and the completions beside the tables of options; part of `make test`.
#
# Every option that `--help` of a verb tells stands in its page, once, and in the completion of each shell, and no other does; the pages have no fault that mandoc knows
# (left out, and said, where there is no mandoc). The last line is `N passed, N failed`.
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
SIPUSH=$BUILD/sipush
passed=0 failed=0
[ -x "$SIPUSH" ] || { echo "$SIPUSH is not built"; echo "0 passed, 1 failed"; exit 1; }
check() { # check WORDS COMMAND...
    local words=$1
    shift
    if "$@" >/dev/null; then passed=$((passed + 1)); else echo "FAIL $words"; failed=$((failed + 1)); fi
}
stands() { grep -q -E -e "^\.It .*Fl -$1( |\$)" "$2"; }

verbs=$("$SIPUSH" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
for shell in bash zsh fish; do "$SIPUSH" completion $shell >"${TMPDIR:-/tmp}/sipush-completion.$$.$shell" || failed=$((failed + 1)); done
for verb in $verbs; do
    page=docs/man/sipush-$verb.1
    check "sipush(1) does not name $verb" grep -q "^\.It Cm $verb\$" docs/man/sipush.1
    [ "$verb" != completion ] || continue
    "$SIPUSH" "$verb" --help >"${TMPDIR:-/tmp}/sipush-help.$$"
    if [ -e "$page" ]; then
        told=$(sed -n 's/^\.It .*Fl -\([a-z-]*\).*/\1/p' "$page")
        check "$page tells twice of $(printf '%s\n' "$told" | sort | uniq -d | tr '\n' ' ')" [ -z "$(printf '%s\n' "$told" | sort | uniq -d)" ]
        for option in $told; do
            check "$page tells of --$option, which $verb does not have" grep -q -e "--$option\( \|\$\)" "${TMPDIR:-/tmp}/sipush-help.$$"
        done
    fi
    for option in $("$SIPUSH" "$verb" --help | sed -n 's/^  \(-[a-z], \)\{0,1\}--\([a-z-]*\).*/\2/p'); do
        [ ! -e "$page" ] || check "$page does not tell of --$option" stands "$option" "$page"
        check "bash does not complete $verb --$option" grep -q -e "--$option[ )]" "${TMPDIR:-/tmp}/sipush-completion.$$.bash"
        check "zsh does not complete $verb --$option" grep -q -e "--$option[=[]" "${TMPDIR:-/tmp}/sipush-completion.$$.zsh"
        check "fish does not complete $verb --$option" grep -q -e "_from $verb' -l $option " "${TMPDIR:-/tmp}/sipush-completion.$$.fish"
    done
done
check "bash cannot read its completion" bash -n "${TMPDIR:-/tmp}/sipush-completion.$$.bash"
# completes WANT WORD...: what bash makes of the last word
completes() {
    local want=$1 got
    shift
    got=$(bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sipush; echo "${COMPREPLY[@]}"' - "${TMPDIR:-/tmp}/sipush-completion.$$.bash" "$@")
    check "bash completes $* to $got, not $want" [ "$got" = "$want" ]
}
completes send sipush sen
completes "--mode" sipush send --mo
completes "pager" sipush send --mode p
completes "--max-size" sipush recv --max
completes "docs" sipush recv --dir doc
completes "README.md" sipush send sip:a@b READ
completes "bash" sipush completion b
completes "" sipush send --chunk 1
rm -f "${TMPDIR:-/tmp}/sipush-completion.$$."* "${TMPDIR:-/tmp}/sipush-help.$$"
[ "$("$SIPUSH" completion tcsh 2>/dev/null; echo $?)" = 2 ] && passed=$((passed + 1)) || failed=$((failed + 1))
for page in docs/man/*.1; do
    if command -v mandoc >/dev/null; then
        check "$page: mandoc has something to say" sh -c "! mandoc -Tlint -W warning '$page' | grep ."
    else
        echo "no mandoc: $page is not checked"
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
