#!/usr/bin/env python3
"""Diagnoses through real name servers: BIND, Unbound, dnsmasq, PowerDNS Recursor and Knot Resolver.

Everything runs in a network namespace of its own without an uplink, under the addresses that the scenarios
use, on port 53. Needs root and Debian's packages bind9, unbound, dnsmasq-base, pdns-recursor, knot-resolver
and iproute2; a missing one fails the run.

    python3 .ci/interop.py path/to/eks-dns-doctor [FILTER]
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import servers
from shared import NOBODY

NAMESPACE = f"eks-dns-{os.getpid()}"
TARGET = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com"
ZONE = TARGET.lower()
REGIONAL = "ap-northeast-1.eks.amazonaws.com"
PRIVATE = ["192.168.131.209", "192.168.104.190"]
PUBLIC = ["203.0.113.10", "203.0.113.11"]
CORP = "10.63.200.10"
VPC = "192.168.0.2"
INBOUND = ["192.168.10.10", "192.168.20.10"]
INTERNET = "198.51.100.53"
DEAD = "192.168.30.10"  # an address that swallows everything
ADDRESSES = [CORP, VPC, *INBOUND, INTERNET, DEAD, "10.63.200.11"]


def inside(*command, **options):
    return subprocess.run(["ip", "netns", "exec", NAMESPACE, *command], **options)


class Servers:
    """The name servers of one scenario, each with a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.running = []

    def path(self, name, text):
        return servers.written(os.path.join(self.folder, name), text)

    def start(self, name, address, *command):
        log = open(os.path.join(self.folder, f"{name}.log"), "wb")
        process = subprocess.Popen(
            ["ip", "netns", "exec", NAMESPACE, *command], stdout=log, stderr=log, start_new_session=True
        )
        self.running.append((name, process))
        for _ in range(100):
            if process.poll() is not None:
                break
            dig = inside("dig", f"@{address}", "+time=1", "+tries=1", "+noedns", "version.bind", "CH", "TXT",
                         capture_output=True)
            if b"status:" in dig.stdout:
                return
            time.sleep(0.1)
        log.flush()
        with open(log.name, "rb") as file:
            sys.stderr.write(file.read().decode(errors="replace")[-3000:])
        raise SystemExit(f"{name} did not start")

    def stop(self):
        for _, process in self.running:
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        for _, process in self.running:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running = []

    # -- the programs ------------------------------------------------------------------------------------

    def bind(self, name, addresses, options="", zones="", recursion=True, extra=""):
        """Zones and what is extra: text of statements. Listens on the addresses, port 53."""
        command = servers.bind(self.folder, name, addresses, options, f"{extra}\n{zones}", recursion)
        self.start(name, addresses[0], *command)

    def zone(self, apex, soa, records="", ns=None, ttl=60):
        """A zone statement, its file written. `soa`: MNAME and negative TTL."""
        mname, negative = soa
        ns = ns or [mname]
        text = f"$TTL {ttl}\n@ {negative} IN SOA {mname}. hostmaster.{mname}. 1 7200 900 1209600 {negative}\n"
        text += "".join(f"@ IN NS {server}.\n" for server in ns) + records
        file = self.path(f"zone-{len(os.listdir(self.folder))}-{apex.strip('.') or 'root'}", text)
        return f'zone "{apex}" {{ type primary; file "{file}"; check-integrity no; }};\n'

    def internet(self, addresses=(INTERNET,), records="", name="internet"):
        """Public DNS: the root, AWS's names and the Region's zone, the endpoint in it or not."""
        zones = self.zone(".", ("a.root-servers.net", 86400),
                          "a.root-servers.net. IN A 198.41.0.4\nb.root-servers.net. IN A 170.247.170.2\n", ["a.root-servers.net", "b.root-servers.net"])
        zones += self.zone("amazonaws.com", ("dns-external-master.amazon.com", 900),
                           "sts.ap-northeast-1 IN A 203.0.113.80\neks.ap-northeast-1 IN A 203.0.113.81\n")
        zones += self.zone(REGIONAL, ("ns-1234.awsdns-26.org", 900), records)
        zones += self.zone("example.org", ("ns.example.org", 900), "www IN A 203.0.113.90\n")
        self.bind(name, list(addresses), zones=zones)

    def vpc(self, addresses=(VPC, *INBOUND), name="vpc", private=True):
        """The VPC's Resolver: EKS's private hosted zone where it takes effect, and the internet for the rest."""
        servers = ["ns-1536.awsdns-00.co.uk", "ns-0.awsdns-00.com", "ns-512.awsdns-00.net",
                   "ns-1024.awsdns-00.org"]
        zones = self.zone(ZONE, (servers[0], 60), "".join(f"@ IN A {ip}\n" for ip in PRIVATE), servers)
        self.bind(name, list(addresses), options=f"forward only; forwarders {{ {INTERNET}; }};",
                  zones=zones if private else "")

    def unbound(self, name, address, server="", zones="", forward=INTERNET):
        if forward:
            zones += f'\nforward-zone:\n    name: "."\n    forward-addr: {forward}\n'
        self.start(name, address, *servers.unbound(self.folder, name, address, server, zones))

    def dnsmasq(self, name, address, *options, forward=INTERNET):
        forwards = [f"--server={forward}"] if forward else []
        self.start(name, address, *servers.dnsmasq(address, *forwards, *options))

    def pdns(self, name, address, forwards, *options):
        self.start(name, address, *servers.pdns(self.folder, name, address, forwards, *options))

    def knot(self, name, address, policy):
        self.start(name, address, *servers.knot(self.folder, name, address, policy))


