#!/usr/bin/env python3
"""Makes everything that people install from the binaries of a release, all from the one version in Cargo.toml.

    packaging/build.py FOLDER --repository OWNER/NAME

FOLDER has a folder for each target with the binary in it, as .ci/systems and the release workflow make them. FOLDER/dist gets
an archive for each target with completions and the manual page, the Debian packages, the RPMs, the Homebrew formula, the Scoop
and krew manifests, and SHA256SUMS. A target without a binary is left out everywhere.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = "eks-dns-doctor"
# kubectl looks for `eks-dns` as kubectl-eks_dns: a dash in the command is an underscore in the file (kubectl plugin --help).
PLUGIN = "kubectl-eks_dns"
MANIFEST = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
VERSION, SUMMARY, LICENSE = MANIFEST["version"], MANIFEST["description"], MANIFEST["license"]
# Homebrew takes 80 characters (docs.brew.sh, Formula Cookbook; `brew audit`), and krew asks for a line as short.
DESC = "Says why an EKS cluster's API endpoint does not resolve, and what to change"

# Each target with what the others call its system and its architecture.
TARGETS = {
    "x86_64-unknown-linux-musl": ("linux", "amd64"),
    "aarch64-unknown-linux-musl": ("linux", "arm64"),
    "x86_64-apple-darwin": ("darwin", "amd64"),
    "aarch64-apple-darwin": ("darwin", "arm64"),
    "x86_64-pc-windows-gnu": ("windows", "amd64"),
}
SHELLS = {"bash": f"{NAME}.bash", "zsh": f"_{NAME}", "fish": f"{NAME}.fish", "powershell": f"{NAME}.ps1"}
DEB_ARCHITECTURE = {"amd64": "amd64", "arm64": "arm64"}
RPM_ARCHITECTURE = {"amd64": "x86_64", "arm64": "aarch64"}


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def binary(folder, target):
    path = folder / target / (f"{NAME}.exe" if "windows" in target else NAME)
    return path if path.is_file() else None


def pushed(folder, target):
    """The targets whose program goes into the archive of this one: the static ones, which any Linux of theirs runs."""
    return [other for other in TARGETS if "linux-musl" in other and other != target and binary(folder, other)]


def documents(folder):
    """Completions and the manual page, as a binary that runs here prints them: the same on each system."""
    machine = {"x86_64": "x86_64-unknown-linux-musl", "aarch64": "aarch64-unknown-linux-musl"}[os.uname().machine]
    program = binary(folder, machine)
    if program is None:
        sys.exit(f"{folder}/{machine} has no binary, and the manual page is printed by it")
    printed = lambda *words: subprocess.run([program, *words], check=True, capture_output=True).stdout
    return printed("man"), {shell: printed("completions", shell) for shell in SHELLS}


def archive(folder, target, dist, manual, completions):
    """One folder: the program, what belongs to it, and in folders beside it the programs that --push sends to Linux."""
    inside = f"{NAME}-{VERSION}-{target}"
    program = binary(folder, target)
    files = {program.name: (program.read_bytes(), 0o755), "LICENSE": ((ROOT / "LICENSE").read_bytes(), 0o644),
             "README.md": ((ROOT / "README.md").read_bytes(), 0o644), f"{NAME}.1": (manual, 0o644)}
    for shell, text in completions.items():
        files[f"completions/{SHELLS[shell]}"] = (text, 0o644)
    for other in pushed(folder, target):
        files[f"{other}/{NAME}"] = (binary(folder, other).read_bytes(), 0o755)
    if "windows" in target:
        path = dist / f"{inside}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, (octets, mode) in sorted(files.items()):
                entry = zipfile.ZipInfo(f"{inside}/{name}")
                entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
                zipped.writestr(entry, octets)
        return path
    path = dist / f"{inside}.tar.gz"
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as zipped, \
            tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, (octets, mode) in sorted(files.items()):
            entry = tarfile.TarInfo(f"{inside}/{name}")
            entry.size, entry.mode = len(octets), mode
            tar.addfile(entry, io.BytesIO(octets))
    return path


def tree(root, program, manual, completions):
    """The files as a package of Linux lays them."""
    def put(path, octets, mode=0o644):
        path = root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
        path.chmod(mode)
    put(f"usr/bin/{NAME}", program.read_bytes(), 0o755)
    (root / f"usr/bin/{PLUGIN}").symlink_to(NAME)
    put(f"usr/share/man/man1/{NAME}.1.gz", gzip.compress(manual, mtime=0))
    put(f"usr/share/bash-completion/completions/{NAME}", completions["bash"])
    put(f"usr/share/zsh/vendor-completions/_{NAME}", completions["zsh"])
    put(f"usr/share/fish/vendor_completions.d/{NAME}.fish", completions["fish"])
    put(f"usr/share/doc/{NAME}/copyright", (ROOT / "LICENSE").read_bytes())


def deb(program, architecture, dist, maintainer, page, manual, completions):
    path = dist / f"{NAME}_{VERSION}_{DEB_ARCHITECTURE[architecture]}.deb"
    with tempfile.TemporaryDirectory() as root:
        root = pathlib.Path(root)
        tree(root, program, manual, completions)
        root.chmod(0o755)
        (root / "DEBIAN").mkdir()
        (root / "DEBIAN/control").write_text(
            f"Package: {NAME}\nVersion: {VERSION}\nArchitecture: {DEB_ARCHITECTURE[architecture]}\nMaintainer: {maintainer}\n"
            f"Section: net\nPriority: optional\nHomepage: {page}\nRecommends: ca-certificates\nDescription: {SUMMARY}\n"
            " It asks every resolver on the path for the name, compares the answers with the addresses that the cluster\n"
            " has, and says why they differ and what to change. It sends DNS questions, reads from AWS, and changes nothing.\n")
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, path], check=True, stdout=subprocess.DEVNULL)
    return path


def rpm(program, architecture, dist, page, manual, completions):
    machine = RPM_ARCHITECTURE[architecture]
    with tempfile.TemporaryDirectory() as top:
        top = pathlib.Path(top)
        (top / "files").mkdir()
        tree(top / "files", program, manual, completions)
        # The folder for completions that other distributions have.
        zsh = top / "files/usr/share/zsh"
        (zsh / "vendor-completions").rename(zsh / "site-functions")
        spec = top / f"{NAME}.spec"
        spec.write_text(f"""Name: {NAME}
