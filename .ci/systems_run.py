#!/usr/bin/env python3
"""Runs a binary that was built for another system, and holds it to what the one of this machine prints.

    unshare -rn .ci/systems_run.py SYSTEM NATIVE BINARY [RUNNER...] [--scenarios N]

SYSTEM is windows or linux: of BINARY. NATIVE is the same program for this machine. RUNNER is what runs BINARY: `wine`,
`qemu-aarch64-static`, or nothing. Every name server is on loopback, in a namespace without any other network. Prints a
line for each part, and at the end how many checks held. Exit code 0 only if all did.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from name_server import name_server
from servers import certificates
from shared import NOBODY

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOST = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com"
PRIVATE = ("192.168.104.190", "192.168.105.206")
# EKS's documentation names no address: these are what every server here answers, and `--expect` says so.
EXPECTED = ",".join(PRIVATE)


def addresses(name):
    """The private addresses of the endpoint; every other name is denied."""
    return PRIVATE if name == HOST.lower() else None


def of_loopback(folder):
    """What a server needs to be trusted as 127.0.0.1, by whom trusts ca.pem of the folder."""
    certificates(folder, loopback="IP:127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "loopback.pem", folder / "loopback.key")
    return context


class Program:
    def __init__(self, words, system, folder):
        self.words, self.system, self.folder = [str(word) for word in words], system, folder
        self.runner = self.words[0] if len(self.words) > 1 else None

    def path(self, path):
        """A file's path as the program has to be told it: Wine has / as its drive Z:."""
        path = str(path)
        return "Z:" + path.replace("/", "\\") if self.system == "windows" else path

    def environment(self, more):
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "WINEPREFIX", "WINEDEBUG", "WINEDLLOVERRIDES")
                if name in os.environ}
        return keep | NOBODY | {"NO_COLOR": "1", "COLUMNS": "100"} | more

    def run(self, *arguments, env=None, stdin=b"", within=120):
        # A file, not a pipe: a service of Wine's that outlives the program would hold a pipe open.
        with tempfile.TemporaryFile(dir=self.folder) as out, tempfile.TemporaryFile(dir=self.folder) as err:
            done = subprocess.run([*self.words, *map(str, arguments)], input=stdin, stdout=out, stderr=err, timeout=within,
                                  env=self.environment(env or {}), cwd=self.folder, check=False)
            out.seek(0), err.seek(0)
            return done.returncode, out.read(), err.read()

    def in_code_page(self, page, *arguments):
        """A console whose code page is another one, as Windows in Western Europe or America has it."""
        program = self.path(self.words[-1])
        line = f"chcp {page} >nul && {program} " + " ".join(map(str, arguments))
        return Program([*self.words[:-1], "cmd", "/c"], self.system, self.folder).run(line)

    def start(self, *arguments, out):
        return subprocess.Popen([*self.words, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=out,
                                stderr=subprocess.DEVNULL, env=self.environment({}), cwd=self.folder)


class Checks:
    def __init__(self):
        self.held, self.failed, self.part_held, self.begun = 0, [], 0, time.monotonic()

    def that(self, is_so, what, *seen):
        if is_so:
            self.held += 1
            return
        self.failed.append(what)
        print(f"  not so: {what}", *(str(each)[:1500] for each in seen), sep="\n    ", flush=True)

    def part(self, name):
        now = time.monotonic()
        print(f"{name}: {self.held - self.part_held} held, {now - self.begun:.1f} s", flush=True)
        self.part_held, self.begun = self.held, now


def unlike(text):
    """What differs between two runs, or two systems, for a reason that is no fault: times, ports, line ends."""
    text = text.decode("utf-8").replace("\r\n", "\n")
    text = re.sub(r"\d+(\.\d+)? (ms|s)\b", "TIME", text)
    return re.sub(r"[ \t]+", " ", text)


def report(output):
    return json.loads(output[1])


def rules(document):
    return [finding["rule"] for finding in document["findings"]]


def parts(program, native, checks, most, dns, tls, silent):
    """The last three are ports: a name server over UDP and TCP, one inside TLS, and one that says nothing."""
    folder = program.folder
    code, version, _ = program.run("--version")
    checks.that((code, version.strip()) == (0, native.run("--version")[1].strip()), "--version", version)
    checks.that(program.run("--help")[0] == 0, "--help")
    for bad in (["check"], ["check", "not a name"], ["--no-such-flag"], ["demo", "no-such-scenario"],
                ["replay", program.path(folder / "missing.json")]):
        code, out, err = program.run(*bad, "--no-local", "--no-aws") if bad[0] == "check" else program.run(*bad)
        checks.that(code == 2 and not out and err.decode("utf-8").strip(), f"{bad}: exit code 2 and a line", code, out, err)
    checks.part("start")

    # Windows reports the ICMP message as WSAECONNRESET (Microsoft, "recvfrom function"); Wine 8.0 does not pass it on. A
    # closed port is silence there: what a scenario with one ends in is the same, and how sure that is may be less.
    check = ["check", HOST, "--no-local", "--no-aws", "--expect", EXPECTED, "-o", "json"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        refused = probe.getsockname()[1]
    output = program.run(*check, "--resolver", f"127.0.0.1:{refused}", "--timeout", "1s")
    verdict = resolver(output)["verdict"]
    hears_refusals = verdict == "unreachable"
    checks.that(output[0] in (1, 3) and (hears_refusals or program.system == "windows" and verdict == "timeout"),
                "a refused port", output)
    print(f"  a refused UDP port is {verdict} here")

    def is_without_refusals(scenario, err):
        """Whether all that differs is what an unheard refusal takes: the conclusion and the exit code are the stated."""
        told = re.search(rb"found (\w+ \(exit \d+\)), .*; stated (\w+ \(exit \d+\)),", err)
        has_a_closed_port = 'udp = "closed"' in (ROOT / "fixtures/cases" / scenario / "scenario.toml").read_text()
        return not hears_refusals and has_a_closed_port and told and told[1] == told[2]

    listed = native.run("demo", "--list")[1].decode().split("\n")
    scenarios = [line.split()[0] for line in listed if re.match(r"^\s*[a-z0-9-]+/[a-z0-9-]+", line)]
    chosen = [line.split()[0] for line in (ROOT / "fixtures/pages.txt").read_text().splitlines() if line and line[0] != "#"]
    wanted = list(dict.fromkeys(chosen + scenarios))[:most] if most else list(dict.fromkeys(chosen + scenarios))
    # A scenario is about time too. Emulated and beside other work, a reply now and then comes after its time, which the
    # diagnosis then says: such a scenario is played again, and how many were is printed.
    again = unheard = 0
    for scenario in wanted:
        for attempt in range(3 if program.runner else 1):
            code, out, err = program.run("demo", scenario, "-q")
            again += attempt > 0
            if code == 0 or is_without_refusals(scenario, err):
                break
        unheard += code != 0
        checks.that(code == 0 or is_without_refusals(scenario, err), f"demo {scenario}: the stated diagnosis", code, out, err)
    checks.part(f"demo, {len(wanted)} scenarios ({again} played again, {unheard} without the refusal of a closed port)")

    for text in sorted((ROOT / "fixtures/field/texts").iterdir()):
        octets = text.read_bytes()
        here, there = native.run("explain", "-", stdin=octets), program.run("explain", "-", stdin=octets)
        checks.that(here[0] == there[0] and unlike(here[1]) == unlike(there[1]), f"explain {text.name}", here, there)
    checks.part("explain")

    for capture in sorted(ROOT.glob("fixtures/cases/*/fires*/capture.json"))[:most or None]:
        for form in ("table", "markdown"):
            here = native.run("replay", native.path(capture), "-o", form)
            there = program.run("replay", program.path(capture), "-o", form)
            checks.that(here[0] == there[0] and unlike(here[1]) == unlike(there[1]), f"replay {capture} -o {form}", here, there)
    places = [ROOT / "fixtures/places" / name for name in ("laptop.json", "bastion.json")]
    here = native.run("compare", *map(native.path, places))
    there = program.run("compare", *map(program.path, places))
    checks.that(here[0] == there[0] and here[1] and unlike(here[1]) == unlike(there[1]), "compare", here, there)
    code, out, err = program.run("facts", HOST, "--no-aws")
    checks.that(code in (0, 3) and json.loads(out), "facts", code, out, err)
    checks.part("replay, compare, facts")

    trust = {"SSL_CERT_FILE": program.path(folder / "ca.pem")}
    for spec, what in ((f"127.0.0.1:{dns}", "UDP"), (f"tcp://127.0.0.1:{dns}", "TCP"),
                       (f"tls://127.0.0.1:{tls}", "DoT")):
        output = program.run(*check, "--resolver", spec, env=trust)
        checks.that(output[0] == 0 and report(output)["conclusion"] == "healthy", f"a healthy check over {what}", output)
    output = program.run(*check, "--resolver", f"tls://127.0.0.1:{tls}")
    checks.that(output[0] in (1, 3) and "certificate-not-valid" in rules(report(output)), "a certificate of nobody", output)
    begun = time.monotonic()
    output = program.run(*check, "--resolver", f"127.0.0.1:{silent}", "--timeout", "1s")
    checks.that(output[0] in (1, 3) and resolver(output)["verdict"] == "timeout", "silence is a time-out", output)
    checks.that(0.9 < time.monotonic() - begun < 30, "which takes its time", time.monotonic() - begun)
    output = program.run(*check, "--resolver", f"tcp://127.0.0.1:{refused}", "--timeout", "2s")
    checks.that(resolver(output)["verdict"] == "unreachable", "a refused TCP port", output)
    checks.part("name servers")

    hosts = folder / "hosts"
    hosts.write_bytes(f"# made up\r\n203.0.113.9 {HOST}\r\n".encode())
    output = program.run(*check, "--resolver", f"127.0.0.1:{dns}", "--hosts-file", program.path(hosts))
    checks.that("hosts-file-override" in rules(report(output)), "the hosts file", output)
    for name, context_name in (("one", "first"), ("two", "second")):
        (folder / f"{name}.yaml").write_text(
            "apiVersion: v1\nkind: Config\n" + (f"current-context: {context_name}\n" if name == "two" else "")
            + f"clusters:\n- name: {context_name}\n  cluster: {{server: https://{HOST}}}\n"
            + f"contexts:\n- name: {context_name}\n  context: {{cluster: {context_name}, user: nobody}}\n"
            + "users:\n- name: nobody\n  user: {}\n")
    check_kubeconfig = ["check", "--no-local", "--no-aws", "--expect", EXPECTED, "-o", "json", "--resolver", f"127.0.0.1:{dns}"]
    one, two = (program.path(folder / f"{name}.yaml") for name in ("one", "two"))
    output = program.run(*check_kubeconfig, "--kubeconfig", one, "--context", "first")
    checks.that(output[0] == 0 and report(output)["target"]["hostname"].rstrip(".").lower() == HOST.lower(),
                "--kubeconfig", output)
    separator = ";" if program.system == "windows" else ":"
    output = program.run(*check_kubeconfig, env={"KUBECONFIG": separator.join((one, two))})
    checks.that(output[0] == 0 and report(output)["target"]["hostname"].rstrip(".").lower() == HOST.lower(),
                "two files in KUBECONFIG", output)
    saved = folder / "saved.json"
    output = program.run(*check, "--resolver", f"127.0.0.1:{dns}", "--save", program.path(saved))
    checks.that(output[0] == 0 and json.loads(saved.read_text()) == report(output), "--save", output)
    again = program.run("replay", program.path(saved), "-o", "json")
    checks.that(again[0] == 0 and rules(report(again)) == rules(report(output)), "replay of what was saved", again)
    capture = ROOT / "fixtures/places/laptop.json"
    here = native.run("replay", native.path(capture), "-o", "table")[1]
    # Of what code pages have otherwise, or not at all: the marks of verdicts and the arrows of the ways.
    checks.that(all(mark.encode() in here for mark in ("✗", "→")), "the page has characters that are not ASCII", here)
    output = program.run("replay", program.path(capture), "-o", "table")
    checks.that(unlike(output[1]) == unlike(here), "the output is UTF-8", output)
    output = program.run("replay", program.path(capture), "-o", "table", "--ascii")
    checks.that(output[1] and output[1].isascii(), "--ascii is ASCII", output)
    if program.system == "windows":
        for page in ("437", "850", "1252"):
            output = program.in_code_page(page, "replay", program.path(capture), "-o", "table")
            checks.that(unlike(output[1]) == unlike(here), f"the output is UTF-8 in code page {page} too", output)
    checks.part("files and the environment")

    with open(folder / "interrupted.json", "wb") as out:
        running = program.start("check", HOST, "--no-local", "--no-aws", "-o", "json", "--timeout", "20s", "--deadline", "40s",
                                "--resolver", f"127.0.0.1:{silent}", out=out)
        time.sleep(4 if program.system == "windows" else 2)
        begun = time.monotonic()
        running.send_signal(signal.SIGINT)
        try:
            code = running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()
            code = "still running"
    took = time.monotonic() - begun
    document = (folder / "interrupted.json").read_bytes()
    checks.that(code == 130 and took < 10 and json.loads(document or b"{}").get("interrupted"),
                "Ctrl-C ends it with what is known, and 130", code, took, document[:300])
    checks.part("Ctrl-C")

    if program.system == "windows":
        wine(program, checks, dns)


def resolver(output):
    return report(output)["resolvers"][0]


def wine(program, checks, dns):
    """What Wine has of Windows' own interface: the registry and the adapters."""
    def reg(*words):
        subprocess.run([program.words[0], "reg", *words, "/f"], check=True, capture_output=True, env=program.environment({}),
                       timeout=120)
    # No adapter here has a name server, and the one rule is for another domain: Windows asks nobody, and not loopback.
    other = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient\DnsPolicyConfig\{9}"
    for value in (("/v", "Name", "/t", "REG_MULTI_SZ", "/d", ".corp.test"), ("/v", "ConfigOptions", "/t", "REG_DWORD", "/d", "8"),
                  ("/v", "GenericDNSServers", "/t", "REG_SZ", "/d", "127.0.0.9")):
        reg("add", other, *value)
    output = program.run("check", HOST, "--no-aws", "-o", "json", "--timeout", "1s", "--expect", EXPECTED, within=60)
    document = report(output)
    roles = {one["role"]: one for one in document["resolvers"]}
    checks.that("local" not in roles and "os" in roles, "loopback is not asked where Windows has no name server", roles.keys())
    checks.that(rules(document)[:1] == ["local-dns-down"], "Windows has nobody to ask", rules(document))
    reg("delete", other)
    rules_key = r"HKLM\SYSTEM\CurrentControlSet\Services\Dnscache\Parameters\DnsPolicyConfig\{1}"
    for value in (("/v", "Name", "/t", "REG_MULTI_SZ", "/d", ".eks.amazonaws.com"),
                  ("/v", "ConfigOptions", "/t", "REG_DWORD", "/d", "8"),
                  ("/v", "GenericDNSServers", "/t", "REG_SZ", "/d", "127.0.0.1;127.0.0.9")):
        subprocess.run([program.words[0], "reg", "add", rules_key, *value, "/f"], check=True, capture_output=True,
                       env=program.environment({}), timeout=120)
    policy = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient"
    subprocess.run([program.words[0], "reg", "add", policy, "/v", "DoHPolicy", "/t", "REG_DWORD", "/d", "3", "/f"], check=True,
                   capture_output=True, env=program.environment({}), timeout=120)
    hosts = pathlib.Path(os.environ["WINEPREFIX"]) / "drive_c/windows/system32/drivers/etc/hosts"
    hosts.parent.mkdir(parents=True, exist_ok=True)
    hosts.write_text(f"203.0.113.9 {HOST}\r\n")
    output = program.run("check", HOST, "--no-aws", "--no-os", "-o", "json", "--timeout", "1s", "--expect", EXPECTED,
                         "--resolver", f"127.0.0.1:{dns}", within=60)
    document = report(output)
    split = (document["facts"].get("host") or {}).get("split_dns") or {}
    scopes = {scope["name"]: scope["servers"] for scope in split.get("scopes", [])}
    checks.that(scopes.get("NRPT rule .eks.amazonaws.com") == ["127.0.0.1:53", "127.0.0.9:53"], "an NRPT rule", split)
    checks.that(split.get("over_https_policy") == "required", "the policy for DNS over HTTPS", split)
    checks.that(split.get("problems", []) == [], "the adapters were listed", split)
    checks.that(document["vantage"].get("system") == "windows", "the system is named", document["vantage"])
    checks.that("hosts-file-override" in rules(document), "the hosts file of Windows", rules(document))
    elsewhere = pathlib.Path(os.environ["WINEPREFIX"]) / "drive_c/windows/elsewhere"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "hosts").write_text(f"203.0.113.10 {HOST}\r\n")
    reg("add", r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "/v", "DataBasePath", "/t", "REG_EXPAND_SZ", "/d",
        r"%SystemRoot%\elsewhere")
    moved = report(program.run("check", HOST, "--no-aws", "--no-os", "-o", "json", "--timeout", "1s", "--expect", EXPECTED,
                               "--resolver", f"127.0.0.1:{dns}", within=60))
    pinned = [entry["ip"] for entry in moved["facts"].get("hosts") or []]
    checks.that(pinned == ["203.0.113.10"], "the hosts file where the registry has it", pinned)
    words = json.dumps([finding["remedies"] for finding in document["findings"]])
    checks.that(not re.search(r"\b(ss -|ip route|resolvectl|getent)", words), "the fixes are for Windows", words)
    checks.part("Windows' own interface")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("system", choices=("windows", "linux"))
    arguments.add_argument("native", type=pathlib.Path)
    arguments.add_argument("binary", type=pathlib.Path)
    arguments.add_argument("runner", nargs="*")
    arguments.add_argument("--scenarios", type=int, default=0)
    given = arguments.parse_args()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        program = Program([*given.runner, given.binary.resolve()], given.system, folder)
        native = Program([given.native.resolve()], "linux", folder)
        with (name_server(addresses) as dns, name_server(addresses, of_loopback(folder)) as tls,
              socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent):
            silent.bind(("127.0.0.1", 0))
            parts(program, native, checks, given.scenarios, dns, tls, silent.getsockname()[1])
    print(f"{given.binary.name} ({given.system}): {checks.held} held, {len(checks.failed)} failed")
    return 1 if checks.failed or not checks.held else 0


if __name__ == "__main__":
    sys.exit(main())
