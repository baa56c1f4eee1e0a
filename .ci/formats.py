#!/usr/bin/env python3
"""The formats for other programs, read by those programs.

    formats.py PROGRAM

-o openmetrics   PyPI's prometheus_client (its OpenMetrics parser and its parser of the text format), promtool, and a real
                 node_exporter with its textfile collector alone
-o junit         lxml, against .ci/junit.xsd
-o nagios        the grammar of the Monitoring Plugins' guidelines
serve            the parsers, clients that are slow, huge or many, and a real Prometheus that scrapes it and evaluates the
                 alerts of docs/runbooks
docs/runbooks    promtool (rules and their tests), systemd-analyze verify, kubernetes-validate; AWS's own JSON Schema of Automation
                 documents (npm's aws-ssm-document-language-service), and .ci/troubleshoot.schema.json

Of reports of recorded scenarios, of comparisons, and of captures whose every text is hostile. Debian's packages prometheus,
prometheus-node-exporter and systemd have to be there; the rest comes from PyPI and npm into folders of their own. Nothing leaves
the machine: everything listens on loopback.
"""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from name_server import name_server
from shared import ENVIRONMENT, free_port, importable, is_open, of_npm, python_with, waited

ROOT = pathlib.Path(__file__).resolve().parent.parent
RUNBOOKS = ROOT / "docs" / "runbooks"
PACKAGES = ["prometheus_client==0.26.0", "lxml==6.1.3", "kubernetes-validate==1.37.0", "jsonschema==4.26.0", "PyYAML==6.0.4",
            "python-hcl2==8.1.4"]
SSM = "aws-ssm-document-language-service@1.0.0"
HOST = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com"
ADDRESS = "192.168.104.190"
# Every octet that means something to one of the formats, and characters that XML has no place for.
HOSTILE = 'x"} 1\n# EOF\n\'|=&<]]>{\\\x00\x1b[31m\u202e\ufffe\x85é\t\r;,%$`'


def fail(message):
    sys.exit(f"formats.py: {message}")


def run(arguments, **more):
    return subprocess.run(arguments, env=ENVIRONMENT, capture_output=True, timeout=120, check=False, **more)


# Readers.


def openmetrics(text, what):
    """The families of a text, as both parsers of prometheus_client have them."""
    from prometheus_client import parser
    from prometheus_client.openmetrics import parser as strict

    try:
        families = list(strict.text_string_to_metric_families(text))
        others = list(parser.text_string_to_metric_families(text))
    except ValueError as error:
        fail(f"{what}: not OpenMetrics: {error}\n{text}")
    if not families:
        fail(f"{what}: no metric\n{text}")
    seen = set()
    for family in families:
        if not family.documentation or family.type != "gauge":
            fail(f"{what}: {family.name} has no help, or the type {family.type}")
        names = {tuple(sorted(sample.labels)) for sample in family.samples}
        if len(names) > 1:
            fail(f"{what}: {family.name} has samples with other labels: {names}")
        for sample in family.samples:
            if sample.timestamp is not None:
                fail(f"{what}: {sample} has a time, which the textfile collector refuses")
        # A state set: its last label has the metric's name, and one state is 1.
        sets = {}
        for sample in family.samples:
            if family.name in sample.labels:
                key = tuple(sorted((k, v) for k, v in sample.labels.items() if k != family.name))
                sets.setdefault(key, []).append(sample.value)
        for key, values in sets.items():
            if sorted(values) != [0.0] * (len(values) - 1) + [1.0] or len(values) < 2:
                fail(f"{what}: {family.name} {key} is {values}")
        seen.add(family.name)
    of = lambda list_: {(s.name, tuple(sorted(s.labels.items())), s.value) for f in list_ for s in f.samples}
    if of(families) != of(others):
        fail(f"{what}: the two formats are read as different samples")
    said = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), capture_output=True, check=False)
    if said.returncode != 0:
        fail(f"{what}: promtool: {said.stderr.decode()}{said.stdout.decode()}\n{text}")
    return families


def values(families, name, **labels):
    return [
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == name and all(sample.labels.get(key) == value for key, value in labels.items())
    ]


def junit(text, what):
    from lxml import etree

    schema = junit.schema = getattr(junit, "schema", None) or etree.XMLSchema(etree.parse(str(ROOT / ".ci" / "junit.xsd")))
    try:
        document = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, recover=False))
    except etree.XMLSyntaxError as error:
        fail(f"{what}: not XML: {error}\n{text}")
    if not schema.validate(document):
        fail(f"{what}: {schema.error_log}\n{text}")
    for suite in document.iter("testsuite"):
        for count, path in [("tests", "testcase"), ("failures", "testcase/failure"), ("skipped", "testcase/skipped")]:
            if int(suite.get(count)) != len(suite.findall(path)):
                fail(f"{what}: {count} is {suite.get(count)}\n{text}")
    return document


