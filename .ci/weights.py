#!/usr/bin/env python3
"""What each direct dependency costs: seconds of rustc, and octets of the release binary. Prints the table of docs/dependencies.md.

    nice .ci/weights.py [TARGET_DIR]

It makes one release build of its own, so it takes as long as that does. The seconds are processor time of rustc, not time on
a clock, so another build beside it changes little; a build script's own run is not in them. The octets are the sizes of the
symbols whose name begins in the crate (nm), and of generic code that is the crate that has it, not the one that uses it.

A dependency is counted with the crates that nothing else of the program needs. What several of them need is the last row.
Nothing is asserted: the numbers are one machine's.
"""

import collections
import datetime
import json
import os
import pathlib
import platform
import re
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOG = "EKS_DNS_DOCTOR_WEIGHTS"


def as_rustc(command):
    """In cargo's place of rustc: runs it, and notes what it took."""
    code = subprocess.run(command, check=False).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if "--crate-name" in command:
        package = os.environ.get("CARGO_PKG_NAME", "")
        with open(os.environ[LOG], "a") as log:
            log.write(json.dumps([package, used.ru_utime + used.ru_stime]) + "\n")
    return code


def built(target):
    """Builds the release binary anew; returns the seconds of each package and the binary."""
    log = target / "weights.log"
    target.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    environment = {
        **os.environ,
        LOG: str(log),
        "RUSTC_WRAPPER": str(pathlib.Path(__file__).resolve()),
        "CARGO_TARGET_DIR": str(target),
        "CARGO_PROFILE_RELEASE_STRIP": "none",
        "RUSTFLAGS": "-C symbol-mangling-version=v0",
    }
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, env=environment, check=True)
    seconds = collections.Counter()
    for line in log.read_text().splitlines():
        package, used = json.loads(line)
        seconds[package] += used
    return seconds, target / "release" / "eks-dns-doctor"


def sizes(binary):
    """The octets of the symbols of each crate, by its name in the code."""
    listed = subprocess.run(["nm", "--print-size", "--demangle", binary], capture_output=True, text=True, check=True)
    octets = collections.Counter()
    for line in listed.stdout.splitlines():
        found = re.match(r"[0-9a-f]+ ([0-9a-f]+) \S (.*)", line)
        if found:
            # `<aws_config::Loader as core::fmt::Debug>::fmt`, `h2::frame::parse`, or a name of C.
            crate = re.match(r"[<&(\[*]*(?:mut |dyn |const )*([A-Za-z_][A-Za-z0-9_]*)(?:\[[0-9a-f]+\])?::", found[2])
            octets[crate[1] if crate else ""] += int(found[1], 16)
    return octets


def graph():
    """The packages of the program for this system: the direct ones, and what each needs."""
    host = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    host = re.search(r"^host: (.*)$", host, re.M)[1]
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", host]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    needs = {}
    for node in metadata["resolve"]["nodes"]:
        kinds = [(one["pkg"], {kind["kind"] for kind in one["dep_kinds"]}) for one in node["deps"]]
        needs[node["id"]] = {package for package, kind in kinds if kind & {None, "build"}}
    root = metadata["resolve"]["root"]
    return packages, needs, root


def reached(needs, start, without=None):
    seen, waiting = set(), [start]
    while waiting:
        one = waiting.pop()
        if one in seen or one == without:
            continue
        seen.add(one)
        waiting += needs[one]
    return seen


def main():
    target = pathlib.Path(sys.argv[1] if sys.argv[1:] else ROOT / "target" / "weights").resolve()
    seconds, binary = built(target)
    octets = sizes(binary)
    packages, needs, root = graph()
    everything = reached(needs, root)

    def of(ids):
        names = {packages[one]["name"] for one in ids}
        crates = {target["name"].replace("-", "_") for one in ids for target in packages[one]["targets"] if "lib" in target["kind"]}
        return sum(seconds[name] for name in names), sum(octets[crate] for crate in crates)

    rows, counted = [], {root}
    for direct in needs[root]:
        own = everything - reached(needs, root, without=direct)
        counted |= own
        rows.append((packages[direct]["name"], packages[direct]["version"], len(own) - 1, *of(own)))
    print(f"Measured on {datetime.date.today()}, {platform.machine()} with {os.cpu_count()} cores, by `.ci/weights.py`.\n")
    print("| dependency | version | crates that it alone brings | seconds of rustc | KiB of the binary |")
    print("|---|---|---|---|---|")
    for name, version, more, used, size in sorted(rows, key=lambda row: -row[3]):
        print(f"| `{name}` | {version} | {more} | {used:.1f} | {size / 1024:.0f} |")
    used, size = of(everything - counted)
    print(f"| what several need | | {len(everything - counted)} | {used:.1f} | {size / 1024:.0f} |")
    used, size = of({root})
    print(f"| this program itself | {packages[root]['version']} | | {used:.1f} | {octets['eks_dns_doctor'] / 1024:.0f} |")
    library = sum(octets[crate] for crate in ("std", "core", "alloc"))
    print(f"| Rust's own library | | | | {library / 1024:.0f} |")
    print(f"\nThe binary has {binary.stat().st_size / 1024:.0f} KiB with its symbols.")


if __name__ == "__main__":
    sys.exit(as_rustc(sys.argv[1:]) if os.environ.get(LOG) and len(sys.argv) > 2 else main())
