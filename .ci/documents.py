#!/usr/bin/env python3
"""The documents of the program against their schemas, with a validator of others; and docs/reading-the-json.md, command
by command.

Usage: documents.py BINARY. Needs jq. jsonschema is installed into a folder of its own. Nothing leaves this host.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

from shared import NOBODY, python_with

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VALIDATE = r'''
import json, sys
import jsonschema
for line in sys.stdin:
    schema, document, name = (json.loads(part) for part in json.loads(line))
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(document))
    if errors:
        sys.exit(f"{name}: {errors[0].json_path}: {errors[0].message[:300]}")
'''


def examples(text):
    """The blocks of `sh jq`, each with the block of text behind it, if there is one."""
    blocks = re.findall(r"```([\w ]+)\n(.*?)```", text, re.S)
    for index, (kind, body) in enumerate(blocks):
        if kind == "sh jq":
            follows = index + 1 < len(blocks) and blocks[index + 1][0] == "text"
            yield body, blocks[index + 1][1] if follows else None


def validator():
    return python_with(os.path.join(ROOT, "target", "json-schema"), "jsonschema", module="jsonschema")


def main():
    binary = os.path.abspath(sys.argv[1])
    path = os.path.dirname(binary) + ":" + os.environ["PATH"]
    environment = {"PATH": path, **NOBODY}
    with open(os.path.join(ROOT, "docs", "reading-the-json.md")) as file:
        text = file.read()
    played = 0
    with tempfile.TemporaryDirectory() as folder:
        environment["HOME"] = folder
        for script, expected in examples(text):
            done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True,
                                  timeout=60)
            # 1 and 3 are conclusions; anything else is a command that could not run, or a filter that jq refuses, with 3 too.
            if done.returncode not in (0, 1, 3) or "jq: error" in done.stderr:
                sys.exit(f"docs/reading-the-json.md:\n{script}\nends with {done.returncode}\n{done.stdout}{done.stderr}")
            if expected is not None and done.stdout != expected:
                sys.exit(f"docs/reading-the-json.md:\n{script}\nprints\n{done.stdout}{done.stderr}\nnot\n{expected}")
            played += 1
        assert played >= 10, played

        def printed(*line):
            # Exit 1 and 3 are conclusions.
            done = subprocess.run([binary, *line, "-o", "json"], cwd=folder, env=environment, capture_output=True,
                                  timeout=60)
            return json.loads(done.stdout)

        lines = []

        def hold(schema, document, name):
            with open(os.path.join(ROOT, "docs", schema + ".schema.json")) as file:
                lines.append(json.dumps([file.read(), json.dumps(document), json.dumps(name)]))

        listed = subprocess.run([binary, "demo", "--list"], capture_output=True, text=True, check=True).stdout
        for scenario in [line.split()[0] for line in listed.splitlines()][:12]:
            hold("report", printed("demo", scenario, "--explain-why"), scenario)
        hold("comparison", printed("compare", "report.json", "report.json"), "compare")
        message = "dial tcp: lookup a.eks.amazonaws.com on 10.0.0.2:53: no such host"
        for what in ([message], ["nothing known here"], ["no-forwarding"], []):
            hold("explanation", printed("explain", *what), f"explain {what}")
        facts = subprocess.run([binary, "facts", "a.eks.amazonaws.com", "--no-aws"], cwd=folder, env=environment,
                               capture_output=True, timeout=60)
        hold("facts", json.loads(facts.stdout), "facts")
    subprocess.run([validator(), "-c", VALIDATE], input="\n".join(lines), text=True, check=True)
    print(f"documents.py: {played} examples, {len(lines)} documents")


if __name__ == "__main__":
    main()
