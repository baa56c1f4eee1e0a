#!/usr/bin/env python3
"""`--via ssh:` against a real sshd on loopback: its own keys, its own configuration, and every way to fail."""

import getpass
import json
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time

HOST = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com"
PROGRAM = pathlib.Path(sys.argv[1]).resolve()


def name_server():
    """One address for every name, over UDP on a port of loopback."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve():
        while True:
            query, client = server.recvfrom(4096)
            end = 12 + query[12:].index(0) + 5
            is_a = query[end - 3] == 1
            head = query[:2] + bytes([query[2] | 0x80, 0x80, 0, 1, 0, is_a, 0, 0, 0, 0])
            answer = bytes([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 168, 104, 190]) if is_a else b""
            server.sendto(head + query[12:end] + answer, client)

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


class Place:
    """An sshd whose PATH holds what a case needs."""

    def __init__(self, root, name, program=None, known=True):
        self.name, self.port = name, free_port()
        self.bin, self.tmp = root / name / "bin", root / name / "tmp"
        self.bin.mkdir(parents=True)
        self.tmp.mkdir()
        if program == "installed":
            (self.bin / "eks-dns-doctor").symlink_to(PROGRAM)
        elif program:
            path = self.bin / "eks-dns-doctor"
            path.write_text("#!/bin/sh\n" + program)
            path.chmod(0o755)
        key = root / name / "host"
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
        if known:
            public = pathlib.Path(f"{key}.pub").read_text()
            with open(root / "known_hosts", "a") as hosts:
                hosts.write(f"[127.0.0.1]:{self.port} {public}")
        config = root / name / "sshd_config"
        config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {key}\nPidFile none\nUsePAM no\nStrictModes no\n"
            f"AuthorizedKeysFile {root}/user.pub\nPermitRootLogin yes\nPasswordAuthentication no\n"
            f"KbdInteractiveAuthentication no\n"
            f"SetEnv PATH={self.bin}:/usr/bin:/bin TMPDIR={self.tmp} AWS_EC2_METADATA_DISABLED=true DOCTOR={PROGRAM}\n"
        )
        self.log = open(root / name / "log", "w")
        self.sshd = subprocess.Popen(
            [shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin"), "-D", "-e", "-f", config], stderr=self.log
        )
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            sys.exit(f"sshd of {name} does not listen: {open(self.log.name).read()}")

    def stop(self):
        self.sshd.terminate()
        self.sshd.wait()


def main():
    if os.getuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        root.chmod(0o755)
        for name in ("user", "stranger"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", root / name)
        old = '[ "$1" = --version ] && { echo eks-dns-doctor 0.0.1; exit; }\necho "error: no such flag" >&2; exit 2\n'
        places = []
        try:
            places += [
                Place(root, "bastion", "installed"),
                Place(root, "bare"),
                Place(root, "old", old),
                Place(root, "half", '"$DOCTOR" "$@" | head -c 2000\n'),
                Place(root, "slow", "sleep 60\n"),
                Place(root, "newkey", "installed", known=False),
            ]
            check(root, {place.name: place for place in places})
        finally:
            for place in places:
                place.stop()


def check(root, places):
    lines = [
        f"Host *\n  User {getpass.getuser()}\n  IdentitiesOnly yes\n  UserKnownHostsFile {root}/known_hosts\n"
        f"  GlobalKnownHostsFile none\n  StrictHostKeyChecking yes\n  HostName 127.0.0.1\n"
    ]
    for name, place in places.items():
        lines.append(f"Host {name}\n  Port {place.port}\n  IdentityFile {root}/user\n")
    lines.append(f"Host stranger\n  Port {places['bastion'].port}\n  IdentityFile {root}/stranger\n")
    lines.append(f"Host closed\n  Port {free_port()}\n  IdentityFile {root}/user\n")
    # Over a jump host, as a user's configuration may have it.
    lines.append(f"Host inner\n  Port {places['bastion'].port}\n  IdentityFile {root}/user\n  ProxyCommand ssh -F {root}/config -W %h:%p bastion\n")
    (root / "config").write_text("".join(lines))
    here = root / "here"
    here.mkdir()
    # The user's own configuration, which ssh finds by the account and not by HOME.
    ssh = here / "ssh"
    ssh.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {root}/config "$@"\n')
    ssh.chmod(stat.S_IRWXU)
    server = name_server()

    def doctor(*arguments):
        command = [
            PROGRAM, "check", HOST, "--no-local", "--no-os", "--no-controls", "--no-aws", "--timeout", "1s",
            "--vantage", "laptop", "--expect", "192.168.104.190", "--resolver", f"one=127.0.0.1:{server}",
            "-o", "json", *arguments,
        ]
        environment = {"PATH": f"{here}:/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        if not done.stdout:
            sys.exit(f"{arguments}: nothing was printed: {done.stderr}")
        return done.returncode, json.loads(done.stdout)

    code, document = doctor("--via", "ssh:bastion", "--via", "ssh:inner")
    names = [place["name"] for place in document["places"]]
    assert (code, names) == (0, ["laptop", "bastion", "inner"]), (code, names, document.get("unseen"))
    print("ssh: the same check at a bastion, and behind it: exit 0")

    failures = {
        "closed": "Connection refused",
        "stranger": "Permission denied",
        "newkey": "does not trust the key of that host",
        "bare": "there is no eks-dns-doctor in PATH there",
        "old": "(it is eks-dns-doctor 0.0.1, and here is eks-dns-doctor",
        "half": "is not a capture: EOF while parsing",
        "slow": "nothing came back within 5s",
    }
    arguments = [word for name in failures for word in ("--via", f"ssh:{name}")]
    code, document = doctor("--via", "ssh:bastion", "--via-timeout", "5s", *arguments)
    names = [place["name"] for place in document["places"]]
    assert (code, names) == (3, ["laptop", "bastion"]), (code, names, document["unseen"])
    reasons = {unseen["place"]: unseen["reason"] for unseen in document["unseen"]}
    assert reasons.keys() == failures.keys(), reasons
    for name, says in failures.items():
        assert says in reasons[name] and "\n" not in reasons[name], (name, reasons[name])
        print(f"ssh: {name}: {reasons[name]}")

    code, document = doctor("--via", "ssh:bare", "--push")
    assert code == 0 and document["places"][1]["name"] == "bare", (code, document.get("unseen"))
    left = list(places["bare"].tmp.iterdir())
    assert not left, left
    print("ssh: pushed, run and removed: exit 0")


main()