FORWARD_UNBOUND = f"""
forward-zone:
    name: "{ZONE}"
""" + "".join(f"    forward-addr: {ip}\n" for ip in INBOUND)
FORWARD_BIND = f'zone "{ZONE}" {{ type forward; forward only; forwarders {{ {"; ".join(INBOUND)}; }}; }};\n'
FORWARD_DNSMASQ = [f"--server=/{ZONE}/{ip}" for ip in INBOUND]
PRIVATE_RECORDS = "".join(f"{ZONE}. IN A {ip}\n" for ip in PRIVATE)
PUBLIC_RECORDS = "".join(f"{ZONE}. IN A {ip}\n" for ip in PUBLIC)

PATH = ["--inbound", ",".join(INBOUND), "--vpc-resolver", VPC]
WITH_PUBLIC = [*PATH, "--public-resolver", INTERNET]
SCENARIOS = []


def scenario(name, exit_code, rule, verdict=None, arguments=WITH_PUBLIC, confidence=None, others=()):
    """Registers a scenario: its servers, and what must come of it at `corp`."""
    def register(start):
        SCENARIOS.append((name, exit_code, rule, verdict, arguments, confidence, others, start))
        return start
    return register


def forwards_nothing(s):
    s.internet()
    s.vpc()


@scenario("bind-without-forward", 1, "no-forwarding", "nxdomain", confidence="high", others=["not-in-public-dns"])
def _(s):
    forwards_nothing(s)
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};")


@scenario("unbound-without-forward", 1, "no-forwarding", "nxdomain", confidence="high", others=["not-in-public-dns"])
def _(s):
    forwards_nothing(s)
    s.unbound("corp", CORP)


@scenario("dnsmasq-without-forward", 1, "no-forwarding", "nxdomain", confidence="high", others=["not-in-public-dns"])
def _(s):
    forwards_nothing(s)
    s.dnsmasq("corp", CORP)


@scenario("pdns-without-forward", 1, "no-forwarding", "nxdomain", arguments=PATH, confidence="medium")
def _(s):
    forwards_nothing(s)
    s.pdns("corp", CORP, f".={INTERNET}")


@scenario("bind-public-addresses", 1, "no-forwarding", "mismatch", confidence="certain")
def _(s):
    s.internet(records=PUBLIC_RECORDS)
    s.vpc()
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};")


@scenario("unbound-public-addresses", 1, "no-forwarding", "mismatch", confidence="certain")
def _(s):
    s.internet(records=PUBLIC_RECORDS)
    s.vpc()
    s.unbound("corp", CORP)


@scenario("bind-forwards", 0, None, "match")
def _(s):
    forwards_nothing(s)
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};", zones=FORWARD_BIND)