Version: {VERSION}
Release: 1
Summary: {SUMMARY}
License: {LICENSE}
URL: {page}
AutoReqProv: no
%global _build_id_links none
%global __os_install_post %{{nil}}
%description
It asks every resolver on the path for the name, compares the answers with the addresses that the cluster has, and says why
they differ and what to change. It sends DNS questions, reads from AWS, and changes nothing.
%install
cp -a {top}/files/. %{{buildroot}}/
%files
/usr/bin/{NAME}
/usr/bin/{PLUGIN}
/usr/share/man/man1/{NAME}.1.gz
/usr/share/bash-completion/completions/{NAME}
/usr/share/zsh/site-functions/_{NAME}
/usr/share/fish/vendor_completions.d/{NAME}.fish
/usr/share/doc/{NAME}/copyright
""")
        subprocess.run(["rpmbuild", "-bb", "--quiet", "--target", machine, "--define", f"_topdir {top}", spec], check=True,
                       capture_output=True)
        built = next((top / "RPMS").rglob("*.rpm"))
        path = dist / f"{NAME}-{VERSION}-1.{machine}.rpm"
        shutil.copy(built, path)
    return path


def formula(archives, url, page):
    """Homebrew: the class has the name of the file, and each system its archive (docs.brew.sh, Formula Cookbook)."""
    blocks = []
    for system, title in (("darwin", "macos"), ("linux", "linux")):
        inner = []
        for architecture, test in (("arm64", "arm"), ("amd64", "intel")):
            made = archives.get((system, architecture))
            if made:
                inner.append(f'    on_{test} do\n      url "{url(made)}"\n      sha256 "{digest(made)}"\n    end\n')
        if inner:
            blocks.append(f"  on_{title} do\n{''.join(inner)}  end\n")
    return (f'class EksDnsDoctor < Formula\n  desc "{DESC}"\n  homepage "{page}"\n  version "{VERSION}"\n'
            f'  license "{LICENSE}"\n\n' + "\n".join(blocks) +
            # Links: --push looks for the folders beside the file that they lead to.
            f'\n  def install\n    libexec.install "{NAME}", *Dir["*-unknown-linux-musl"]\n'
            f'    bin.install_symlink libexec/"{NAME}"\n    bin.install_symlink libexec/"{NAME}" => "{PLUGIN}"\n'
            f'    man1.install "{NAME}.1"\n    bash_completion.install "completions/{SHELLS["bash"]}" => "{NAME}"\n'
            f'    zsh_completion.install "completions/{SHELLS["zsh"]}"\n'
            f'    fish_completion.install "completions/{SHELLS["fish"]}"\n  end\n\n'
            f'  test do\n    assert_match version.to_s, shell_output("#{{bin}}/{NAME} --version")\n  end\nend\n')


def scoop(made, url, page):
    """Scoop's app manifest: the archive's one folder is the root."""
    return {
        "version": VERSION, "description": SUMMARY, "homepage": page, "license": LICENSE,
        "architecture": {"64bit": {"url": url(made), "hash": digest(made), "extract_dir": made.stem}},
        "bin": [f"{NAME}.exe", [f"{NAME}.exe", PLUGIN]],
        "checkver": "github",
        "autoupdate": {"architecture": {"64bit": {
            "url": url(made).replace(VERSION, "$version"), "extract_dir": made.stem.replace(VERSION, "$version")}}},
    }


def krew(archives, url, page):
    """krew's plugin manifest (krew.googlecontainertools.github.com/v1alpha2): the file that is linked as kubectl-eks_dns."""
    platforms = []
    for (system, architecture), made in archives.items():
        inside = made.name.removesuffix(".tar.gz").removesuffix(".zip")
        program = f"{NAME}.exe" if system == "windows" else NAME
        platforms.append({
            "selector": {"matchLabels": {"os": system, "arch": architecture}},
            "uri": url(made), "sha256": digest(made), "bin": program,
            "files": [{"from": f"{inside}/*", "to": "."}],
        })
    # JSON is YAML, and needs no library to be written right.
    return {
        "apiVersion": "krew.googlecontainertools.github.com/v1alpha2", "kind": "Plugin", "metadata": {"name": "eks-dns"},
        "spec": {"version": f"v{VERSION}", "homepage": page, "shortDescription": "Say why an EKS endpoint does not resolve",
                 "description": f"{SUMMARY}.", "platforms": platforms},
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--repository", required=True, help="OWNER/NAME, where the release's files are")
    arguments.add_argument("--maintainer", default=None, help="of the Debian package: NAME <ADDRESS>")
    given = arguments.parse_args()
    page = f"https://github.com/{given.repository}"
    maintainer = given.maintainer or f"{given.repository.split('/')[0]} <noreply@github.com>"
    folder, dist = given.folder.resolve(), given.folder.resolve() / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir()
    url = lambda made: f"{page}/releases/download/v{VERSION}/{made.name}"
    manual, completions = documents(folder)
    archives = {}
    for target, (system, architecture) in TARGETS.items():
        program = binary(folder, target)
        if program is None:
            print(f"{target}: no binary, left out")
            continue
        archives[system, architecture] = archive(folder, target, dist, manual, completions)
        if system == "linux":
            deb(program, architecture, dist, maintainer, page, manual, completions)
            rpm(program, architecture, dist, page, manual, completions)
    (dist / f"{NAME}.rb").write_text(formula(archives, url, page))
    if ("windows", "amd64") in archives:
        (dist / f"{NAME}.json").write_text(json.dumps(scoop(archives["windows", "amd64"], url, page), indent=4) + "\n")
    (dist / "eks-dns.yaml").write_text(json.dumps(krew(archives, url, page), indent=2) + "\n")
    sums = [f"{digest(path)}  {path.name}\n" for path in sorted(dist.iterdir())]
    (dist / "SHA256SUMS").write_text("".join(sums))
    print(f"{dist}: {len(sums)} files of version {VERSION}")


if __name__ == "__main__":
    main()
