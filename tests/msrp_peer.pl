#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# tests/msrp_peer.pl -- a receiver by hand for tests/verb_send_test.sh: it takes every INVITE over UDP, opens an MSRP session for it and has a habit.
#
#   perl tests/msrp_peer.pl HABIT FILE     prints its UDP port; what came whole is in FILE; ends after a BYE or 60 seconds
#
# good            200 to each SEND, one REPORT for all octets
# narrow OCTETS   the same, but a connection that brings a longer frame is dropped
# cut             every connection is dropped with its first SEND
# early, garbage  what is no MSRP, at once or after the first SEND
# refuse          413
# rewritten       the same as good, but something on the way rewrites the address of To-Path
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my ($habit, $file, $octets) = ($ARGV[0], $ARGV[-1], $ARGV[1]);
my $HOST = '127.0.0.1';
my $sip = IO::Socket::INET->new(Proto => 'udp', LocalAddr => $HOST) or die "udp: $!";
my $msrp = IO::Socket::INET->new(Listen => 5, LocalAddr => $HOST) or die "tcp: $!";
my ($port, $to, $sessions) = ($msrp->sockport, '', 0);
my (%stream, %body);

$SIG{ALRM} = sub { exit 1 };
alarm 60;
$| = 1;
print $sip->sockport, "\n";

sub answer_sip {
    my ($request) = @_;
    my ($method) = $request =~ /^(\S+)/;
    my $fields = join '', $request =~ /^((?:Via|From|Call-ID|CSeq): [^\r]*\r\n)/mg;
    my ($old_to) = $request =~ /^(To: [^\r]*)/m;
    my $body = '';

    return if $method eq 'ACK';
    $old_to .= ';tag=peer' unless $old_to =~ /;tag=/;
    if ($method eq 'INVITE') {
        my $kept = join '', $request =~ /^(a=file-(?:selector|transfer-id):[^\r]*\r\n)/mg;

        $sessions++;
        $body = "v=0\r\no=- 1 $sessions IN IP4 $HOST\r\ns=-\r\nc=IN IP4 $HOST\r\nt=0 0\r\nm=message $port TCP/MSRP *\r\na=accept-types:*\r\n"
            . "a=path:msrp://$HOST:$port/session$sessions;tcp\r\na=setup:passive\r\na=recvonly\r\n$kept";
        $fields .= "Contact: <sip:peer\@$HOST:" . $sip->sockport . ">\r\nContent-Type: application/sdp\r\n";
    }
    $sip->send("SIP/2.0 200 OK\r\n$fields$old_to\r\nContent-Length: " . length($body) . "\r\n\r\n$body");
    exit 0 if $method eq 'BYE';
}

# One whole frame of a connection.
sub take_frame {
    my ($from, $id, $head, $content, $flag) = @_;
    my ($ours, $theirs) = $head =~ /^To-Path: ([^\r]*)\r\nFrom-Path: ([^\r]*)/m;
    my $status = $habit eq 'refuse' && defined $content ? '413 No More' : '200 OK';

    return unless $head =~ /^MSRP \S+ SEND/;
    return drop($from) if $habit eq 'cut' || ($habit eq 'narrow' && length($head . ($content // '')) > $octets);
    if ($habit eq 'garbage') {
        print $from "\0what is this";
        return;
    }
    print $from "MSRP $id $status\r\nTo-Path: $theirs\r\nFrom-Path: $ours\r\n-------$id\$\r\n";
    return unless defined $content;
    my ($at, $message) = ($head =~ /^Byte-Range: (\d+)/m ? $1 - 1 : 0, $head =~ /^Message-ID: ([^\r]*)/m);
    substr($body{$message} //= '', $at, length $content) = $content;
    return if $flag ne '$' || $habit eq 'refuse';
    open my $out, '>:raw', $file or die "$file: $!";
    print $out $body{$message};
    close $out;
    my $all = length $body{$message};
    $theirs =~ s{//[^/]+}{//198.51.100.7:9} if $habit eq 'rewritten';
    print $from "MSRP rrrr$sessions REPORT\r\nTo-Path: $theirs\r\nFrom-Path: $ours\r\nMessage-ID: $message\r\nByte-Range: 1-$all/$all\r\n"
        . "Status: 000 200 OK\r\n-------rrrr$sessions\$\r\n";
}

my $select = IO::Select->new($sip, $msrp);

sub drop {
    my ($from) = @_;

    $select->remove($from);
    delete $stream{$from};
    close $from;
}

while (my @ready = $select->can_read) {
    for my $from (@ready) {
        if ($from == $sip) {
            $sip->recv(my $datagram, 65536);
            answer_sip($datagram);
        } elsif ($from == $msrp) {
            my $new = $msrp->accept;
            $new->autoflush(1);
            $select->add($new);
            print $new "what is this\r\n" if $habit eq 'early';
        } elsif (!sysread $from, $stream{$from}, 65536, length($stream{$from} // '')) {
            drop($from);
        } else {
            while (exists $stream{$from} && $stream{$from} =~ /^MSRP (\S+) /) {
                my $id = quotemeta $1;
                $stream{$from} =~ s/^(MSRP $id .*?\r\n)(?:\r\n(.*?)\r\n)?-------$id([\$+#])\r\n//s or last;
                my ($head, $content, $flag) = ($1, $2, $3);
                take_frame($from, $head =~ /^MSRP (\S+)/, $head, $content, $flag);
            }
        }
    }
}
