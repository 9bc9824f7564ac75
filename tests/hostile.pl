#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# tests/hostile.pl -- a peer that sends what it should not, and names that climb. Run by tests/hostile.sh.
#
#   hostile.pl bad   UDP TCP MSRP         bad octets on every open port; after each the receiver must still serve
#   hostile.pl names TCP DIR              one pushed file a name, raw SDP; nothing may appear outside of DIR
# Needs perl alone. One line a row, PASS or FAIL; exits 1 if any failed.
use strict;
use warnings;
use IO::Socket::INET;
use IO::Select;

my $HOST = '127.0.0.1';
my ($failed, $serial) = (0, 0);

sub verdict {
    my ($ok, $what, $said) = @_;
    printf "%s  %-46s %s\n", ($ok ? 'PASS' : 'FAIL'), $what, $said;
    $failed++ unless $ok;
}

sub udp { IO::Socket::INET->new(Proto => 'udp', PeerAddr => $HOST, PeerPort => $_[0], LocalAddr => $HOST) or die "udp: $!" }
sub tcp { IO::Socket::INET->new(Proto => 'tcp', PeerAddr => $HOST, PeerPort => $_[0], Timeout => 5) or die "tcp: $!" }

# What comes within some seconds, until it matches; '' when nothing does. The second value: 'closed' when the peer closed.
sub answer {
    my ($s, $until, $seconds) = @_;
    my ($got, $end, $closed) = ('', time + ($seconds // 2), '');
    my $select = IO::Select->new($s);
    while (time <= $end) {
        next unless $select->can_read(0.3);
        my $n = sysread $s, my $piece, 65536;
        if (!defined $n || $n == 0) { $closed = 'closed'; last if $s->socktype == SOCK_STREAM; next }
        $got .= $piece;
        last if $got =~ $until;
    }
    return ($got, $closed);
}

# A request: method, further fields (array), body; transport of its Via.
sub request {
    my ($method, $transport, $port, $fields, $body) = @_;
    $serial++;
    return join "\r\n", "$method sip:push\@$HOST:$port SIP/2.0",
        "Via: SIP/2.0/$transport $HOST:9;rport;branch=z9hG4bKhostile$$" . "x$serial", 'Max-Forwards: 70',
        "From: <sip:hostile\@$HOST>;tag=h$serial", "To: <sip:push\@$HOST:$port>", "Call-ID: hostile$$-$serial\@$HOST",
        "CSeq: $serial $method", @$fields, '', $body;
}

sub message {
    my ($transport, $port, $body) = @_;
    return request('MESSAGE', $transport, $port, ['Content-Type: text/plain', 'Content-Length: ' . length $body], $body);
}

sub status { return $_[0] =~ m{^SIP/2.0 (\d{3})} ? $1 : '' }

sub serves {
    my ($udp, $tcp) = @_;
    my $s = udp($udp);
    $s->send(message('UDP', $udp, 'still there?'));
    my ($got) = answer($s, qr/\r\n\r\n/, 3);
    my $t = tcp($tcp);
    print $t message('TCP', $tcp, 'still there?');
    my ($got2) = answer($t, qr/\r\n\r\n/, 3);
    return status($got) eq '200' && status($got2) eq '200';
}

sub bad {
    my ($udp, $tcp, $msrp) = @_;
    srand 1;
    my $noise = join '', map { chr int rand 256 } 1 .. 1400;
    my $good = message('UDP', $udp, 'x' x 40);
    my $many = join "\r\n", map { "X-Field-$_: $_" } 1 .. 3000;

    # what, octets, expected statuses ('' for dropped)
    my @datagrams = (
        ['empty',                            '',                                                                  ['']],
        ['two CRLF',                         "\r\n\r\n",                                                          ['']],
        ['one NUL',                          "\0",                                                                ['']],
        ['binary, 1,400 octets',             $noise,                                                              ['']],
        ['binary, 56,000 octets',            $noise x 40,                                                         ['']],
        ['no SIP at all',                    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",                                 ['']],
        ['cut in the start line',            substr($good, 0, 12),                                                ['']],
        ['cut in the head',                  substr($good, 0, index($good, 'Content-Type')),                      ['', '400']],
        ['cut in the body',                  substr($good, 0, -10),                                               ['400']],
        ['Content-Length: -1',               request('MESSAGE', 'UDP', $udp, ['Content-Length: -1'], ''),         ['400']],
        ['Content-Length of 30 digits',      request('MESSAGE', 'UDP', $udp, ['Content-Length: ' . '9' x 30], ''), ['400']],
        ['SIP/3.0',                          do { my $x = message('UDP', $udp, 'x'); $x =~ s{SIP/2.0\r}{SIP/3.0\r}; $x }, ['505']],
        ['unknown scheme',                   do { my $x = message('UDP', $udp, 'x'); $x =~ s{^MESSAGE \S+}{MESSAGE foo:bar}; $x }, ['416']],
        ['CSeq with another method',         do { my $x = message('UDP', $udp, 'x'); $x =~ s{(CSeq: \d+) MESSAGE}{$1 OPTIONS}; $x }, ['400']],
        ['no From',                          do { my $x = message('UDP', $udp, 'x'); $x =~ s{From: [^\r]*\r\n}{}; $x }, ['', '400']],
        ['unknown method',                   request('DANCE', 'UDP', $udp, ['Content-Length: 0'], ''),            ['501']],
        ['3,000 header fields',              request('MESSAGE', 'UDP', $udp, [$many, 'Content-Length: 0'], ''),   ['400', '513', '']],
        ['a field of 50,000 octets',         request('MESSAGE', 'UDP', $udp, ['Subject: ' . 'x' x 50_000, 'Content-Length: 0'], ''), ['', '200', '400', '415', '513']],
        ['body over --max-size',             message('UDP', $udp, 'x' x 30_000),                                  ['413']],
        ['a response to nothing',            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP $HOST:$udp;branch=z9hG4bKno\r\nFrom: <sip:a\@b>;tag=1\r\nTo: <sip:a\@b>\r\nCall-ID: x\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n", ['']],
    );
    for my $row (@datagrams) {
        my ($what, $octets, $want) = @$row;
        my $s = udp($udp);
        $s->send($octets);
        my ($got) = answer($s, qr/\r\n\r\n/, $want->[0] eq '' ? 1 : 3);
        my $status = status($got);
        verdict((grep { $_ eq $status } @$want) && serves($udp, $tcp), "udp: $what", $status || 'dropped');
    }

    my @streams = (
        ['nothing, then close',              '',                                                    [''],    0],
        ['binary, 1,400 octets',             $noise,                                                ['', '400'], 1],
        ['no SIP at all',                    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",                   ['', '400'], 1],
        ['no Content-Length',                request('MESSAGE', 'TCP', $tcp, [], ''),               ['400'], 1],
        ['Content-Length of 100,000,000',    request('MESSAGE', 'TCP', $tcp, ['Content-Length: 100000000'], 'x'), ['413', '513'], 1],
        ['a head without end, 300,000 octets', request('MESSAGE', 'TCP', $tcp, ['Subject: ' . 'x' x 300_000], ''), ['', '400', '513'], 1],
        ['half a head, then close',          substr($good, 0, 100),                                 [''],    0],
        ['half a body, then close',          substr($good, 0, -10),                                 [''],    0],
    );
    for my $row (@streams) {
        my ($what, $octets, $want, $wait) = @$row;
        my $s = tcp($tcp);
        local $SIG{PIPE} = 'IGNORE';
        print $s $octets;
        $s->flush;
        my ($got, $closed) = $wait ? answer($s, qr/\r\n\r\n/, 3) : ('', '');
        close $s;
        my $status = status($got);
        verdict((grep { $_ eq $status } @$want) && serves($udp, $tcp), "tcp: $what", ($status || 'no answer') . " $closed");
    }
    my @open = map { my $s = tcp($tcp); print $s substr($good, 0, 50 + $_); $s->flush; $s } 1 .. 8;
    verdict(serves($udp, $tcp), 'tcp: eight left open in the middle of a message', '');
    my $slow = tcp($tcp);
    $slow->autoflush(1);
    for my $octet (split //, message('TCP', $tcp, 'octet by octet')) { print $slow $octet }
    my ($got) = answer($slow, qr/\r\n\r\n/, 3);
    verdict(status($got) eq '200', 'tcp: a good message, octet by octet', status($got));

    my $send = "MSRP hostile1 SEND\r\nTo-Path: msrp://$HOST:$msrp/nobody;tcp\r\nFrom-Path: msrp://$HOST:9/me;tcp\r\nMessage-ID: hostile1\r\nByte-Range: 1-4/4\r\nContent-Type: text/plain\r\n\r\nhell\r\n-------hostile1\$\r\n";
    my @chunks = (
        ['nothing, then close',         '',                                                     qr/^$/],
        ['binary, 1,400 octets',        $noise,                                                 qr/^$|^MSRP \S+ 400/],
        ['no MSRP at all',              "GET / HTTP/1.1\r\nHost: x\r\n\r\n",                    qr/^$|^MSRP \S+ 400/],
        ['SEND to an unknown session',  $send,                                                  qr/^MSRP hostile1 481/],
        ['cut in the head, then close', substr($send, 0, 60),                                   qr/^$/],
        ['cut in the body, then close', substr($send, 0, index($send, 'hell') + 2),             qr/^$/],
        ['a head of 100,000 octets',    "MSRP hostile2 SEND\r\nTo-Path: " . 'x' x 100_000,      qr/^$|^MSRP \S+ 400/],
        ['SIP on the MSRP port',        $good,                                                  qr/^$|^MSRP \S+ 400/],
    );
    for my $row (@chunks) {
        my ($what, $octets, $want) = @$row;
        my $s = tcp($msrp);
        local $SIG{PIPE} = 'IGNORE';
        print $s $octets;
        $s->flush;
        my ($got, $closed) = $what =~ /close/ ? ('', '') : answer($s, qr/\r\n-------[^\r]*\r\n/, 2);
        close $s;
        my ($line) = $got =~ /^([^\r]*)/;
        verdict($got =~ $want && serves($udp, $tcp), "msrp: $what", ($line || 'no answer') . " $closed");
    }
}

# Push one file of that name (as it stands between the quotes of the selector) and that content; the status of the INVITE.
sub push_named {
    my ($tcp, $name, $content) = @_;
    my $length = length $content;
    my $id = "hostile$$" . "abcdefghijklmnop$serial";
    my $sdp = join "\r\n", 'v=0', "o=- 1 1 IN IP4 $HOST", 's=-', "c=IN IP4 $HOST", 't=0 0', 'm=message 9 TCP/MSRP *', 'a=sendonly',
        'a=setup:active', 'a=accept-types:*', "a=path:msrp://$HOST:9/$id;tcp",
        "a=file-selector:name:\"$name\" type:text/plain size:$length", "a=file-transfer-id:$id", 'a=file-disposition:attachment', '';
    my $s = tcp($tcp);
    my $invite = request('INVITE', 'TCP', $tcp,
        ["Contact: <sip:hostile\@$HOST:9;transport=tcp>", 'Content-Type: application/sdp', 'Content-Length: ' . length $sdp], $sdp);
    print $s $invite;
    $s->flush;
    my ($got) = answer($s, qr{SIP/2.0 (?:200.*?\r\n\r\nv=0.*a=path:[^\r]*\r\n.*|[3-6]\d\d.*?\r\n\r\n)}s, 4);
    my ($status) = $got =~ m{SIP/2.0 ([2-6]\d\d)};
    return $status // 'none' unless ($status // '') eq '200';
    my ($to) = $got =~ /^To: ([^\r]*)/mi;
    my ($contact) = $got =~ /^Contact: <([^>]*)>/mi;
    my ($path) = $got =~ /^a=path:([^\r]*)/m;
    my ($port) = $path =~ m{^msrp://[^/]*:(\d+)/};
    my ($from, $callid, $cseq) = map { my $n = $_; $invite =~ /^$n: ([^\r]*)/m; $1 } qw(From Call-ID CSeq);
    my ($number) = $cseq =~ /(\d+)/;
    my $in_dialog = sub {
        my ($method, $cseq) = @_;
        return join "\r\n", "$method $contact SIP/2.0", "Via: SIP/2.0/TCP $HOST:9;branch=z9hG4bK$id$method", 'Max-Forwards: 70', "From: $from",
            "To: $to", "Call-ID: $callid", "CSeq: $cseq $method", 'Content-Length: 0', '', '';
    };
    print $s $in_dialog->('ACK', $number);
    $s->flush;
    my $m = tcp($port);
    print $m "MSRP a$id SEND\r\nTo-Path: $path\r\nFrom-Path: msrp://$HOST:9/$id;tcp\r\nMessage-ID: m$serial" . "abcd\r\nSuccess-Report: yes\r\n",
        "Byte-Range: 1-$length/$length\r\nContent-Type: text/plain\r\n\r\n$content\r\n-------a$id\$\r\n";
    $m->flush;
    answer($m, qr/ REPORT\r\n.*-------[^\r]*\r\n/s, 4);
    print $s $in_dialog->('BYE', $number + 1);
    $s->flush;
    answer($s, qr/BYE/, 3);
    return $status;
}

sub names {
    my ($tcp, $dir) = @_;
    my @rows = ('../../x', '..%2F..%2Fx', 'a/../../b', 'a%2f..%2f..%2fb', '/etc/hostile', '%2Fetc%2Fhostile', '..%5C..%5Cx', 'nul%00name', 'new%0Aline',
        'cr%0D%0Ax', '.', '..', '%2E%2E', '', '.hidden', '...', '~', 'n' x 4000, "bell\x07esc\x1b[31m", 'plain.txt', 'plain.txt', 'plain.txt.part', '%ff%fe',
        'sub/dir/file', 'con:stream', '-rf', ' ', 'trailing.');
    for my $name (@rows) {
        my $content = "content of hostile name number $serial";
        my $status = push_named($tcp, $name, $content);
        my ($shown) = map { s/[^ -~]/?/gr } length $name > 24 ? substr($name, 0, 20) . '...' : $name;
        select undef, undef, undef, 0.1;
        my @found = grep { -f $_ && octets_of($_) eq $content } glob_all($dir);
        my $fits = $status eq '200' ? @found == 1 : @found == 0;
        verdict($fits, "name: \"$shown\"", "$status " . join ' ', map { s{^\Q$dir\E/}{}r =~ s/[^ -~]/?/gr } map { length > 90 ? substr($_, 0, 90) . '...' : $_ } @found);
    }
}

sub octets_of {
    my ($file) = @_;
    open my $f, '<', $file or return '';
    local $/ = undef;
    return scalar(<$f>) // '';
}

sub glob_all {
    my ($dir) = @_;
    opendir my $d, $dir or return ();
    return map { "$dir/$_" } grep { $_ ne '.' && $_ ne '..' } readdir $d;
}

my $verb = shift // '';
if    ($verb eq 'bad'   && @ARGV == 3) { bad(@ARGV) }
elsif ($verb eq 'names' && @ARGV == 2) { names(@ARGV) }
else  { die "usage: hostile.pl bad UDP TCP MSRP | names TCP DIR\n" }
exit($failed ? 1 : 0);
