#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/rfc.sh -- what the tests prove of the RFCs; run from the project's root.
#
# docs/rfc/ids/rfcN.tsv is the register of an RFC's statements: id, level, section. docs/rfc/rfcN.tsv
# answers for them, a row an id: id, `tested` `waived` or `n/a`, then the test's name or the reason.
# A line `# sections: 7 8.1.1 20` in it claims these sections, with all below them, as answered
# (`all`: every one). A test is named FILE:FUNCTION, as test_sdp:tail_row, for START_TEST(tail_row)
# in tests/unit/test_sdp.c (or tests/sim/, tests/fuzz/); without a function it is a file below
# tests/, as cases/via.txt or rfc_test.sh. The test's file cites the id in a comment.
#
# Fails on: a MUST of a claimed section without a row; a row for no id, or twice, or without a
# reason; a test that does not exist or whose file does not cite the id; a claim of no section.
# Writes docs/rfc/README.md.
set -u

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# Every id in a comment of a test: `cite FILE ID`, FILE without its folder tests/; and every test:
# `test FILE FUNCTION`.
find tests -name corpus -prune -o -type f \( -name '*.c' -o -name '*.h' -o -name '*.sh' -o -name '*.pl' \
    -o -path 'tests/cases/*' \) -print | sort >"$work/files"