@scenario("unbound-forwards", 0, None, "match")
def _(s):
    forwards_nothing(s)
    s.unbound("corp", CORP, zones=FORWARD_UNBOUND)


@scenario("dnsmasq-forwards", 0, None, "match")
def _(s):
    forwards_nothing(s)
    s.dnsmasq("corp", CORP, *FORWARD_DNSMASQ)


@scenario("pdns-forwards", 0, None, "match")
def _(s):
    forwards_nothing(s)
    s.pdns("corp", CORP, f".={INTERNET},{ZONE}={';'.join(INBOUND)}")


@scenario("bind-recurses-to-published-private-addresses", 0, None, "match")
def _(s):
    s.internet(records=PRIVATE_RECORDS)
    s.vpc()
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};")


@scenario("dnsmasq-stop-dns-rebind", 1, "rebinding-protection", "nodata", confidence="certain")
def _(s):
    forwards_nothing(s)
    s.dnsmasq("corp", CORP, *FORWARD_DNSMASQ, "--stop-dns-rebind")


@scenario("unbound-private-address", 1, "rebinding-protection", "nodata", confidence="high")
def _(s):
    s.internet(records=PRIVATE_RECORDS)
    s.vpc()
    s.unbound("corp", CORP, server="private-address: 192.168.0.0/16")


@scenario("bind-deny-answer-addresses", 1, "rebinding-protection", "servfail", confidence="medium")
def _(s):
    forwards_nothing(s)
    s.bind("corp", [CORP], zones=FORWARD_BIND,
           options=f"forward only; forwarders {{ {INTERNET}; }}; deny-answer-addresses {{ 192.168.0.0/16; }};")


@scenario("knot-rebinding", 1, "rebinding-protection", "refused", confidence="medium")
def _(s):
    forwards_nothing(s)
    zone = f"policy.todnames({{'{ZONE}'}})"
    forwards = ", ".join(f"'{ip}'" for ip in INBOUND)
    s.knot("corp", CORP, f"""
modules = {{ 'rebinding < iterate' }}
policy.add(policy.suffix(policy.STUB({{{forwards}}}), {zone}))
policy.add(policy.all(policy.STUB('{INTERNET}')))
""")


@scenario("bind-dead-inbound", 1, "forward-target-unreachable", "timeout")
def _(s):
    forwards_nothing(s)
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};",
           zones=f'zone "{REGIONAL}" {{ type forward; forward only; forwarders {{ {DEAD}; }}; }};')


@scenario("bind-dead-inbound-of-the-own-name", 1, "forward-target-unreachable", "timeout")
def _(s):
    forwards_nothing(s)
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};",
           zones=f'zone "{ZONE}" {{ type forward; forward only; forwarders {{ {DEAD}; }}; }};')


@scenario("unbound-dead-inbound", 1, "forward-target-unreachable", "timeout")
def _(s):
    forwards_nothing(s)
    s.unbound("corp", CORP, zones=f'forward-zone:\n    name: "{REGIONAL}"\n    forward-addr: {DEAD}\n')


@scenario("dnsmasq-dead-inbound", 1, "forward-target-unreachable", "timeout")
def _(s):
    forwards_nothing(s)
    s.dnsmasq("corp", CORP, f"--server=/{REGIONAL}/{DEAD}")


@scenario("pdns-dead-inbound", 1, "forward-target-unreachable", "servfail")
def _(s):
    forwards_nothing(s)
    s.pdns("corp", CORP, f".={INTERNET},{REGIONAL}={DEAD}")


@scenario("pdns-dead-inbound-of-the-own-name", 1, "forward-target-unreachable", "servfail")
def _(s):
    forwards_nothing(s)
    s.pdns("corp", CORP, f".={INTERNET},{ZONE}={DEAD}")


@scenario("dead-inbound-named-too", 1, "inbound-endpoint-unreachable", "timeout",
          arguments=["--inbound", DEAD, "--public-resolver", INTERNET],
          others=["forward-target-unreachable"])
def _(s):
    s.internet()
    s.unbound("corp", CORP, zones=f'forward-zone:\n    name: "{REGIONAL}"\n    forward-addr: {DEAD}\n')


