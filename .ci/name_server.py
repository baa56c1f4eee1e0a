"""A name server in Python on loopback, whose caller says which addresses a name has. The real ones are in servers.py."""

import contextlib
import socket
import socketserver
import struct
import sys
import threading

NXDOMAIN = 3
A_IN = b"\0\1\0\1"
# Threads of the whole script, of which each connection is one; and the seconds that a connection may say nothing.
MOST, IDLE = 64, 30


def reply(query, addresses):
    """Raises ValueError where there is no question in it."""
    end, labels = 12, []
    while query[end : end + 1] > b"\0":
        labels.append(query[end + 1 : end + 1 + query[end]].decode("ascii", "replace"))
        end += 1 + query[end]
    end += 5
    if len(query) < end:
        raise ValueError("no question")
    found = addresses(".".join(labels).lower())
    records = (found or []) if query[end - 4 : end] == A_IN else []
    # OPCODE and RD are the question's own (RFC 1035 section 4.1.1).
    flags = (query[2] & 0x79 | 0x80) << 8 | 0x80 | (NXDOMAIN if found is None else 0)
    head = query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0)
    return head + query[12:end] + b"".join(
        struct.pack(">HHHIH", 0xC00C, 1, 1, 60, 4) + socket.inet_aton(address) for address in records)


class Listener:
    """What both transports share; `addresses` is the caller's."""

    def __init__(self, address, handler, addresses, tls=None):
        super().__init__(address, handler)
        self.addresses, self.tls = addresses, tls

    def handle_error(self, request, client):
        # A client that is gone, that does not trust the certificate, or that asked no question, is none of ours.
        if not isinstance(sys.exc_info()[1], (OSError, ValueError)):
            super().handle_error(request, client)


class Udp(Listener, socketserver.UDPServer):
    pass


class Tcp(Listener, socketserver.ThreadingTCPServer):
    request_queue_size = MOST

    def get_request(self):
        stream, client = super().get_request()
        if self.tls:
            # The handshake comes with the first read, which is in the connection's own thread.
            stream = self.tls.wrap_socket(stream, server_side=True, do_handshake_on_connect=False)
        return stream, client

    def verify_request(self, request, client):
        return threading.active_count() < MOST


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        query, udp = self.request
        udp.sendto(reply(query, self.server.addresses), self.client_address)


class Stream(socketserver.StreamRequestHandler):
    timeout = IDLE

    def handle(self):
        while len(length := self.rfile.read(2)) == 2:
            said = reply(self.rfile.read(*struct.unpack(">H", length)), self.server.addresses)
            self.wfile.write(struct.pack(">H", len(said)) + said)


def listening(addresses, tls):
    anywhere = ("127.0.0.1", 0)
    if tls:
        return [Tcp(anywhere, Stream, addresses, tls)]
    for _ in range(100):
        udp = Udp(anywhere, Datagram, addresses)
        try:
            return [udp, Tcp(udp.server_address, Stream, addresses)]
        except OSError:
            # TCP's port of that number is another's.
            udp.server_close()
    return sys.exit("no port of 127.0.0.1 is free for UDP and TCP")


@contextlib.contextmanager
def name_server(addresses, tls=None):
    """Answers at a port of 127.0.0.1, which this gives: over UDP and TCP, or with a TLS context inside TLS alone.

    `addresses` gives the IPv4 addresses of a name, which is in lower case and without the last dot; None is NXDOMAIN. A
    question for another type than A is answered with NODATA, where the name is there. At the end it waits for the
    connections that are left.
    """
    servers = listening(addresses, tls)
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield servers[0].server_address[1]
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
