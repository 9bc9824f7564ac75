#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/fields_test.sh -- the table of header fields in docs/guide/messages.md says what the code says: each field of
# sip_field.h once, with its compact form, list or none, the clause of sip_presence_table.c, a struct that its file has.
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
table=docs/guide/messages.md

bad() {
    echo "FAIL $*"
    failed=$((failed + 1))
}

sed -n "s/^    X(\([A-Z_]*\), \"\([^\"]*\)\", \([^,]*\), \([01]\)).*/\1 \2 \3 \4/p" parser/sip_field.h | tr -d "'" |
    while read -r id name compact list; do
        [ "$compact" = 0 ] && compact=
        [ "$list" = 1 ] && list=list || list=
        clause=$(sed -n "s/^ *\[SIP_FIELD_$id\] = \"RFC \([^\"]*\)\".*/\1/p" parser/sip_presence_table.c)
        echo "| $name | $compact | $list | $clause |"
    done >"$work/fields"
while read -r row; do
    if [ "$(grep -cF "$row" "$table")" -eq 1 ]; then
        passed=$((passed + 1))
    else
        bad "no row or two: $row"
    fi
done <"$work/fields"
rows=$(grep -cE '^\| [A-Za-z-]+ \| [a-z]? \| (list)? ?\| [0-9]+ [0-9.]+ \|' "$table")
[ "$rows" -eq "$(wc -l <"$work/fields")" ] || bad "$rows rows for $(wc -l <"$work/fields") fields"

sed -n 's/^| [A-Za-z-]* | .* | `\(.*\)` | \(.*\) |$/\1 \2/p' "$table" | sort -u | while read -r struct file; do
    case $struct in
    sp_slice | uint32_t | int64_t) grep -q "$struct" "parser/$file" ;;
    sip_item) grep -q "sip_item" "parser/$file" || grep -q "feature" "parser/$file" ;;
    *) grep -q "^struct $struct {" "parser/$file" ;;
    esac || echo "FAIL $struct is not in parser/$file"
done >"$work/structs"
if [ -s "$work/structs" ]; then
    cat "$work/structs"
    failed=$((failed + 1))
else
    passed=$((passed + 1))
fi

echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 1 ]