@scenario("dnsmasq-local-amazonaws", 1, "shadow-zone", "nxdomain")
def _(s):
    forwards_nothing(s)
    s.dnsmasq("corp", CORP, "--local=/amazonaws.com/")


@scenario("bind-internal-amazonaws", 1, "shadow-zone", "nxdomain", confidence="high")
def _(s):
    forwards_nothing(s)
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};",
           zones=s.zone("amazonaws.com", ("dc1.corp.example", 3600), "www IN A 10.1.1.1\n"))


@scenario("unbound-always-nxdomain", 1, "name-blocked-by-policy", "nxdomain")
def _(s):
    forwards_nothing(s)
    s.unbound("corp", CORP, server='local-zone: "eks.amazonaws.com." always_nxdomain')


@scenario("unbound-always-refuse", 1, "name-blocked-by-policy", "refused")
def _(s):
    forwards_nothing(s)
    s.unbound("corp", CORP, server='local-zone: "eks.amazonaws.com." always_refuse')


@scenario("bind-rpz", 1, "name-blocked-by-policy", "nxdomain", confidence="high")
def _(s):
    s.internet(records=PRIVATE_RECORDS)
    s.vpc()
    rpz = s.zone("rpz.corp", ("dc1.corp.example", 3600), f"*.{REGIONAL} IN CNAME .\n")
    s.bind("corp", [CORP], zones=rpz,
           options=f'forward only; forwarders {{ {INTERNET}; }}; response-policy {{ zone "rpz.corp"; }};')


@scenario("unbound-bogus", 1, "dnssec-bogus", "servfail")
def _(s):
    s.internet(records=PRIVATE_RECORDS)
    s.vpc()
    anchor = "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
    s.unbound("corp", CORP, server=f"""module-config: "validator iterator"
    trust-anchor: "{REGIONAL}. DS {anchor}" """)


@scenario("bind-refuses", 1, "resolver-refuses-client", "refused", confidence="certain")
def _(s):
    forwards_nothing(s)
    s.bind("corp", [CORP], options="allow-query { none; };")


@scenario("bind-without-recursion", 1, "resolver-refuses-client", "refused")
def _(s):
    forwards_nothing(s)
    s.bind("corp", [CORP], recursion=False, zones=s.zone("corp.example", ("dc1.corp.example", 3600)))


@scenario("pdns-without-internet", 1, "no-internet-recursion", "servfail")
def _(s):
    forwards_nothing(s)
    s.pdns("corp", CORP, f".={DEAD}")


@scenario("bind-without-internet", 1, "resolver-unreachable", "timeout", confidence="medium")
def _(s):
    # BIND's SERVFAIL comes after 10 s: within the window there is silence, and TCP connections are accepted.
    forwards_nothing(s)
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {DEAD}; }};",
           zones=s.zone("corp.example", ("dc1.corp.example", 3600)))


@scenario("dnsmasq-hijacks", 1, "nxdomain-hijack", "mismatch")
def _(s):
    forwards_nothing(s)
    s.dnsmasq("corp", CORP, "--address=/#/203.0.113.99", forward=None)


@scenario("dnsmasq-sinkhole", 1, "sinkhole-answer", "mismatch")
def _(s):
    forwards_nothing(s)
    s.dnsmasq("corp", CORP, "--address=/eks.amazonaws.com/0.0.0.0")


@scenario("other-cluster", 1, "foreign-private-addresses", "mismatch")
def _(s):
    forwards_nothing(s)
    s.dnsmasq("corp", CORP, f"--address=/{ZONE}/10.99.0.7")


@scenario("port-closed", 1, "resolver-unreachable", "unreachable", confidence="certain")
def _(s):
    forwards_nothing(s)


@scenario("bind-stale-negative", 1, "stale-negative-cache", "nxdomain")
def _(s):
    forwards_nothing(s)
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};")
    inside("dig", f"@{CORP}", "+noadflag", ZONE, "A", capture_output=True)
    s.stop_one("internet")
    time.sleep(5)
    s.internet(records=PRIVATE_RECORDS, name="internet-later")


# From here on nothing is said but the endpoint and what AWS says of it: what to expect, the VPC resolver and the
# inbound endpoint are all derived.
FACTS = ["FACTS", "--public-resolver", INTERNET]


