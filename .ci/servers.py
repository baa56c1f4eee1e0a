"""The name servers that the scripts here start: BIND, Unbound, dnsmasq, PowerDNS Recursor and Knot Resolver, each as a command
and the configuration that it reads; their certificates; and a network namespace in which they have their addresses.

On Debian: bind9, unbound, dnsmasq-base, pdns-recursor, knot-resolver, iproute2, openssl.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess


def written(path, text):
    pathlib.Path(path).write_text(text)
    return str(path)


def dnsmasq(address, *flags):
    return ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts", "--no-resolv", "--bind-interfaces",
            f"--listen-address={address}", "--user=root", "--pid-file=", *flags]


def bind(folder, name, addresses, options="", zones="", recursion=True):
    """`options` stand in BIND's block of that name; `zones` are statements beside it."""
    text = f"""
options {{
    directory "{folder}";
    pid-file none;
    session-keyfile none;
    listen-on port 53 {{ {'; '.join(addresses)}; }};
    listen-on-v6 {{ none; }};
    recursion {'yes' if recursion else 'no'};
    dnssec-validation no;
    empty-zones-enable no;
    {options}
}};
controls {{ }};
{zones}
"""
    conf = written(os.path.join(folder, f"{name}.conf"), text)
    return [shutil.which("named") or "/usr/sbin/named", "-g", "-c", conf]


def unbound(folder, name, address, server="", beside=""):
    """`server` are lines of Unbound's clause of that name; `beside` are clauses beside it."""
    text = f"""
server:
    interface: {address}
    access-control: 0.0.0.0/0 allow
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: ""
    do-daemonize: no
    module-config: "iterator"
    do-not-query-localhost: no
    {server}
remote-control:
    control-enable: no
{beside}
"""
    return ["unbound", "-d", "-c", written(os.path.join(folder, f"{name}.conf"), text)]


def pdns(folder, name, address, forwards, *options):
    # Started, it would ask for a name below powerdns.com (security-poll-suffix). Where the root denies that, it denies all of
    # com from then on (root-nx-trust), and whether that is before or after a test's question is chance.
    return ["pdns_recursor", f"--config-dir={folder}/{name}", "--daemon=no", f"--local-address={address}",
            f"--socket-dir={folder}", "--setuid=root", "--setgid=root", "--dont-query=", "--hint-file=no", "--dnssec=off",
            "--threads=1", "--security-poll-suffix=", f"--forward-zones-recurse={forwards}", *options]


def knot(folder, name, address, policy):
    own = os.path.join(folder, name)
    os.makedirs(own, exist_ok=True)
    conf = written(os.path.join(folder, f"{name}.conf"), f"""
net.listen('{address}', 53, {{ kind = 'dns' }})
trust_anchors.remove('.')
cache.size = 10 * MB
{policy}
""")
    return ["kresd", "-n", "-c", conf, own]


def certificates(folder, **alternatives):
    """An authority in the folder, ca.pem, and certificates of it: NAME.pem with NAME.key, for the names and addresses that stand
    behind NAME as subjectAltName has them."""
    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=an authority", "-days", "2")
    for name, allowed in alternatives.items():
        written(os.path.join(folder, f"{name}.ext"), f"subjectAltName={allowed}\n")
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", "/CN=a resolver")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", f"{name}.ext", "-out", f"{name}.pem")


@contextlib.contextmanager
def namespace(name, addresses):
    """A network namespace without an uplink, whose loopback has these addresses. What is run in it: `ip netns exec NAME`."""
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        inside = ["ip", "netns", "exec", name, "ip"]
        subprocess.run([*inside, "link", "set", "lo", "up"], check=True)
        for address in addresses:
            subprocess.run([*inside, "address", "add", f"{address}/32", "dev", "lo"], check=True)
        yield
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=False)


def run(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def covered(path, own):
    """A file of one's own in the place of another, in this mount namespace."""
    place = pathlib.Path(path).resolve()
    if not place.exists():
        # A link into a /run that is not there.
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    run("mount", "--bind", own, place)