xargs awk '
    function cite(text,   id, from) {
        while (match(text, /[0-9][0-9][0-9][0-9]-[0-9A-Z][0-9.]*-[0-9]+/)) {
            id = substr(text, RSTART, RLENGTH)
            from = substr(text, RSTART - 1, 1)
            if (RSTART == 1 || from !~ /[0-9A-Za-z]/)
                print "cite\t" file "\t" id
            text = substr(text, RSTART + RLENGTH)
        }
    }
    FNR == 1 {
        file = FILENAME
        sub(/^tests\//, "", file)
        c = file ~ /\.[ch]$/
        within = 0
        print "test\t" file "\t"
    }
    c && /START_TEST\(/ {
        name = $0
        sub(/.*START_TEST\( */, "", name)
        sub(/[^A-Za-z0-9_].*/, "", name)
        print "test\t" file "\t" name
    }
    !c { if (file ~ /^cases\// || /^[ \t]*#/) cite($0); next }
    !within && !/\/\*/ { next }
    {
        line = $0
        while (line != "") {
            if (!within) {
                at = index(line, "/*")
                if (at == 0) break
                line = substr(line, at + 2)
                within = 1
            }
            at = index(line, "*/")
            cite(at ? substr(line, 1, at - 1) : line)
            if (at == 0) break
            line = substr(line, at + 2)
            within = 0
        }
    }' <"$work/files" >"$work/tests"

for ids in docs/rfc/ids/rfc*.tsv; do
    [ -e "$ids" ] || { echo "docs/rfc/ids: no register" >&2; exit 1; }
    answers=docs/rfc/${ids##*/}
    rfc=${ids##*/rfc}
    [ -e "$answers" ] || answers=/dev/null
    awk -F '\t' -v rfc="${rfc%.tsv}" -v answers="$answers" -v out="$work/table" '
        function bad(line, words) { print answers ":" line ": " words; breaches++ }
        function claimed(section,   s) {
            if ("all" in claim) return 1
            for (s in claim)
                if (section == s || index(section, s ".") == 1) { used[s] = 1; return 1 }
            return 0
        }
        # The file below tests/ that a name stands for; "" when there is none.
        function file_of(name,   i, n, folders) {
            n = split("unit/ sim/ fuzz/", folders, " ")
            for (i = 1; i <= n; i++)
                if ((folders[i] name ".c", "") in test) return folders[i] name ".c"
            return (name, "") in test ? name : ""
        }
        function check_test(line, id, name,   part, file) {
            split(name, part, ":")
            file = file_of(part[1])
            if (file == "" || !((file, part[2]) in test))
                bad(line, id ": no test " name)
            else if (!((file, id) in cited))
                bad(line, id ": tests/" file " does not cite it")
        }
        FILENAME != now { now = FILENAME; input++ }
        input == 1 { if ($1 == "test") test[$2, $3] = 1; else cited[$2, $3] = 1; next }
        input == 2 { level[$1] = $2; section[$1] = $3; order[++count] = $1; next }
        /^# sections:/ {
            n = split(substr($0, 12), names, " ")
            for (i = 1; i <= n; i++) { claim[names[i]] = FNR; claims = claims " " names[i] }
            next
        }
        /^#/ || /^$/ { next }
        {
            if (!($1 in level)) bad(FNR, $1 ": RFC " rfc " has no such statement")
            else if ($1 in row) bad(FNR, $1 ": a second row")
            else if ($3 == "") bad(FNR, $1 ": no reason and no test")
            else if ($2 != "tested" && $2 != "waived" && $2 != "n/a")
                bad(FNR, $1 ": \"" $2 "\" is neither tested nor waived nor n/a")
            else {
                row[$1] = $2
                sum[$2]++
                if ($2 == "tested") check_test(FNR, $1, $3)
            }
        }
        END {
            for (i = 1; i <= count; i++) {
                id = order[i]
                in_claim = claimed(section[id])
                if (id in row) continue
                open[level[id]]++
                if (in_claim && level[id] == "MUST")
                    bad(0, id ": a MUST of a section that is claimed, without a row")
            }
            for (s in claim)
                if (s != "all" && !(s in used)) {
                    bad(claim[s], "section " s " has no statement")
                }
            printf "| [%s](https://www.rfc-editor.org/rfc/rfc%s) | %d | %d | %d | %d | %d | %d | %s |\n",
                rfc, rfc, count, sum["tested"], sum["waived"], sum["n/a"], open["MUST"],
                open["SHOULD"], claims == "" ? "" : substr(claims, 2) >>out
            printf "%d %d %d %d %d %d\n", count, sum["tested"], sum["waived"], sum["n/a"],
                open["MUST"], open["SHOULD"] >>(out ".sums")
        }' "$work/tests" "$ids" "$answers" >>"$work/breaches"
done

for answers in docs/rfc/rfc*.tsv; do
    [ ! -e "$answers" ] || [ -e "docs/rfc/ids/${answers##*/}" ] ||
        echo "$answers:0: docs/rfc/ids has no register for it" >>"$work/breaches"
done

if [ -s "$work/breaches" ]; then
    cat "$work/breaches"
    echo "rfc: $(wc -l <"$work/breaches") breaches" >&2
    exit 1
fi

{
    cat <<'TEXT'
# What is answered of the RFCs

Written by `make rfc`. Each statement with MUST or SHOULD (and the words that mean the same) has an id: the RFC, the section, a number within it.
`ids/` is the register of them; the sentences stand in the RFCs. `rfcN.tsv` answers: *tested* names a test that cites the id, *waived* and *n/a* say why
there is none. *Open* has no row yet; in the sections that a file claims as answered, a MUST is never open.

| RFC | statements | tested | waived | n/a | open MUST | open SHOULD | sections answered |
|---|---|---|---|---|---|---|---|
TEXT
    cat "$work/table"
    awk '{ for (i = 1; i <= 6; i++) s[i] += $i }
         END { printf "| all | %d | %d | %d | %d | %d | %d | |\n", s[1], s[2], s[3], s[4], s[5], s[6] }' \
        "$work/table.sums"
} >"$work/README.md"
cmp -s "$work/README.md" docs/rfc/README.md || cp "$work/README.md" docs/rfc/README.md
awk '{ for (i = 1; i <= 6; i++) s[i] += $i }
     END { printf "rfc: %d statements, %d tested, %d waived, %d n/a, %d open MUST, %d open SHOULD\n",
               s[1], s[2], s[3], s[4], s[5], s[6] }' "$work/table.sums"
