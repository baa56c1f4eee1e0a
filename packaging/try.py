#!/usr/bin/env python3
"""Installs, runs and removes what packaging/build.py made, as far as this machine can, and reads the manifests.

    packaging/try.py FOLDER

As root, on Debian: the Debian package is really installed. The RPM goes into a root of its own. What is for another system is
unpacked, and its manifest is held to the fields that Homebrew, Scoop and krew ask for.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME, PLUGIN = "eks-dns-doctor", "kubectl-eks_dns"
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]
DIST = pathlib.Path(sys.argv[1]).resolve() / "dist"
MACHINE = os.uname().machine
SAYS = f"{NAME} {VERSION}"


def run(*words, **options):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True, **options).stdout


def says(program, where):
    said = run(program, "--version").strip()
    assert said == SAYS, f"{where}: {said!r}"


def checksums():
    listed = dict(reversed(line.split("  ")) for line in (DIST / "SHA256SUMS").read_text().splitlines())
    for name, expected in listed.items():
        assert hashlib.sha256((DIST / name).read_bytes()).hexdigest() == expected, name
    there = {path.name for path in DIST.iterdir()} - {"SHA256SUMS"}
    assert there == set(listed), there ^ set(listed)
    return len(listed)


def archives():
    seen = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(DIST.glob("*.tar.gz")) + sorted(DIST.glob("*.zip")):
            opened = zipfile.ZipFile(path) if path.suffix == ".zip" else tarfile.open(path)
            names = set(opened.namelist() if path.suffix == ".zip" else opened.getnames())
            inside = path.name.removesuffix(".tar.gz").removesuffix(".zip")
            program = f"{NAME}.exe" if path.suffix == ".zip" else NAME
            for member in (program, "LICENSE", "README.md", f"{NAME}.1", f"completions/{NAME}.bash", f"completions/_{NAME}",
                           f"completions/{NAME}.fish", f"completions/{NAME}.ps1"):
                assert f"{inside}/{member}" in names, (path.name, member)
            # What --push sends to the other machines: every Linux program but the archive's own.
            built = {path.parent.name for path in DIST.parent.glob(f"*-linux-musl/{NAME}")}
            beside = {name.split("/")[1] for name in names if "-linux-musl/" in name and name.endswith(f"/{NAME}")
                      and name.count("/") == 2}
            assert beside == {target for target in built if target not in path.name}, (path.name, beside)
            opened.extractall(folder)
            if f"{MACHINE}-unknown-linux" in path.name:
                says(pathlib.Path(folder) / inside / NAME, path.name)
                bash = pathlib.Path(folder) / inside / f"completions/{NAME}.bash"
                run("bash", "-n", bash)
                assert "EKS" in run("man", "-l", pathlib.Path(folder) / inside / f"{NAME}.1"), "the manual page"
            seen += 1
    return seen


def debian():
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}[MACHINE]
    package = DIST / f"{NAME}_{VERSION}_{architecture}.deb"
    run("dpkg", "-i", package)
    try:
        says(f"/usr/bin/{NAME}", "the Debian package")
        says(f"/usr/bin/{PLUGIN}", "the plugin's name")
        assert f"/usr/share/man/man1/{NAME}.1.gz" in run("dpkg", "-L", NAME)
        # kubectl runs what lies in PATH by that name.
        run(f"/usr/bin/{PLUGIN}", "demo", "-o", "short", env=os.environ | {"AWS_EC2_METADATA_DISABLED": "true"})
    finally:
        run("dpkg", "-r", NAME)
    assert not pathlib.Path(f"/usr/bin/{NAME}").exists() and not os.path.lexists(f"/usr/bin/{PLUGIN}")


def red_hat():
    package = DIST / f"{NAME}-{VERSION}-1.{MACHINE}.rpm"
    with tempfile.TemporaryDirectory() as root:
        rpm = ("rpm", "--root", root, "--dbpath", "/var/lib/rpm")
        run(*rpm, "--initdb")
        run(*rpm, "-i", "--nodeps", package)
        says(f"{root}/usr/bin/{NAME}", "the RPM")
        says(f"{root}/usr/bin/{PLUGIN}", "the plugin's name in it")
        assert run(*rpm, "-q", NAME).startswith(f"{NAME}-{VERSION}-1")
        run(*rpm, "-e", "--nodeps", NAME)
        assert not os.path.lexists(f"{root}/usr/bin/{NAME}")


def held_to_scoops_schema(manifest):
    """The members that the manifest has, each as schema.json of ScoopInstaller/Scoop has it: what stands in no place of the
    schema is refused there."""
    def text(value, where, is_url=False):
        assert isinstance(value, str) and value, where
        assert not is_url or re.match(r"https?://\S+$", value), (where, value)
    def texts(value, where):
        for each in value if isinstance(value, list) else [value]:
            text(each, where)
    def members(value, where, needed, allowed):
        assert isinstance(value, dict) and needed <= set(value) <= allowed, (where, sorted(value))
    needed = {"version", "description", "homepage", "license"}
    members(manifest, "manifest", needed, needed | {"architecture", "bin", "checkver", "autoupdate"})
    assert re.match(r"[\w.\-+_]+$", manifest["version"]), manifest["version"]
    text(manifest["description"], "description")
    text(manifest["homepage"], "homepage", is_url=True)
    text(manifest["license"], "license")
    assert manifest["checkver"] == "github"
    for each in manifest["bin"]:
        texts(each, "bin")
    members(manifest["architecture"], "architecture", set(), {"32bit", "64bit", "arm64"})
    for bits, part in manifest["architecture"].items():
        members(part, bits, {"url", "hash"}, {"url", "hash", "extract_dir"})
        text(part["url"], "url", is_url=True)
        assert "$" not in part["url"] and re.fullmatch(r"[0-9a-fA-F]{64}", part["hash"]), part
        texts(part["extract_dir"], "extract_dir")
    members(manifest["autoupdate"], "autoupdate", set(), {"architecture"})
    assert set(manifest["autoupdate"]["architecture"]) == set(manifest["architecture"])
    for part in manifest["autoupdate"]["architecture"].values():
        members(part, "autoupdate", {"url"}, {"url", "extract_dir", "hash"})
        assert "$version" in part["url"] and "$version" in part["extract_dir"], part


def manifests():
    formula = (DIST / f"{NAME}.rb").read_text()
    if shutil.which("ruby"):
        assert "Syntax OK" in run("ruby", "-c", DIST / f"{NAME}.rb")
    named = re.findall(r'url "([^"]+)"\n\s+sha256 "([0-9a-f]{64})"', formula)
    assert named and formula.count("url ") == len(named)
    desc = re.search(r'^  desc "([^"]*)"$', formula, re.M)[1]
    # rubocop-cask of Homebrew, FormulaAudit/Desc.
    assert 0 < len(desc) <= 80 and not desc.endswith(".") and not re.match(r"(?i)(an?|the)\s", desc) and NAME not in desc, desc
    scoop = json.loads((DIST / f"{NAME}.json").read_text())
    held_to_scoops_schema(scoop)
    named.append((scoop["architecture"]["64bit"]["url"], scoop["architecture"]["64bit"]["hash"]))
    krew = json.loads((DIST / "eks-dns.yaml").read_text())
    # https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/.
    # What krew itself refuses besides: ValidatePlugin in pkg/index/validation/validate.go.
    assert re.fullmatch(r"[\w-]+", krew["metadata"]["name"]) and krew["metadata"]["name"] == "eks-dns"
    assert krew["spec"]["platforms"] and krew["spec"]["description"] and krew["spec"]["homepage"].startswith("https://")
    assert krew["apiVersion"] == "krew.googlecontainertools.github.com/v1alpha2" and krew["kind"] == "Plugin"
    assert re.fullmatch(r"v\d+\.\d+\.\d+(-\S+)?", krew["spec"]["version"])
    assert len(krew["spec"]["shortDescription"]) <= 50 and not krew["spec"]["shortDescription"].endswith(".")
    for platform in krew["spec"]["platforms"]:
        assert set(platform) == {"selector", "uri", "sha256", "bin", "files"} and platform["files"] and platform["bin"]
        assert re.fullmatch(r"[a-f0-9]{64}", platform["sha256"])
        assert set(platform["selector"]) == {"matchLabels"} and set(platform["selector"]["matchLabels"]) == {"os", "arch"}
        named.append((platform["uri"], platform["sha256"]))
    for url, expected in named:
        assert f"/v{VERSION}/" in url, url
        made = DIST / url.rsplit("/", 1)[1]
        assert hashlib.sha256(made.read_bytes()).hexdigest() == expected, url
    return len(named)


def as_a_plugin():
    """krew links the program under the plugin's name: both names are the same program."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        with tarfile.open(DIST / f"{NAME}-{VERSION}-{MACHINE}-unknown-linux-musl.tar.gz") as opened:
            opened.extractall(folder)
        (folder / PLUGIN).symlink_to(folder / f"{NAME}-{VERSION}-{MACHINE}-unknown-linux-musl/{NAME}")
        says(folder / PLUGIN, "krew's link")


if __name__ == "__main__":
    files, unpacked = checksums(), archives()
    debian()
    red_hat()
    named = manifests()
    as_a_plugin()
    print(f"packages: {files} checksums, {unpacked} archives, deb and rpm installed, run and removed, {named} links in manifests")
