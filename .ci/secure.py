#!/usr/bin/env python3
"""Asks real name servers inside TLS: BIND, Unbound and Knot Resolver over DNS over TLS and DNS over HTTPS.

As interop.py: in a network namespace of its own, with a certificate authority of its own. Needs openssl beside what that
needs.

    python3 .ci/secure.py path/to/eks-dns-doctor [FILTER]
"""

import json
import os
import sys
import tempfile

import interop
from interop import CORP, FORWARD_BIND, FORWARD_UNBOUND, INBOUND, INTERNET, PRIVATE, TARGET, Servers, inside
from servers import certificates, namespace
from shared import NOBODY

NAME = "dns.example.test"
SCENARIOS = []


def bind(servers, zones=FORWARD_BIND, certificate="good"):
    folder = servers.folder
    servers.bind("corp", [CORP], zones=zones, extra=f"""
tls inside {{ cert-file "{folder}/{certificate}.pem"; key-file "{folder}/{certificate}.key"; }};
http here {{ endpoints {{ "/dns-query"; }}; }};
""", options=f"""
    listen-on port 853 tls inside {{ {CORP}; }};
    listen-on port 443 tls inside http here {{ {CORP}; }};
    forward only; forwarders {{ {INTERNET}; }};
""")


def unbound(servers, zones=FORWARD_UNBOUND, more=""):
    folder = servers.folder
    servers.unbound("corp", CORP, zones=zones, server=f"""
    interface: {CORP}@853
    interface: {CORP}@443
    tls-service-key: "{folder}/good.key"
    tls-service-pem: "{folder}/good.pem"
    {more}""")


def knot(servers):
    folder = servers.folder
    servers.knot("corp", CORP, f"""
net.listen('{CORP}', 853, {{ kind = 'tls' }})
net.listen('{CORP}', 443, {{ kind = 'doh2' }})
net.tls("{folder}/good.pem", "{folder}/good.key")
policy.add(policy.suffix(policy.FORWARD({{'{INBOUND[0]}'}}), {{todname('{TARGET}')}}))
policy.add(policy.all(policy.FORWARD({{'{INTERNET}'}})))
""")


def scenario(name, resolver, exit_code, verdict, rule=None, arguments=()):
    def register(start):
        SCENARIOS.append((name, resolver, exit_code, verdict, rule, arguments, start))
        return start
    return register


# Asked over HTTPS at the port of DNS over TLS, Unbound agrees on HTTP/2 and then speaks none.
for program, start, mistaken in (("bind", bind, "alpn"), ("unbound", unbound, "http-error"), ("knot", knot, "alpn")):
    for way in ("tls", "https"):
        scenario(f"{program}-{way}", f"{way}://{CORP}", 0, "match")(start)
        scenario(f"{program}-{way}-by-name", f"{way}://{CORP}", 0, "match", arguments=["--tls-name", NAME])(start)
        scenario(f"{program}-{way}-other-name", f"{way}://{CORP}#elsewhere.example.test", 1, "certificate",
                 "certificate-not-valid")(start)
    scenario(f"{program}-tls-at-the-plain-port", f"tls://{CORP}:53", 1, None, arguments=["--timeout", "2s"])(start)
    scenario(f"{program}-https-at-the-port-of-tls", f"https://{CORP}:853", 1, mistaken, "encrypted-dns-fails")(start)

scenario("bind-https-wrong-path", f"https://{CORP}/elsewhere", 1, "http-error", "encrypted-dns-fails")(bind)
scenario("bind-https-without-forward", f"https://{CORP}", 1, "nxdomain", "no-forwarding")(
    lambda servers: bind(servers, zones=""))
scenario("bind-tls-another-certificate", f"tls://{CORP}", 1, "certificate", "certificate-not-valid")(
    lambda servers: bind(servers, certificate="other"))
scenario("bind-tls-another-certificate-taken", f"tls://{CORP}", 0, "match", "certificate-not-verified",
         arguments=["--insecure-tls"])(lambda servers: bind(servers, certificate="other"))
scenario("unbound-tls-rebinding", f"tls://{CORP}", 1, "nodata", "rebinding-protection")(
    lambda servers: unbound(servers, more="private-address: 192.168.0.0/16"))


def check(binary, folder, resolver, exit_code, verdict, rule, arguments, start):
    certificates(folder, good=f"DNS:{NAME},IP:{CORP}", other="DNS:other.example.test")
    servers = Servers(folder)
    try:
        servers.internet()
        servers.vpc()
        start(servers)
        run = inside(binary, "check", TARGET, "--no-local", "--no-os", "--no-aws", "-o", "json", "--resolver",
                     f"corp={resolver}", "--inbound", ",".join(INBOUND), "--public-resolver", INTERNET,
                     "--expect", ",".join(PRIVATE), *arguments, capture_output=True, timeout=60,
                     env={**os.environ, **NOBODY, "SSL_CERT_FILE": f"{folder}/ca.pem",
                          "SSL_CERT_DIR": "/nonexistent"})
    finally:
        servers.stop()
    try:
        report = json.loads(run.stdout)
    except ValueError:
        return [f"no JSON: exit {run.returncode}, {run.stderr.decode(errors='replace')[:500]}"], None
    corp = next(resolver for resolver in report["resolvers"] if resolver["name"] == "corp")
    headline = report["findings"][0]["rule"] if report["findings"] else None
    reason = next((lookup["reason"] for lookup in corp["lookups"] if lookup["reason"]), None)
    faults = []
    if run.returncode != exit_code:
        faults.append(f"exit {run.returncode}, expected {exit_code}")
    if verdict and corp["verdict"] != verdict:
        faults.append(f"verdict {corp['verdict']}, expected {verdict}")
    if rule and headline != rule:
        faults.append(f"headline {headline}, expected {rule}")
    return faults, f"{corp['verdict']:<12} exit {run.returncode}  {headline}  {reason or ''}"


def main():
    binary = os.path.abspath(sys.argv[1])
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    failed = ran = 0
    with namespace(interop.NAMESPACE, interop.ADDRESSES):
        for name, *rest in SCENARIOS:
            if wanted not in name:
                continue
            ran += 1
            with tempfile.TemporaryDirectory(prefix="eks-dns-") as folder:
                os.chmod(folder, 0o777)
                faults, said = check(binary, folder, *rest)
            failed += bool(faults)
            print(f"{'FAIL' if faults else 'ok':<5}{name:<40}{said}", flush=True)
            for fault in faults:
                print(f"       {fault}", flush=True)
    print(f"{ran - failed} passed, {failed} failed")
    sys.exit(1 if failed or not ran else 0)


if __name__ == "__main__":
    main()