# 'label'=value[UOM];[warn];[crit];[min];[max]: Monitoring Plugins Development Guidelines, "Performance data".
NUMBER = re.compile(r"'((?:[^'=|]|'')+)'=(-?[0-9.]+)(s|us|ms|%|B|KB|MB|TB|c)?;([^; ]*);([^; ]*);([^; ]*);([^; ]*)(?: |$)")


def nagios(text, what):
    if text.count("\n") != 1 or not text.endswith("\n") or text.count("|") != 1 or len(text.encode()) > 4096:
        fail(f"{what}: not one line of a plugin\n{text}")
    said, numbers = text.rstrip("\n").split("|")
    state = re.match(r"EKS DNS (OK|WARNING|CRITICAL|UNKNOWN) - \S", said)
    if not state:
        fail(f"{what}: no state\n{text}")
    labels, rest = [], numbers
    while rest:
        number = NUMBER.match(rest)
        if not number:
            fail(f"{what}: no performance data: {rest!r}")
        labels.append(number.group(1))
        rest = rest[number.end() :]
    if len(set(labels)) != len(labels):
        fail(f"{what}: a label twice: {labels}")
    return state.group(1)


# What is read.


def poisoned(value, key=None):
    """Every text with the hostile one behind it, but for those that have to be what they are to be read at all."""
    kept = {"ip", "address", "kind", "role", "verdict", "transport", "qtype", "purpose", "hostname", "rtype", "rcode",
            "section", "data", "system", "class", "taken_at", "code", "of", "scope", "view", "fail_on"}
    if isinstance(value, str):
        return value if key in kept else value + HOSTILE
    if isinstance(value, list):
        return [poisoned(item, key) for item in value]
    if isinstance(value, dict):
        return {key: poisoned(item, key) for key, item in value.items()}
    return value


def hostile_captures(folder):
    """Captures in which whatever may be any text is hostile; each as far as this program still reads it."""
    found = []
    for name in ("no-forwarding/article", "dhcp-custom-dns/fires-as-a-warning", "resolver-unstable/fires-as-a-warning"):
        capture = json.loads((ROOT / "fixtures" / "cases" / name / "capture.json").read_text())
        # A capture with two resolvers of one name is refused.
        for number, resolver in enumerate(capture["resolvers"]):
            resolver["name"] = f"{HOSTILE}{number}"
            resolver["known_from"] = poisoned(resolver["known_from"])
        capture["vantage"]["name"] = HOSTILE
        capture["target"]["cluster"] = HOSTILE
        capture["target"]["region"] = HOSTILE
        capture["tool"] = poisoned(capture["tool"])
        capture["gaps"] = poisoned(capture["gaps"]) + [{"fact": HOSTILE, "source": HOSTILE, "reason": HOSTILE}] * 2
        path = folder / (name.replace("/", ".") + ".hostile.json")
        path.write_text(json.dumps(capture))
        found.append(path)
    return found


CODES = {0: {0, 1}, 1: {2}, 3: {3}, 130: {3}}
STATES = {0: "OK", 1: "WARNING", 2: "CRITICAL", 3: "UNKNOWN"}


def read_all(program, arguments, what):
    """One document in the three formats: read, with its exit codes, and the families of its metrics."""
    code = run([program, *arguments, "-o", "short"]).returncode
    if code not in CODES:
        fail(f"{what}: exit code {code}")
    texts = {}
    for name in ("openmetrics", "junit", "nagios"):
        done = run([program, *arguments, "-o", name])
        expected = CODES[code] if name == "nagios" else {code}
        if done.returncode not in expected:
            fail(f"{what} -o {name}: exit code {done.returncode}, not of {expected}: {done.stderr.decode()}")
        texts[name] = done.stdout.decode()
        if name == "nagios" and nagios(texts[name], what) != STATES[done.returncode]:
            fail(f"{what}: the state and the exit code {done.returncode} differ")
    document = junit(texts["junit"], what)
    failed = bool(document.findall(".//failure"))
    if failed != (code == 1):
        fail(f"{what}: exit code {code}, and failed cases: {failed}")
    return texts["openmetrics"], openmetrics(texts["openmetrics"], what)


