#!/usr/bin/env python3
"""What fails around the program, for real: no route, a getaddrinfo that never returns, a route and a policy that forbid,
no ports left, a full disk.

Starts itself again with unshare, in a network and a mount namespace of its own; nothing leaves them.
"""

import ctypes
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from servers import covered, run
from shared import ENVIRONMENT

X = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com"
SILENT = "192.0.2.53"  # Of this namespace.


def check(program, *flags, before=None, within=30):
    """A check: its exit code, its document, what it said beside it, and how long it took."""
    begun = time.monotonic()
    done = subprocess.run(
        [program, "check", X, "--no-aws", "--expect", "10.0.0.1", "-o", "json", *flags],
        env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, timeout=within, preexec_fn=before,
    )
    document = json.loads(done.stdout) if done.stdout else None
    return done.returncode, document, done.stderr.decode(), time.monotonic() - begun


def expect(what, holds, *shown):
    if not holds:
        sys.exit(f"faults: {what}: {shown}")
    print(f"faults: {what}: ok")


def no_sockets():
    """From here on socket(2) fails with EACCES (seccomp(2)): what a sandbox does."""
    numbers = {"x86_64": 41, "aarch64": 198}
    number = numbers[os.uname().machine]
    program = b"".join(struct.pack("HBBI", *step) for step in (
        (0x20, 0, 0, 0),  # Load the number of the call.
        (0x15, 0, 1, number),
        (0x06, 0, 0, 0x00050000 | 13),  # SECCOMP_RET_ERRNO, EACCES.
        (0x06, 0, 0, 0x7FFF0000),  # SECCOMP_RET_ALLOW.
    ))
    steps = ctypes.create_string_buffer(program)
    filter_ = struct.pack("HxxxxxxP", 4, ctypes.addressof(steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.create_string_buffer(filter_), 0, 0):
        os._exit(99)


def first(document):
    return [finding["rule"] for finding in document["findings"]][:1]


def faults(program):
    # No interface is up: not even loopback has a route.
    code, document, said, _ = check(program, "--resolver", SILENT, "--no-local", "--no-os", "--no-controls")
    reason = document["resolvers"][0]["lookups"][0]["reason"]
    expect("no route", code == 1 and reason == "there is no route to it" and first(document) == ["resolver-unreachable"],
           code, reason, said)

    run("ip", "link", "set", "lo", "up")
    run("ip", "address", "add", f"{SILENT}/32", "dev", "lo")
    # Takes the questions and says nothing.
    ears = [socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)]
    for ear in ears:
        ear.bind((SILENT, 53))
    ears[1].listen(64)

    # getaddrinfo would ask for two minutes and more.
    code, document, said, took = check(program, "--deadline", "3s", "--no-controls")
    system = [resolver["system"] for resolver in document["resolvers"] if resolver["role"] == "os"]
    expect("a getaddrinfo that does not return", code == 1 and took < 10 and system[0]["failure"]["code"] == "timeout",
           code, took, system, said)

    # A route that forbids (ip-route(8): prohibit): connect(2) fails with EACCES.
    run("ip", "route", "add", "prohibit", "192.0.2.54")
    code, document, said, _ = check(program, "--resolver", "192.0.2.54", "--no-local", "--no-os", "--no-controls")
    reason = document["resolvers"][0]["lookups"][0]["reason"]
    expect("a route that forbids", code == 1 and reason == "this host does not permit it", code, reason, said)

    code, document, said, _ = check(program, "--resolver", SILENT, "--no-local", "--no-os", "--no-controls",
                                    before=no_sockets)
    reason = document["resolvers"][0]["lookups"][0]["reason"] if document else None
    expect("a policy that forbids sockets", code == 1 and reason == "this host does not permit it", code, reason, said)

    # Two ports for all that is asked at once.
    ports = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")
    usual = ports.read_text()
    ports.write_text("40000 40001")
    code, document, said, _ = check(program, "--resolver", SILENT, "--no-local", "--no-os", "--samples", "20",
                                    "--timeout", "1s")
    ports.write_text(usual)
    gaps = [gap["reason"] for gap in document["gaps"] if gap["source"] == "this host"]
    expect("no ports left", code in (1, 3) and not any("in use" in str(lookup["reason"])
                                                        for lookup in document["resolvers"][0]["lookups"]),
           code, gaps, said)

    # A disk of one page.
    with tempfile.TemporaryDirectory() as folder:
        run("mount", "-t", "tmpfs", "-o", "size=4k", "none", folder)
        place = pathlib.Path(folder, "capture.json")
        place.write_text("before")
        code, document, said, _ = check(program, "--resolver", SILENT, "--no-local", "--no-os", "--no-controls",
                                        "--timeout", "300ms", "--save", str(place))
        left = sorted(os.listdir(folder))
        expect("a full disk", code == 2 and document["conclusion"] == "broken" and "--save" in said
               and place.read_text() == "before" and left == ["capture.json"], code, said, left)
        run("umount", folder)


def main():
    program = os.path.abspath(sys.argv[1])
    if len(sys.argv) < 3:
        # PATH of root, for ip and nft.
        os.execvpe("unshare", ["unshare", "--net", "--mount", sys.executable, __file__, program, "inside"], os.environ)
    signal.alarm(300)
    run("mount", "--make-rprivate", "/")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as own:
        own.write(f"nameserver {SILENT}\noptions timeout:30 attempts:5\n")
        own.flush()
        covered("/etc/resolv.conf", own.name)
        faults(program)


if __name__ == "__main__":
    main()
