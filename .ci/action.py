#!/usr/bin/env python3
"""Runs the step of action.yml that checks, as a runner runs it, and reads the workflows for what no longer runs.

    .ci/action.py BINARY

A step of `shell: bash` is run by `bash --noprofile --norc -eo pipefail` (GitHub's "Workflow syntax", `jobs.<id>.steps[*].shell`).
Nothing is asked but a closed port of loopback.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

from shared import NOBODY

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOST = "0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com"
# github.com/actions/runner-images, issues 13046 and 13518.
RETIRED = {"macos-11", "macos-12", "macos-13", "macos-14", "ubuntu-20.04", "windows-2019"}


def check_step():
    text = (ROOT / "action.yml").read_text()
    step = text[text.index("- id: check"):]
    return textwrap.dedent(step[step.index("run: |\n") + len("run: |\n"):])


def run(binary, arguments):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "eks-dns-doctor").symlink_to(pathlib.Path(binary).resolve())
        (folder / "step.sh").write_text(check_step())
        output, summary = folder / "output", folder / "summary"
        output.touch(), summary.touch()
        environment = {"PATH": f"{folder}:{os.environ['PATH']}", "RUNNER_TEMP": str(folder), "GITHUB_OUTPUT": str(output),
                       "GITHUB_STEP_SUMMARY": str(summary), "ENDPOINT": HOST, "ARGUMENTS": arguments,
                       "HOME": str(folder), **NOBODY}
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", folder / "step.sh"], env=environment,
                              capture_output=True, text=True, timeout=120, check=False)
        said = dict(line.split("=", 1) for line in output.read_text().splitlines())
        report = pathlib.Path(said["report"]).read_text() if "report" in said else ""
        return done, said, report, summary.read_text()


def main():
    binary = sys.argv[1]
    done, said, report, summary = run(binary, "--no-aws --no-local --resolver 127.0.0.1:1 --timeout 1s")
    assert done.returncode in (1, 3), done
    assert said.get("conclusion") in ("broken", "inconclusive"), (said, done)
    assert HOST.lower() in report.lower() and summary, (report[:200], summary)
    done, said, report, summary = run(binary, "--no-such-flag")
    assert done.returncode == 2 and not said, (done, said)
    for workflow in (ROOT / ".github/workflows").glob("*.yml"):
        named = set(re.findall(r"\b(?:macos|ubuntu|windows)-[0-9][\w.-]*", workflow.read_text()))
        assert named and not named & RETIRED, (workflow.name, named & RETIRED)
    container = (ROOT / "packaging/Containerfile").read_text()
    assert "FROM --platform=$BUILDPLATFORM docker.io/library/debian" in container
    print("action: a failing check sets its outputs, a refused one sets none; no retired runner")


if __name__ == "__main__":
    main()