def documents(program, folder):
    """Every document in every format; gives the metrics for the textfile collector."""
    texts = {}
    lines = (ROOT / "fixtures" / "pages.txt").read_text().splitlines()
    names = [line.split()[0] for line in lines if line and not line.startswith("#")]
    names += ["slow-resolver/near-miss-within-a-second", "no-forwarding/nothing-expected"]
    for name in names:
        path = ROOT / "fixtures" / "cases" / name / "capture.json"
        capture = json.loads(run([program, "replay", path, "-o", "json"]).stdout)
        text, families = read_all(program, ["replay", path], name)
        texts[name] = text
        if values(families, "eks_dns_conclusion", eks_dns_conclusion=capture["conclusion"]) != [1.0]:
            fail(f"{name}: {capture['conclusion']} is not its state")
        if values(families, "eks_dns_exit_code") != [float(capture["exit_code"])]:
            fail(f"{name}: its exit code is not {capture['exit_code']}")
        for resolver in capture["resolvers"]:
            found = values(
                families, "eks_dns_resolver_verdict", resolver=resolver["name"],
                eks_dns_resolver_verdict=resolver["verdict"])
            if found != [1.0]:
                fail(f"{name}: {resolver['name']} is not {resolver['verdict']}")
        for finding in capture["findings"]:
            if not values(families, "eks_dns_findings", rule=finding["rule"], severity=finding["severity"]):
                fail(f"{name}: {finding['rule']} is not among its findings")
    for path in hostile_captures(folder):
        for more in ([], ["--ascii"], ["-v"]):
            text, families = read_all(program, ["replay", path, *more], path.name)
        texts[path.name] = text
        resolvers = len(json.loads(path.read_text())["resolvers"])
        if sum(values(families, "eks_dns_resolver_verdict")) != resolvers:
            fail(f"{path.name}: not a verdict for each of {resolvers} resolvers")
    places = ROOT / "fixtures" / "places"
    read_all(program, ["compare", places / "laptop.json", places / "bastion.json"], "compare")
    read_all(program, ["compare", places / "laptop.json", places / "bastion.dig.txt"], "compare with dig's text")
    print(f"formats.py: {len(texts)} reports and 2 comparisons, each read in three formats")
    return texts


