#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# tests/relay_attack.pl -- a client of an MSRP relay that takes what is not its own. Run by tests/relay_attack.sh.
#
#   relay_attack.pl PORT CONNECTIONS DRIP   DRIP: seconds in which connections say one octet a second
#
# Users of the relay: alice, mallory; realm lab; both passwords are secret. Needs perl alone. One line a row, PASS or FAIL; exits 1
# if any failed. The rows name the clauses of RFC 4976.
use strict;
use warnings;
use Digest::MD5 'md5_hex';
use Errno;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes 'sleep';

$SIG{PIPE} = 'IGNORE';
my ($port, $connections, $drip) = @ARGV;
my ($HOST, $failed, $serial) = ('127.0.0.1', 0, 0);
my $relay = "msrp://$HOST:$port;tcp";

sub verdict {
    my ($ok, $what, $said) = @_;
    printf "%s  %-58s %s\n", ($ok ? 'PASS' : 'FAIL'), $what, $said;
    $failed++ unless $ok;
}

sub tcp { IO::Socket::INET->new(Proto => 'tcp', PeerAddr => $HOST, PeerPort => $_[0] // $port, Timeout => 5) }

sub listener { IO::Socket::INET->new(Proto => 'tcp', LocalAddr => $HOST, Listen => 4) or die "listen: $!" }

# What comes within some seconds, until it matches; the second value: 'closed' when the relay closed.
sub answer {
    my ($s, $until, $seconds) = @_;
    my ($got, $end, $closed) = ('', time + ($seconds // 3), '');
    my $select = IO::Select->new($s);
    while (time <= $end) {
        last if $got =~ $until;
        next unless $select->can_read(0.2);
        my $n = sysread $s, my $piece, 65536;
        if (!defined $n || $n == 0) { $closed = 'closed'; last }
        $got .= $piece;
    }
    return ($got, $closed);
}

sub ended { my ($s) = @_; return (answer($s, qr/(?!)/, 3))[1] }

# A frame: method, paths, further fields, body or undef.
sub frame {
    my ($method, $to, $from, $fields, $body) = @_;
    my $id = sprintf 'attack%06d', ++$serial;
    return "MSRP $id $method\r\nTo-Path: $to\r\nFrom-Path: $from\r\n$fields" .
        (defined $body ? "\r\n$body\r\n" : '') . "-------$id\$\r\n";
}

sub send_frame {
    my ($to, $from) = @_;
    return frame('SEND', $to, $from, "Message-ID: m$serial" . "abcd\r\nByte-Range: 1-5/5\r\nContent-Type: text/plain\r\n", 'hello');
}

sub credentials {
    my ($user, $password, $nonce, $nc) = @_;
    my $response = md5_hex(join ':', md5_hex("$user:lab:$password"), $nonce, $nc, 'cc', 'auth', md5_hex("AUTH:$relay"));
    return qq{Authorization: Digest username="$user", realm="lab", nonce="$nonce", uri="$relay", response="$response", } .
        qq{cnonce="cc", qop=auth, nc=$nc\r\n};
}

sub status { return $_[0] =~ /^MSRP \S+ (\d{3})/ ? $1 : 'nothing' }

# Asks for a URI; yields the last response and the nonce of the challenge.
sub auth {
    my ($s, $from, $user, $password, $nonce, $nc) = @_;
    if (!defined $nonce) {
        print $s frame('AUTH', $relay, $from, '');
        my ($got) = answer($s, qr/\$\r\n/);
        ($nonce) = $got =~ /nonce="([^"]*)"/ or return ($got, '');
    }
    print $s frame('AUTH', $relay, $from, credentials($user, $password, $nonce, $nc // '00000001'));
    return ((answer($s, qr/\$\r\n/))[0], $nonce);
}

sub uri { return $_[0] =~ /Use-Path: (\S+)/ ? $1 : '' }

# ---- strangers ----

my $victim_listens = listener();
my $victim = "msrp://$HOST:" . $victim_listens->sockport . '/victim;tcp';
my $me = "msrp://$HOST:9/me;tcp";

sub reached { return IO::Select->new($victim_listens)->can_read(0.1) ? 'and the victim was reached' : '' }

sub refused {
    my ($what, $code, $close, @said) = @_;
    my $s = tcp() or return verdict(0, $what, 'no connection');
    print $s @said;
    my ($got, $closed) = answer($s, qr/\$\r\n/);
    $closed ||= ended($s) if $close;
    my $ok = (status($got) eq $code || ($code eq '' && $got eq '')) && (!$close || $closed) && !reached();
    verdict($ok, $what, status($got) . " $closed " . reached());
}

refused('SEND through the relay, no AUTH (6.2)',               '481', 1, send_frame("$relay $victim", $me));
refused('SEND to a URI that was never handed out (6.4)',       '481', 1, send_frame("msrp://$HOST:$port/aaaaaaaaaaaaaaaaaaaa;tcp $victim", $me));
refused('SEND to somebody else\'s host (6.4)',                 '481', 1, send_frame("msrp://elsewhere:1/x;tcp $victim", $me));
refused('REPORT through the relay (never answered)',           '',    1, frame('REPORT', "$relay $victim", $me, "Message-ID: mmmm\r\nByte-Range: 1-1/1\r\nStatus: 000 200 OK\r\n"));
refused('AUTH without credentials (9.1)',                      '401', 0, frame('AUTH', $relay, $me, ''));
refused('AUTH for another relay (6.4)',                        '481', 1, frame('AUTH', "$relay $victim", $me, ''));
refused('no MSRP at all',                                      '',    1, "GET / HTTP/1.1\r\n\r\n");
refused('a path that is none: nobody to answer',               '',    1, send_frame('x y', $me));

# ---- wrong credentials ----

my $s = tcp();
my ($got, $nonce) = auth($s, $me, 'mallory', 'guess');
verdict(status($got) eq '401' && $got =~ /WWW-Authenticate/, 'a wrong password (9.1)', status($got));
($got) = auth($s, $me, 'nobody', 'secret');
verdict(status($got) eq '401', 'a user that is none', status($got));
($got) = auth($s, $me, 'mallory', 'guess') for 1 .. 3;
verdict(status($got) eq '401' && ended($s), 'five wrong ones: the connection ends', status($got));

$s = tcp();
($got, $nonce) = auth($s, $me, 'mallory', 'secret');
verdict(status($got) eq '200' && uri($got) ne '', 'right credentials', status($got));
my $mine = uri($got);
($got) = auth($s, $me, 'mallory', 'secret', $nonce);
verdict(status($got) eq '401' && $got =~ /stale=true/, 'the same nonce again (9.1)', status($got));
($got) = auth($s, $me, 'mallory', 'secret', $nonce, '00000002');
verdict(status($got) eq '401', 'the same nonce with the next count', status($got));
my $other = tcp();
($got, $nonce) = auth($other, "$me", 'alice', 'secret');
my $alices = uri($got);
my $third = tcp();
print $third frame('AUTH', $relay, $me, '');
my ($overheard) = (answer($third, qr/\$\r\n/))[0] =~ /nonce="([^"]*)"/;
($got) = auth($s, $me, 'alice', 'secret', $overheard);
verdict(status($got) eq '401', 'a nonce of another connection', status($got));
($got) = auth($s, $me, 'alice', 'secret', 'f' x length $overheard);
verdict(status($got) eq '401', 'a nonce that was never given', status($got));

# ---- what is somebody else's ----

print $s send_frame("$alices $victim", $me);
($got) = answer($s, qr/\$\r\n/);
verdict(status($got) eq '481' && !reached(), "SEND on behalf of another user (6.4)", status($got) . ' ' . reached());
print $s send_frame($alices, $me);
($got) = answer($s, qr/\$\r\n/);
verdict(status($got) eq '481', "SEND that ends at another's URI", status($got));
$third = tcp();
print $third send_frame("$mine $victim", $me);
($got) = answer($third, qr/\$\r\n/);
verdict(status($got) eq '481' && ended($third) && !reached(), 'SEND with a good URI over another connection (6.3)', status($got));
print $s send_frame("$mine $victim", $me);
($got) = answer($s, qr/\$\r\n/);
verdict(status($got) eq '200' && reached(), 'its owner is served all the same', status($got) . ' ' . reached());

# ---- frames without end ----

# Says it until nobody listens any more: how many octets were taken, and whether the connection ended.
sub pour {
    my ($to, $start, $piece) = @_;
    my ($sent, $until) = (0, time + 9);
    my $select = IO::Select->new($to);
    $to->blocking(0);
    syswrite $to, $start;
    while (time < $until && $select->can_write(1)) {
        my $n = syswrite $to, $piece;
        return ($sent, 1) unless defined $n || $!{EAGAIN};
        $sent += $n // 0;
    }
    return ($sent, 0);
}

my $field = 'x' x 65536;
$third = tcp();
my ($sent, $end) = pour($third, "MSRP endless1 SEND\r\nTo-Path: ", $field);
verdict($end, 'a header field without end: the connection ends', "$sent octets were taken or thrown away");
$third = tcp();
($sent, $end) = pour($third, "MSRP endless2 SEND\r\nTo-Path: $relay $victim\r\nFrom-Path: $me\r\nMessage-ID: mmmm\r\nContent-Type: a/b\r\n\r\n", $field);
verdict($end, 'a body without end, for nobody: the same', "$sent octets were taken or thrown away");
($sent, $end) = pour($s, "MSRP endless3 SEND\r\nTo-Path: $mine $victim\r\nFrom-Path: $me\r\nMessage-ID: nnnn\r\nByte-Range: 1-*/*\r\nContent-Type: a/b\r\n\r\n", $field);
verdict(!$end && $sent < 50_000_000, 'a body without end, for one who reads nothing: it waits', "$sent octets were taken");
close $s;

# ---- many, and slow ones ----

my @many;
my $taken = 0;
for (1 .. $connections) {
    my $one = tcp() or last;
    print $one 'MSRP abcd ';
    push @many, $one;
}
($got) = auth($other, $me, 'alice', 'secret');
verdict(uri($got) eq $alices, 'who was there before ' . @many . ' connections is still known', status($got));
my $late = tcp();
($got) = defined $late ? auth($late, "msrp://$HOST:9/late;tcp", 'alice', 'secret') : ('');
verdict(status($got) eq '200', 'and who comes after them gets in', status($got));
close $_ for @many;
@many = ();

my @slow = map { tcp() } 1 .. 50;
my $text = frame('AUTH', $relay, $me, 'X-Slow: ' . 'x' x 200 . "\r\n");
for my $second (0 .. $drip - 1) {
    for my $one (@slow) { syswrite $one, substr $text, $second, 1 if defined $one }
    sleep 1;
}
my $gone = grep { !defined $_ || ended_now($_) } @slow;
sub ended_now { my ($s) = @_; return 0 unless IO::Select->new($s)->can_read(0); my $n = sysread $s, my $piece, 100; return !defined $n || $n == 0 }
verdict($drip < 31 ? $gone == 0 : $gone == 50, "one octet a second, $drip s: their time is 30 s (6.5)", "$gone of 50 ended");
exit($failed > 0);