@scenario("facts-without-forward", 1, "no-forwarding", "nxdomain", arguments=FACTS, confidence="high")
def _(s):
    forwards_nothing(s)
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};")


@scenario("facts-forwards", 0, None, "match", arguments=FACTS)
def _(s):
    forwards_nothing(s)
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};", zones=FORWARD_BIND)


@scenario("facts-other-name", 1, "endpoint-name-stale", "nxdomain", arguments=[*FACTS, "OTHER"])
def _(s):
    s.internet()
    s.vpc(private=False)
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};")


@scenario("facts-attributes-off", 1, "vpc-dns-attributes-off", "nxdomain", arguments=[*FACTS, "OFF"])
def _(s):
    s.internet()
    s.vpc(private=False)
    s.bind("corp", [CORP], options=f"forward only; forwarders {{ {INTERNET}; }};")


def facts(folder, words):
    """What the AWS CLI prints of the cluster, in one file."""
    host = "FEDCBA9876543210FEDCBA9876543210" + TARGET[32:] if "OTHER" in words else TARGET
    vpc = "vpc-083d1bc709009bb5b"
    documents = [
        {"cluster": {"name": "shared-cluster", "arn": "arn:aws:eks:ap-northeast-1:123456789012:cluster/shared-cluster",
                     "status": "ACTIVE", "endpoint": f"https://{host}",
                     "resourcesVpcConfig": {"vpcId": vpc, "endpointPublicAccess": False,
                                            "endpointPrivateAccess": True}}},
        {"NetworkInterfaces": [{"NetworkInterfaceId": f"eni-{number}", "Description": "Amazon EKS shared-cluster",
                                "Status": "in-use", "VpcId": vpc, "PrivateIpAddress": address}
                               for number, address in enumerate(PRIVATE)]},
        {"Vpcs": [{"VpcId": vpc, "CidrBlock": "192.168.0.0/16", "OwnerId": "123456789012"}]},
        {"VpcId": vpc, "EnableDnsSupport": {"Value": True}},
        {"VpcId": vpc, "EnableDnsHostnames": {"Value": "OFF" not in words}},
        {"ResolverEndpoints": [{"Id": "rslvr-in-1", "Direction": "INBOUND", "HostVPCId": vpc,
                                "Status": "OPERATIONAL", "IpAddressCount": len(INBOUND), "Protocols": ["Do53"],
                                "SecurityGroupIds": []}]},
        {"IpAddresses": [{"IpId": f"rni-{number}", "Ip": address, "Status": "ATTACHED"}
                         for number, address in enumerate(INBOUND)]},
    ]
    path = os.path.join(folder, "facts.json")
    with open(path, "w", encoding="utf-8") as file:
        for document in documents:
            json.dump(document, file)
    return path


def stop_one(self, name):
    for entry in list(self.running):
        if entry[0] == name:
            os.killpg(entry[1].pid, signal.SIGTERM)
            entry[1].wait(5)
            self.running.remove(entry)


Servers.stop_one = stop_one


# What begins the text of each program; BIND's is its bare version.
SAYS = {"bind": "9.", "unbound": "unbound ", "dnsmasq": "dnsmasq-", "pdns": "PowerDNS Recursor "}
# Servers that say nothing of themselves in these scenarios would go unnoticed.
SILENT = {"bind-refuses"}


def version(address):
    dig = inside("dig", f"@{address}", "+time=1", "+tries=1", "+short", "version.bind", "CH", "TXT", capture_output=True)
    return dig.stdout.decode(errors="replace").strip().strip('"') if dig.returncode == 0 else ""


def wrong_software(report, dig_of, name):
    """What is wrong with `software` of the resolvers: the programs that introduce themselves are recognised."""
    faults = []
    for resolver in report["resolvers"]:
        said = dig_of.get((resolver["address"] or "").rpartition(":")[0], "")
        expected = next((word for word, begins in SAYS.items() if said.startswith(begins)), None)
        if resolver["role"] == "public" or (resolver["role"] != "custom" and not expected):
            continue
        found = resolver["software"] or {}
        own = resolver["role"] == "custom" or found.get("known_from") == "version.bind"
        if own and found.get("name") != expected:
            faults.append(f"software of {resolver['name']} {found}, and it says {said!r}")
        started = name.split("-")[0]
        if resolver["name"] == "corp" and started in SAYS and name not in SILENT and expected != started:
            faults.append(f"{started} says {said!r} of itself")
    return faults


