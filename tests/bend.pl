#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# tests/bend.pl FIRST SOURCE OUT -- writes SOURCE with a bend at each place that makes its machine what it is. Run by tests/bend.sh.
#
# One build has all bends, and the number in sp_bent says which of them is on, 0 for none: an arm of a switch is gone; an enter() leads to the state before;
# what is due, told, or timed is not. Numbers begin with FIRST. Prints a line for each: number, place, what. Reads C as clang-format writes it.
use strict;
use warnings;

my ($number, $source, $out) = @ARGV;
open(my $in, '<', $source) or die "$source: $!\n";
my $text = do { local $/; <$in> };

# The same length, with comments and the inside of strings blank.
my $mask = $text;
$mask =~ s{(/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')}{my $s = $1; $s =~ s/[^\n]/ /g; $s}gse;

# Where what is opened at `at` is closed.
sub closes {
    my ($at) = @_;
    my $depth = 0;
    for (my $i = $at; $i < length $mask; $i++) {
        my $c = substr($mask, $i, 1);
        $depth++ if $c =~ /[({]/;
        $depth-- if $c =~ /[)}]/;
        return $i if $depth == 0;
    }
    die "$source: nothing closes what is opened at $at\n";
}

my @edits; # [at, octets that give way, what comes instead]

sub bend {
    my ($at, $octets, $instead, $what) = @_;
    my $line = 1 + (substr($text, 0, $at) =~ tr/\n//);
    $instead =~ s/\bN\b/$number/g;
    push @edits, [$at, $octets, $instead];
    print "$number $source:$line $what\n";
    $number++;
}

# ---- arms
while ($mask =~ /\bswitch\s*(?=\()/g) {
    my $open = pos $mask;
    my $close = closes($open);
    my $of = substr($text, $open, $close - $open + 1);
    my $begin = index($mask, '{', $close);
    my $end = closes($begin);
    next if $of =~ /\+\+|--|\w\s*\(.*,/;    # it would be asked twice
    my @labels;
    for (my $i = $begin + 1; $i < $end; $i++) {
        if (substr($mask, $i, 1) eq '{') { $i = closes($i); next }    # what is nested has its own turn
        pos($mask) = $i;
        next unless $mask =~ /\Gcase\s+([A-Za-z_]\w*)\s*:\s*/gc;
        push @labels, $1;
        my $arm = pos $mask;
        $i = $arm - 1;
        my $rest = substr($text, $arm, 40);
        next if substr($mask, $arm, 40) =~ /^case\b/;
        unless ($rest =~ /^(break;|return ")/) {
            bend($arm, 0, "if (sp_bent == N && $of == $_) break; ", "without case $_") for @labels;
        }
        @labels = ();
    }
}

# ---- targets, and what is due
while ($mask =~ /\b(?:enter|go|\w+_enter)(?=\()/g) {
    my $open = pos $mask;
    my $close = closes($open);
    my $at = $open + 1;
    for my $argument (split /(,)/, substr($mask, $at, $close - $at)) {
        my ($lead, $name) = $argument =~ /^(\s*)(.*?)\s*$/s;
        if ($name =~ /^[A-Z][A-Z0-9_]+(\s*\|\s*[A-Z][A-Z0-9_]+)*$/) {
            my $place = $at + length $lead;
            if ($name =~ /_DUE_/) {
                bend($place, length $name, "(sp_bent == N ? 0 : ($name))", "$name is not due");
            } else {
                bend($place, length $name, "(sp_bent == N ? ($name) == 0 ? 1 : ($name) - 1 : ($name))", "led elsewhere than to $name");
            }
        }
        $at += length $argument;
    }
}

# ---- what is told, and when
while ($mask =~ /^(\s*)((?:tell|\w+_note|\w*_due|\w*start_\w*|sp_timer_start)\()/gm) {
    my $at = $-[2];
    my $close = closes($+[2] - 1);
    next if substr($mask, $close + 1, 1) ne ';';
    my $call = substr($text, $at, $close - $at + 1);
    (my $what = $call) =~ s/\s+/ /g;
    bend($at, 0, "sp_bent == N ? (void)0 : ", "without $what");
}

my %last;
for my $edit (sort { $b->[0] <=> $a->[0] || $b->[1] <=> $a->[1] } @edits) {
    substr($text, $edit->[0], $edit->[1]) = $edit->[2];
}
open(my $to, '>', $out) or die "$out: $!\n";
print $to "extern int sp_bent;\n#line 1 \"$source\"\n$text";