def textfile(texts, folder):
    """A real node_exporter reads the metrics from files."""
    exporter = "/usr/bin/prometheus-node-exporter"
    directory = folder / "textfiles"
    directory.mkdir()
    port = free_port()
    process = subprocess.Popen(
        [exporter, "--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={directory}",
         "--web.disable-exporter-metrics", f"--web.listen-address=127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        def scraped():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
                    return answer.read().decode()
            except urllib.error.HTTPError as error:
                fail(f"node_exporter: {error.read().decode()}")
            except OSError:
                return None

        waited("node_exporter", scraped)
        for name, text in texts.items():
            (directory / "eks-dns.prom").write_text(text)
            from prometheus_client import parser
            found = list(parser.text_string_to_metric_families(scraped()))
            if values(found, "node_textfile_scrape_error") != [0.0]:
                fail(f"{name}: node_exporter's textfile collector refuses it\n{text}")
            expected = {s.name for f in parser.text_string_to_metric_families(text) for s in f.samples}
            missing = expected - {s.name for f in found for s in f.samples}
            if missing:
                fail(f"{name}: node_exporter does not show {missing}")
    finally:
        process.terminate()
        process.wait(10)
    print(f"formats.py: {len(texts)} files read by node_exporter's textfile collector")


# serve.


def many(program, folder, server):
    """The document of many targets, with hostile names."""
    # A name with a control character is refused.
    hostile = "".join(c for c in HOSTILE if c.isprintable() and c not in " #")
    lines = {
        "healthy": [f"{HOST} {ADDRESS} one", f"{HOST.replace('yl4', 'gr7')} {ADDRESS} two"],
        "broken": [f"{HOST} {ADDRESS} one", f"{HOST.replace('yl4', 'gr7')} 192.0.2.1 {hostile}"],
    }
    for conclusion, targets in lines.items():
        path = folder / "targets"
        path.write_text("\n".join(targets) + "\n")
        text, families = read_all(
            program,
            ["check", "--targets", path, "--no-local", "--no-os", "--no-aws", "--resolver", f"one=127.0.0.1:{server}"],
            f"many targets, {conclusion}")
        if values(families, "eks_dns_fleet_conclusion", eks_dns_fleet_conclusion=conclusion) != [1.0]:
            fail(f"many targets are not {conclusion}\n{text}")
        if sum(values(families, "eks_dns_conclusion")) != len(targets):
            fail(f"not an outcome for each of {len(targets)} targets\n{text}")
    print("formats.py: many targets, read in three formats")


def get(port, path="/metrics", accept=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept": accept} if accept else {})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def memory(pid):
    """Resident KiB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def serve(program, folder, server, answer):
    """`answer` is what the name server has."""
    port = free_port()
    check = ["--no-local", "--no-os", "--no-aws", "--resolver", f"one=127.0.0.1:{server}", "--expect", ADDRESS]
    # A port that is taken is refused with one line.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run([program, "serve", "--listen", f"127.0.0.1:{taken.getsockname()[1]}", HOST, *check])
        if done.returncode != 2 or done.stderr.count(b"\n") != 1:
            fail(f"serve at a port that is taken: {done}")
    process = subprocess.Popen(
        [program, "serve", "--listen", f"127.0.0.1:{port}", "--interval", "2s", HOST, *check],
        env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    prometheus = None
    try:
        healthy = lambda: process.poll() is None and is_open(port) and get(port, "/healthz")[0] == 200
        waited("serve", healthy)
        status, headers, text = get(port, accept="application/openmetrics-text; version=1.0.0")
        families = openmetrics(text, "serve")
        if status != 200 or not headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0"):
            fail(f"serve: {status} {headers}")
        if values(families, "eks_dns_conclusion", eks_dns_conclusion="healthy") != [1.0] or values(
                families, "eks_dns_check_fresh") != [1.0]:
            fail(f"serve: not healthy:\n{text}")
        _, headers, text = get(port)
        if not headers["Content-Type"].startswith("text/plain; version=0.0.4"):
            fail(f"serve: {headers}")
        # It listens on the given address alone.
        listening = [line.split()[1] for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
                     if line.split()[3] == "0A"]
        mine = [address for address in listening if address.endswith(f":{port:04X}")]
        if mine != [f"0100007F:{port:04X}"]:
            fail(f"serve listens at {mine}")
        attack(port)
        before = memory(process.pid)
        for _ in range(300):
            get(port)
        attack(port)
        after = memory(process.pid)
        if after > before + 4096:
            fail(f"serve grows: {before} KiB, then {after} KiB")
        prometheus = scrape(port, folder)
        # What is found next is shown next.
        answer[:] = ["203.0.113.1"]
        broken = lambda: values(openmetrics(get(port)[2], "serve"), "eks_dns_conclusion", eks_dns_conclusion="broken")
        waited("serve of another answer", lambda: broken() == [1.0])
        fired = waited("the alert of Prometheus", lambda: [
            alert["labels"] for alert in ask(prometheus[1], "/api/v1/alerts")["alerts"]
            if alert["labels"]["alertname"] == "EksDnsBroken"])
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(5)
        took = time.monotonic() - began
        if code != 0 or took > 1:
            fail(f"serve ends with {code} after {took:.1f} s")
    finally:
        for one in (process, prometheus and prometheus[0]):
            if one and one.poll() is None:
                one.terminate()
                one.wait(10)
    print(f"formats.py: serve is scraped by Prometheus ({fired[0]['rule']}), {before} KiB before and {after} KiB after the load")


def attack(port):
    """Clients that are slow, huge, many or wrong; a scrape between them is answered at once."""
    slow = []
    for _ in range(200):
        one = socket.create_connection(("127.0.0.1", port), timeout=5)
        one.sendall(b"GET /metrics HT")
        slow.append(one)
    for octets in (b"\x16\x03\x01\x02\x00", b"GET /" + b"x" * 100_000, b"\0" * 100_000,
                   b"GET /metrics HTTP/1.1\r\n" + b"a: b\r\n" * 50_000, b"POST /metrics HTTP/1.1\r\nContent-Length: 9\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=12) as one:
            answer = b""
            try:
                one.sendall(octets)
                one.shutdown(socket.SHUT_WR)
                while more := one.recv(4096):
                    answer += more
            except OSError:
                # It may be cut off for what it sends.
                pass
            if answer and not re.match(rb"HTTP/1\.1 4\d\d ", answer):
                fail(f"serve answers {octets[:20]!r} with {answer[:60]!r}")
    began = time.monotonic()
    if get(port)[0] != 200 or time.monotonic() - began > 2:
        fail(f"serve is held up by slow clients: {time.monotonic() - began:.1f} s")
    if get(port, "/nothing")[0] != 404 or get(port, "/metrics/../../etc/passwd")[0] != 404:
        fail("serve has more paths than it should")
    for one in slow:
        one.close()


def ask(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return json.loads(answer.read())["data"]
    except OSError:
        return {"result": [], "alerts": [], "groups": []}


def scrape(port, folder):
    """A real Prometheus with the alerts of the runbooks, which need no time here to fire."""
    rules = re.sub(r"for: \S+", "for: 0s", (RUNBOOKS / "prometheus-rules.yml").read_text())
    (folder / "rules.yml").write_text(rules)
    (folder / "prometheus.yml").write_text(
        f"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [{folder}/rules.yml]\n"
        f"scrape_configs: [{{job_name: eks-dns, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n")
    web = free_port()
    process = subprocess.Popen(
        ["/usr/bin/prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb",
         f"--web.listen-address=127.0.0.1:{web}", "--log.level=error"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    query = "/api/v1/query?query=" + 'eks_dns_conclusion%7Beks_dns_conclusion%3D%22healthy%22%7D'
    try:
        waited("Prometheus", lambda: [one for one in ask(web, query)["result"] if one["value"][1] == "1"])
        groups = ask(web, "/api/v1/rules")["groups"]
        sick = [rule for group in groups for rule in group["rules"] if rule["health"] == "err"]
        if not groups or sick:
            fail(f"Prometheus cannot evaluate {sick}")
    except BaseException:
        process.terminate()
        raise
    return process, web


# The pieces of docs/runbooks.


def terraform():
    """The piece for Terraform is a configuration, and one without its last brace is none."""
    import hcl2

    text = (RUNBOOKS / "terraform.tf").read_text()
    try:
        hcl2.loads(text)
    except Exception as error:
        fail(f"terraform.tf: {error}")
    try:
        hcl2.loads(text.rstrip()[:-1] + "\n")
    except Exception:
        return
    fail("hcl2 takes a configuration without its last brace")


def runbooks(bin_, folder):
    rules = RUNBOOKS / "prometheus-rules.yml"
    tests = folder / "rules-test.yml"
    tests.write_text((ROOT / ".ci" / "prometheus-rules-test.yml").read_text().replace("RULES", str(rules)))
    for command in (["promtool", "check", "rules", rules], ["promtool", "test", "rules", tests]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            fail(f"{command}: {done.stdout}{done.stderr}")
    # The programs are where the test has them, and what the units start is there.
    units = folder / "units"
    units.mkdir()
    for path in [*RUNBOOKS.glob("*.service"), *RUNBOOKS.glob("*.timer")]:
        text = path.read_text().replace("/usr/local/bin/eks-dns-textfile", str(RUNBOOKS / "textfile.sh"))
        text = re.sub(r"/usr/local/bin/[a-z-]+", "/bin/true", text).replace("EnvironmentFile=", "EnvironmentFile=-")
        (units / path.name).write_text(text)
    textfile_ = RUNBOOKS / "textfile.sh"
    if not os.access(textfile_, os.X_OK):
        fail("docs/runbooks/textfile.sh is not executable")
    done = subprocess.run(["systemd-analyze", "verify", *units.iterdir()], capture_output=True, text=True, check=False)
    if done.returncode != 0 or done.stderr.strip():
        fail(f"systemd-analyze verify: {done.stderr}")
    for name in ("kubernetes-job.yml", "kubernetes-cronjob.yml"):
        done = subprocess.run(
            [bin_ / "kubernetes-validate", "--strict", RUNBOOKS / name], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            fail(f"{name}: {done.stdout}{done.stderr}")
    held("ssm-automation.yml", of_npm(folder, SSM) / "dist" / "schema.json", ["mainSteps", 0, "action"])
    held("troubleshoot.yml", ROOT / ".ci" / "troubleshoot.schema.json", ["spec", "analyzers", 0, "jsonCompare", "outcomes"])
    print("formats.py: rules, units, manifests and documents are what their programs and schemas take")


def held(name, schema, way):
    """Holds a document to its schema; with another value at this way it is refused, so the schema looks there."""
    import jsonschema
    import yaml

    validator = jsonschema.Draft7Validator(json.loads(schema.read_text()))
    document = yaml.safe_load((RUNBOOKS / name).read_text())
    for error in validator.iter_errors(document):
        fail(f"{name}: {'.'.join(map(str, error.path))}: {error.message}")
    holder = document
    for key in way[:-1]:
        holder = holder[key]
    holder[way[-1]] = "aws:noSuchAction"
    if validator.is_valid(document):
        fail(f"{schema.name} takes anything at {way}")


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        programs = importable(python_with(folder / "venv", *PACKAGES))
        runbooks(programs, folder)
        terraform()
        textfile(documents(program, folder), folder)
        answer = [ADDRESS]
        with name_server(lambda name: answer) as server:
            many(program, folder, server)
            serve(program, folder, server, answer)


if __name__ == "__main__":
    main()
