#!/usr/bin/env python3
"""A real systemd-resolved, with a VPN's link that has no routing domain for the endpoint, and then has one.

Its package is unpacked into a folder and never installed: installing it would change this host's own resolv.conf. Starts
itself again with unshare, with a bus, a /run and a resolv.conf of its own; nothing leaves the namespace.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import servers
from servers import covered, run
from shared import NOBODY, waited

X = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com"
ADDRESSES = ["192.168.131.209", "192.168.104.190"]
HOME, VPN = "192.168.1.1", "10.63.5.53"
USER = 990
# Where it is looked for beside /usr/bin, in a /run of our own.
RESOLVECTL = pathlib.Path("/run/current-system/sw/bin/resolvectl")
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
</policy></busconfig>
"""


def unpacked(*more):
    """The files of the package, in a folder of their own."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="resolved-"))
    folder.chmod(0o755)
    download = ["apt-get", "download", "-qq", "systemd-resolved", "libsystemd-shared", *more]
    if subprocess.run(download, cwd=folder, stderr=subprocess.DEVNULL).returncode:
        # The lists of packages are not there, or old.
        run("apt-get", "update", "-qq")
        subprocess.run(download, cwd=folder, check=True)
    for package in folder.glob("*.deb"):
        run("dpkg", "-x", package, folder / "root")
    return folder


def replaced(path, folder, text):
    """Another text in the place of a file, in this namespace."""
    own = folder / path.strip("/").replace("/", "-")
    own.write_text(text)
    covered(path, own)


def dnsmasq(ip, *flags):
    return subprocess.Popen(servers.dnsmasq(ip, "--local=/#/", *flags))


def prepare(folder):
    run("mount", "--make-rprivate", "/")
    run("mount", "-t", "tmpfs", "none", "/run")
    for place in ("dbus", "systemd/resolve", "systemd/system", RESOLVECTL.parent.relative_to("/run")):
        pathlib.Path("/run", place).mkdir(parents=True)
    os.chown("/run/systemd/resolve", USER, USER)
    passwd, group = pathlib.Path("/etc/passwd").read_text(), pathlib.Path("/etc/group").read_text()
    if "systemd-resolve:" not in passwd:
        replaced("/etc/passwd", folder, f"{passwd}systemd-resolve:x:{USER}:{USER}::/:/usr/sbin/nologin\n")
        replaced("/etc/group", folder, f"{group}systemd-resolve:x:{USER}:\n")
    replaced("/etc/resolv.conf", folder, "nameserver 127.0.0.53\noptions edns0 trust-ad\n")
    run("ip", "link", "set", "lo", "up")
    for ip in (HOME, VPN):
        run("ip", "address", "add", f"{ip}/32", "dev", "lo")
    for link, ip in (("wlan0", "192.168.1.50/24"), ("tun0", "10.63.5.1/24")):
        run("ip", "link", "add", link, "type", "veth", "peer", "name", f"{link}p")
        run("ip", "address", "add", ip, "dev", link)
        for end in (link, f"{link}p"):
            run("ip", "link", "set", end, "up")


def resolvectl(*words):
    return subprocess.run([RESOLVECTL, *words], capture_output=True, text=True).stdout


def doctor(program):
    environment = {**os.environ, **NOBODY}
    environment.pop("HTTPS_PROXY", None)
    done = subprocess.run(
        [program, "check", X, "--expect", ",".join(ADDRESSES), "--no-aws", "--timeout", "2s", "-o", "json"],
        env=environment, capture_output=True, text=True,
    )
    document = json.loads(done.stdout)
    rules = [finding["rule"] for finding in document["findings"]]
    return done.returncode, rules, document["host"]["asked"]


def started(folder):
    """A bus and systemd-resolved, running, in a namespace that is prepared."""
    root = folder / "root"
    prepare(folder)
    bus = folder / "bus.conf"
    bus.write_text(BUS)
    # The programs find their library where the package has it.
    os.environ["LD_LIBRARY_PATH"] = library = ":".join(str(path.parent) for path in root.rglob("libsystemd-shared-*.so"))
    RESOLVECTL.write_text(f"#!/bin/sh\nLD_LIBRARY_PATH={library} exec {root}/usr/bin/resolvectl \"$@\"\n")
    RESOLVECTL.chmod(0o755)
    running = [
        subprocess.Popen(["dbus-daemon", f"--config-file={bus}", "--nofork", "--nopidfile"], stderr=subprocess.DEVNULL),
    ]
    waited("a bus", pathlib.Path("/run/dbus/system_bus_socket").exists)
    daemon = next(path for path in root.rglob("systemd/systemd-resolved") if path.is_file())
    running.append(subprocess.Popen([daemon], stderr=subprocess.DEVNULL))
    waited("resolvectl status", lambda: "wlan0" in resolvectl("status"))
    return running


def inside(program, folder):
    running = started(folder)
    try:
        running += [dnsmasq(HOME), dnsmasq(VPN, *(f"--host-record={X},{ip}" for ip in ADDRESSES))]
        for words in (("dns", "wlan0", HOME), ("domain", "wlan0", "fritz.box"), ("default-route", "wlan0", "yes"),
                      ("dns", "tun0", VPN), ("domain", "tun0", "~corp.example"), ("default-route", "tun0", "no")):
            run(RESOLVECTL, *words)
        waited("the links' name servers", lambda: VPN in resolvectl("dns") and "fritz.box" in resolvectl("domain"))
        code, rules, asked = doctor(program)
        assert (code, rules[0], asked["servers"]) == (1, "split-dns-not-applied", [f"{HOME}:53"]), (code, rules, asked)
        print("resolved: no routing domain: split-dns-not-applied, exit 1")
        run(RESOLVECTL, "domain", "tun0", "~corp.example", "~ap-northeast-1.eks.amazonaws.com")
        run(RESOLVECTL, "flush-caches")
        code, rules, asked = doctor(program)
        assert (code, rules, asked["servers"]) == (0, [], [f"{VPN}:53"]), (code, rules, asked)
        print("resolved: with the routing domain: healthy, exit 0")
    finally:
        for process in running:
            process.kill()
            process.wait()


def main():
    if len(sys.argv) == 3:
        return inside(sys.argv[1], pathlib.Path(sys.argv[2]))
    folder = unpacked()
    try:
        command = ["unshare", "--mount", "--net", sys.executable, __file__, pathlib.Path(sys.argv[1]).resolve(), folder]
        return subprocess.run(command, check=False).returncode
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