def check(binary, folder, name, exit_code, rule, verdict, arguments, confidence, others, start):
    running = Servers(folder)
    try:
        start(running)
        command = [binary, "check", TARGET, "--no-local", "--no-os", "--resolver", f"corp={CORP}", "-o", "json"]
        if "FACTS" in arguments:
            words = {"FACTS", "OTHER", "OFF"}
            command += ["--facts", facts(folder, arguments), *[word for word in arguments if word not in words]]
        else:
            command += [*arguments, "--expect", ",".join(PRIVATE)]
        # What each server says to dig, where it answers dig at all.
        dig_of = {address: version(address) for address in (CORP, VPC, INTERNET)}
        environment = {**os.environ, **NOBODY}
        began = time.monotonic()
        run = inside(*command, capture_output=True, timeout=60, env=environment)
        took = time.monotonic() - began
    finally:
        running.stop()
    try:
        report = json.loads(run.stdout)
    except ValueError:
        return [f"no JSON: exit {run.returncode}, {run.stderr.decode(errors='replace')[:500]}"], None, took
    findings = report["findings"]
    headline = findings[0]["rule"] if findings else None
    faults = []
    if run.returncode != exit_code or report["exit_code"] != exit_code:
        faults.append(f"exit {run.returncode}, expected {exit_code}")
    errors = [finding for finding in findings if finding["severity"] != "info"]
    if rule is None and errors:
        faults.append(f"findings {[finding['rule'] for finding in errors]}, expected none")
    if rule is not None and headline != rule:
        faults.append(f"headline {headline}, expected {rule}")
    if confidence and findings and findings[0]["confidence"] != confidence:
        faults.append(f"confidence {findings[0]['confidence']}, expected {confidence}")
    for other in others:
        if other not in [finding["rule"] for finding in findings]:
            faults.append(f"{other} is missing")
    corp = next(resolver for resolver in report["resolvers"] if resolver["name"] == "corp")
    if verdict and corp["verdict"] != verdict:
        faults.append(f"verdict {corp['verdict']}, expected {verdict}")
    faults += wrong_software(report, dig_of, name)
    said = f"{corp['verdict']:<12} exit {run.returncode}  " + ", ".join(
        f"{finding['rule']}({finding['severity'][0]},{finding['confidence']})" for finding in findings)
    if faults:
        with open(f"/tmp/interop-{name}.json", "wb") as file:
            file.write(run.stdout)
    return faults, said, took


def main():
    binary = os.path.abspath(sys.argv[1])
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    for program in ["named", "unbound", "dnsmasq", "pdns_recursor", "kresd", "dig", "ip"]:
        if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            raise SystemExit(f"{program} is missing")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    failed = ran = 0
    with servers.namespace(NAMESPACE, ADDRESSES):
        # What is sent to DEAD is swallowed: a socket that is never read, on both transports.
        swallow = subprocess.Popen(["ip", "netns", "exec", NAMESPACE, sys.executable, "-c", f"""
import socket, time
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("{DEAD}", 53))
t = socket.socket(); t.bind(("{DEAD}", 53)); t.listen(64)
time.sleep(3600)
"""])
        for name, exit_code, rule, verdict, arguments, confidence, others, start in SCENARIOS:
            if wanted not in name:
                continue
            ran += 1
            with tempfile.TemporaryDirectory(prefix="eks-dns-") as folder:
                os.chmod(folder, 0o777)
                faults, said, took = check(binary, folder, name, exit_code, rule, verdict, arguments,
                                           confidence, others, start)
            failed += bool(faults)
            print(f"{'FAIL' if faults else 'ok':<5}{name:<46}{took:5.1f} s  {said}", flush=True)
            for fault in faults:
                print(f"       {fault}", flush=True)
        swallow.terminate()
        swallow.wait()
    print(f"{ran - failed} passed, {failed} failed")
    sys.exit(1 if failed or not ran else 0)


if __name__ == "__main__":
    main()
