#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/rfc_test.sh -- rfc.sh must be seen to fail: a bad row for each kind of breach, and good ones.
set -u

rfc=$(cd "$(dirname "$0")" && pwd)/rfc.sh
house=$(mktemp -d) || exit 1
tally=$(mktemp) || exit 1
trap 'rm -rf "$house" "$tally"' EXIT

# row ID VERDICT WORDS, as a line of the answers.
row() {
    printf '%s\t%s\t%s\n' "$@"
}

# A house with statements of RFC 9999 and a test of two functions; the answers are the input.
build_house() {
    rm -rf "${house:?}"/*
    mkdir -p "$house/docs/rfc/ids" "$house/tests/unit" "$house/tests/cases"
    for id in 9999-1-1 9999-7-1 9999-7-12 9999-7.1-1 9999-70-1; do
        section=${id#9999-}
        printf '%s\tMUST\t%s\n' "$id" "${section%-*}"
    done >"$house/docs/rfc/ids/rfc9999.tsv"
    printf '9999-7-2\tSHOULD\t7\n' >>"$house/docs/rfc/ids/rfc9999.tsv"
    cat >"$house/tests/unit/test_a.c" <<'C'
/* About 9999-7-1, and on the next
 * line 9999-1-1. */
const char *not_cited = "9999-7-12";
START_TEST(first)
    int x; /* 9999-7.1-1 */
C
    echo '9999-70-1 of a case' >"$house/tests/cases/one.txt"
    cat >"$house/docs/rfc/rfc9999.tsv"
}

# A pipe makes a shell of its own: so what was seen is kept in a file.
count() {
    [ "$1" = 0 ] && echo passed >>"$tally" && return
    echo failed >>"$tally"
    echo "FAILED: $2"
    cat "$house/out"
}

# good WORDS: the answers on standard input pass, and the table has WORDS.
good() {
    build_house
    (cd "$house" && "$rfc") >"$house/out" 2>&1 && grep -qF "$1" "$house/docs/rfc/README.md"
    count $? "good answers are refused, or the table is without: $1"
}

# breach LINE WORDS: the answers on standard input fail, at that line, with WORDS and nothing else.
breach() {
    build_house
    (cd "$house" && "$rfc") >"$house/out" 2>/dev/null
    [ $? -ne 0 ] && [ ! -e "$house/docs/rfc/README.md" ] && [ "$(wc -l <"$house/out")" = 1 ] &&
        grep -qF "docs/rfc/rfc9999.tsv:$1: " "$house/out" && grep -qF "$2" "$house/out"
    count $? "answers pass, or fail for another reason than: $2"
}

good '| 6 | 0 | 0 | 0 | 5 | 1 | |' </dev/null
{ row 9999-7-1 tested test_a:first; row 9999-1-1 tested test_a:first
  row 9999-7.1-1 tested test_a:first; row 9999-70-1 tested cases/one.txt
  row 9999-7-2 waived 'a reason'; row 9999-7-12 n/a 'no such role'; echo '# sections: all'; } |
    good '| 6 | 4 | 1 | 1 | 0 | 0 | all |'
{ echo '# sections: 7.1 1'; row 9999-1-1 n/a x; row 9999-7.1-1 n/a x; } |
    good '| 6 | 0 | 0 | 2 | 3 | 1 | 7.1 1 |'

echo '# sections: 70' | breach 0 '9999-70-1: a MUST of a section that is claimed'
{ echo '# sections: 7'; row 9999-7-1 n/a x; row 9999-7-12 n/a x; } |
    breach 0 '9999-7.1-1: a MUST of a section that is claimed'
echo '# sections: 2' | breach 1 'section 2 has no statement'
row 9999-7-3 n/a 'a reason' | breach 1 'no such statement'
row 9999-7-1 tested test_b:first | breach 1 'no test test_b:first'
row 9999-7-1 tested test_a:second | breach 1 'no test test_a:second'
row 9999-7-12 tested test_a:first | breach 1 'tests/unit/test_a.c does not cite it'
row 9999-7-2 tested cases/one.txt | breach 1 'tests/cases/one.txt does not cite it'
row 9999-7-1 waived '' | breach 1 'no reason'
row 9999-7-1 done 'a reason' | breach 1 'neither tested nor waived nor n/a'
{ row 9999-7-1 n/a x; row 9999-7-1 waived y; } | breach 2 'a second row'

build_house </dev/null
cp "$house/docs/rfc/rfc9999.tsv" "$house/docs/rfc/rfc9998.tsv"
(cd "$house" && "$rfc") >"$house/out" 2>/dev/null
[ $? -ne 0 ] && grep -q 'rfc9998.tsv:0: ' "$house/out"
count $? 'answers without a register pass'

passed=$(grep -c passed "$tally")
failed=$(grep -c failed "$tally")
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
