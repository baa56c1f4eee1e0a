#!/usr/bin/env python3
"""`--via ssh:` against a real sshd on loopback: its own keys, its own configuration, and every way to fail."""

import getpass
import json
import os
import pathlib
import pty
import shutil
import signal as signals
import socket
import stat
import subprocess
import sys
import tempfile
import time

from name_server import name_server
from shared import free_port, waited

HOST = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com"
ADDRESS = "192.168.104.190"
PROGRAM = pathlib.Path(sys.argv[1]).resolve()


def run(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


class Place:
    """An sshd whose PATH holds what a case needs."""

    def __init__(self, root, name, program=None, known=True, shell=None, address="127.0.0.1"):
        self.name, self.port, self.address = name, free_port(), address
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
        if known == "another":
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{key}-before")
        if known:
            public = pathlib.Path(f"{key}-before.pub" if known == "another" else f"{key}.pub").read_text()
            with open(root / "known_hosts", "a") as hosts:
                hosts.write(f"[{address}]:{self.port} {public}")
        config = root / name / "sshd_config"
        config.write_text(
            f"Port {self.port}\nListenAddress {address}\nHostKey {key}\nPidFile none\nUsePAM no\nStrictModes no\n"
            f"AuthorizedKeysFile {root}/user.pub\nPermitRootLogin yes\nPasswordAuthentication no\n"
            f"KbdInteractiveAuthentication no\n"
            f"SetEnv PATH={self.bin}:/usr/bin:/bin TMPDIR={self.tmp} AWS_EC2_METADATA_DISABLED=true DOCTOR={PROGRAM}\n"
            # As the login shell of an account has it: the whole command line is that shell's.
            + (f"ForceCommand {shell}\n" if shell else "")
        )
        self.log = open(root / name / "log", "w")
        self.sshd = subprocess.Popen(
            [shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin"), "-D", "-e", "-f", config], stderr=self.log
        )
        for _ in range(200):
            try:
                socket.create_connection((address, self.port), 1).close()
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
                Place(root, "changed", "installed", known="another"),
                Place(root, "killed", "kill -9 $$\n"),
                # The process that serves the connection is the parent of the shell that sshd started.
                Place(root, "lost", '"$DOCTOR" "$@" | head -c 300; kill -9 $(cut -d " " -f 4 /proc/$PPID/stat); sleep 5\n'),
                Place(root, "sftp", shell="echo This service allows sftp connections only.; exit 1"),
                Place(root, "flood", shell="yes"),
                Place(root, "fish", "installed", shell='exec fish -c "$SSH_ORIGINAL_COMMAND"'),
                Place(root, "csh", "installed", shell='exec tcsh -c "$SSH_ORIGINAL_COMMAND"'),
                Place(root, "banner", "installed", shell="printf 'Welcome {\\n\\033[2J'; exec sh -c \"$SSH_ORIGINAL_COMMAND\""),
                Place(root, "six", "installed", address="::1"),
            ]
            with name_server(lambda name: [ADDRESS]) as server:
                check(root, {place.name: place for place in places}, server)
        finally:
            for place in places:
                place.stop()


def check(root, places, server):
    lines = [
        f"Host *\n  User {getpass.getuser()}\n  IdentitiesOnly yes\n  UserKnownHostsFile {root}/known_hosts\n"
        f"  GlobalKnownHostsFile none\n  StrictHostKeyChecking yes\n  HostName 127.0.0.1\n"
    ]
    for name, place in places.items():
        lines.insert(0, f"Host {name}\n  HostName {place.address}\n  Port {place.port}\n  IdentityFile {root}/user\n")
    lines.append(f"Host stranger\n  Port {places['bastion'].port}\n  IdentityFile {root}/stranger\n")
    lines.append(f"Host closed\n  Port {free_port()}\n  IdentityFile {root}/user\n")
    for jump in ("closed", "stranger", "newkey", "asked"):
        lines.append(f"Host over-{jump}\n  Port {places['bastion'].port}\n  IdentityFile {root}/user\n  ProxyJump {jump}\n")
    # ssh does not pass BatchMode on to the ssh that goes to a jump host.
    lines.insert(0, f"Host asked\n  Port {places['newkey'].port}\n  StrictHostKeyChecking ask\n")
    lines.append(f"Host hanging\n  ProxyCommand sleep 300.7\n")
    # Over a jump host, as a user's configuration may have it.
    lines.append(f"Host inner\n  Port {places['bastion'].port}\n  IdentityFile {root}/user\n  ProxyCommand ssh -F {root}/config -W %h:%p bastion\n")
    (root / "config").write_text("".join(lines))
    here = root / "here"
    here.mkdir()
    # The user's own configuration, which ssh finds by the account and not by HOME.
    ssh = here / "ssh"
    ssh.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {root}/config "$@"\n')
    ssh.chmod(stat.S_IRWXU)

    def line(*arguments):
        command = [
            PROGRAM, "check", HOST, "--no-local", "--no-os", "--no-controls", "--no-aws", "--timeout", "1s",
            "--vantage", "laptop", "--expect", ADDRESS, "--resolver", f"one=127.0.0.1:{server}",
            "-o", "json", *arguments,
        ]
        return command, {"PATH": f"{here}:/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true"}

    def doctor(*arguments):
        command, environment = line(*arguments)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        if not done.stdout:
            sys.exit(f"{arguments}: nothing was printed: {done.stderr}")
        return done.returncode, json.loads(done.stdout)

    shells = ["bastion", "inner", "fish", "csh", "banner", "six"]
    code, document = doctor(*[word for name in shells for word in ("--via", f"ssh:{name}")])
    names = [place["name"] for place in document["places"]]
    assert (code, names) == (0, ["laptop", *shells]), (code, names, document.get("unseen"))
    print(f"ssh: the same check at {', '.join(shells)}: exit 0")

    failures = {
        "closed": "Connection refused",
        "stranger": "Permission denied",
        "newkey": "does not trust the key of that host",
        "bare": "there is no eks-dns-doctor in PATH there",
        "old": "(it is eks-dns-doctor 0.0.1, and here is eks-dns-doctor",
        "half": "is not a capture: its JSON does not end",
        "slow": "nothing came back within 5s",
        "changed": "which is another than before",
        "killed": "was ended by signal 9",
        "lost": "the connection was lost before the report was here",
        "sftp": "(it ended with 1) (This service allows sftp connections only.)",
        "flood": "more than 32 MiB came back",
        "over-closed": "Connection refused",
        "over-stranger": "Permission denied",
        "over-newkey": "does not trust the key of that host",
        "over-asked": "does not trust the key of that host",
        "hanging": "nothing came back within 5s",
    }
    names = list(failures)
    for some in (names[: len(names) // 2], names[len(names) // 2 :]):
        arguments = [word for name in some for word in ("--via", f"ssh:{name}")]
        code, document = doctor("--via", "ssh:bastion", "--via-timeout", "5s", *arguments)
        seen = [place["name"] for place in document["places"]]
        assert (code, seen) == (3, ["laptop", "bastion"]), (code, seen, document["unseen"])
        reasons = {unseen["place"]: unseen["reason"] for unseen in document["unseen"]}
        assert list(reasons) == some, reasons
        for name in some:
            assert failures[name] in reasons[name] and "\n" not in reasons[name], (name, reasons[name])
            print(f"ssh: {name}: {reasons[name]}")
    assert not running("sleep 300.7"), "what ssh started is left"

    for name in ("bare", "fish"):
        code, document = doctor("--via", f"ssh:{name}", "--push")
        assert code == 0 and document["places"][1]["name"] == name, (code, document.get("unseen"))
        left = list(places[name].tmp.iterdir())
        assert not left, left
        print(f"ssh: {name}: pushed, run and removed: exit 0")

    # Interrupted, or out of time, while the program there waits for a server that never answers.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        arguments = ["--push", "--via", "ssh:bare", "--resolver", f"two=127.0.0.1:{silent.getsockname()[1]}"]
        for seconds, signal in ((3, None), (30, "INT")):
            command, environment = line(*arguments, "--via-timeout", f"{seconds}s", "--timeout", "4s")
            run_there = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
            waited("it was pushed", lambda: list(places["bare"].tmp.glob("*/eks-dns-doctor")), 10)
            made = next(places["bare"].tmp.iterdir())
            assert stat.S_IMODE(made.stat().st_mode) == 0o700, made
            if signal:
                run_there.send_signal(getattr(signals, f"SIG{signal}"))
            document = json.loads(run_there.communicate(timeout=60)[0])
            waited("it was removed", lambda: not list(places["bare"].tmp.iterdir()), 10)
            waited("it has ended", lambda: not running(str(made)), 10)
            print(f"ssh: pushed, and removed after {signal or 'its time'}: exit {run_there.returncode}")
            assert (run_there.returncode == 130) == bool(signal), run_there.returncode

    # Nobody is asked anything, on whatever terminal this runs.
    command, environment = line("--via", "ssh:over-asked", "--via-timeout", "20s")
    child, terminal = pty.fork()
    if child == 0:
        os.execve(command[0], [str(word) for word in command], environment)
    shown = b""
    try:
        while piece := os.read(terminal, 1 << 16):
            shown += piece
    except OSError:
        pass
    os.waitpid(child, 0)
    assert b"does not trust the key" in shown and b"continue connecting" not in shown, shown
    print("ssh: nothing is asked on the terminal")


def running(words):
    """Whether a process has these words in its command line."""
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if words in path.read_bytes().replace(b"\0", b" ").decode(errors="replace"):
                return True
        except OSError:
            pass
    return False


main()
