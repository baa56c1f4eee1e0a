#!/usr/bin/env python3
"""Holds the requests of this program, and the answers of its own mocks of AWS, to the service models of botocore (PyPI).

    botocore.py COLLECTOR VIA

COLLECTOR is the program of tests/aws/, and VIA that of tests/via/, which has a mock of Systems Manager. With
EKS_DNS_DOCTOR_EXCHANGES=FILE a mock writes each request that came in and its answer, one JSON object a line, but for
the answers that a test makes wrong. Every operation that the sources name has to be among them. Held to the model:

requests   the operation, the names of the parameters, their types, enum values, lengths and patterns
answers    the names of the members or elements, their types, enum values; of errors the code and the members

So are the answers that the AWS CLI printed, in fixtures/awscli. botocore is installed into a folder of its own, or is
that of BOTOCORE_VENV. Nothing leaves the machine but for that.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree

from shared import importable, python_with

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Services that are asked by a form, told apart by its version.
QUERY = {"ec2": "2016-11-15", "sts": "2011-06-15"}
# What no output shape has: the id of a request (EC2, STS).
BESIDE = {"ec2": {"requestId"}, "sts": {"ResponseMetadata"}}


class Wrong(Exception):
    """Something that the model does not have."""


def called():
    """Every operation that the program calls, by service: the reads, Run Command, and the role of a profile."""
    reads = (ROOT / "src/facts/reads.rs").read_text()
    operations = set(re.findall(r'\n        action: "([a-z0-9-]+):(\w+)",', reads))
    manager = (ROOT / "src/facts/aws/command.rs").read_text()
    of_manager = re.findall(r'self\s*\.manager\(\s*"(\w+)"', manager)
    if not operations or len(of_manager) < 4:
        raise SystemExit("the sources no longer name their operations as this script looks for them")
    return operations | {("ssm", name) for name in of_manager} | {("sts", "AssumeRole")}


def exchanges(collector, via, folder):
    """Every request and answer of the tests."""
    path = os.path.join(folder, "exchanges")
    environment = os.environ | {"EKS_DNS_DOCTOR_EXCHANGES": path}
    # Of tests/via/, those with Systems Manager: the others have ssh.
    for command in ([collector, "--quiet"], [via, "--quiet", "node", "systems_manager", "looked_at"]):
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"the tests of {command[0]} fail: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# Values.


def matches(pattern, value):
    """Whether a text is of a model's pattern. One in a dialect that Python does not have, as in \\p{L}, is not held."""
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


def scalar(shape, value, at, is_request):
    """A value that is no list and no structure. In XML and in queries everything is a text."""
    kind = shape.type_name
    is_text = isinstance(value, str)
    if kind in ("string", "character"):
        if not is_text:
            raise Wrong(f"{at}: {value!r} is no text")
        allowed = shape.enum
        # EC2 writes `available` where its model has `Available` (AWS CLI reference, describe-vpc-endpoints).
        spelt = {one.lower() for one in allowed} if at.startswith("ec2 ") else allowed
        if allowed and value not in allowed and value.lower() not in spelt:
            raise Wrong(f"{at}: {value!r} is none of {', '.join(allowed)}")
        # A model gives the lengths and patterns of what it checks: in answers, AWS checks nothing.
        if is_request:
            least, most, pattern = (shape.metadata.get(key) for key in ("min", "max", "pattern"))
            if least is not None and len(value) < least or most is not None and len(value) > most:
                raise Wrong(f"{at}: {value!r} is not of {least} to {most} characters")
            if pattern and not matches(pattern, value):
                raise Wrong(f"{at}: {value!r} is not {pattern}")
    elif kind in ("integer", "long"):
        if isinstance(value, bool) or not (isinstance(value, int) or is_text and re.fullmatch(r"-?\d+", value)):
            raise Wrong(f"{at}: {value!r} is no whole number")
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        if is_request and not (least or 0) <= int(value) <= (most or 2**63):
            raise Wrong(f"{at}: {value} is not within {least} and {most}")
    elif kind in ("float", "double"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Wrong(f"{at}: {value!r} is no number")
    elif kind == "boolean":
        if not isinstance(value, bool) and value not in ("true", "false"):
            raise Wrong(f"{at}: {value!r} is neither true nor false")
    elif kind == "timestamp":
        if is_text:
            datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        elif isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Wrong(f"{at}: {value!r} is no time")
    elif kind != "blob" or not is_text:
        raise Wrong(f"{at}: {value!r} is no {kind}")


def on_the_wire(name, member):
    """What a service calls a member."""
    return member.serialization.get("name", name)


def fits(shape, value, at, is_request, called=on_the_wire):
    """Whether a JSON value is of a shape."""
    inner = lambda member, one, name: fits(member, one, f"{at}{name}", is_request, called)
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            raise Wrong(f"{at}: {value!r} is no structure")
        names = {called(name, member): member for name, member in shape.members.items()}
        for name, one in value.items():
            if name not in names:
                raise Wrong(f"{at}: {name} is none of its members: {', '.join(names)}")
            inner(names[name], one, f".{name}")
        for name in shape.required_members if is_request else ():
            if called(name, shape.members[name]) not in value:
                raise Wrong(f"{at}: {name} is missing")
    elif shape.type_name == "list":
        if not isinstance(value, list):
            raise Wrong(f"{at}: {value!r} is no list")
        for number, one in enumerate(value):
            inner(shape.member, one, f"[{number}]")
    elif shape.type_name == "map":
        if not isinstance(value, dict):
            raise Wrong(f"{at}: {value!r} is no map")
        for name, one in value.items():
            inner(shape.value, one, f".{name}")
    else:
        scalar(shape, value, at, is_request)


def bare(element):
    return element.tag.rsplit("}", 1)[-1]


def fits_xml(shape, element, at, beside=frozenset()):
    """Whether an element is of a shape, with other elements that its protocol puts beside the members."""
    if shape.type_name == "structure":
        names = {on_the_wire(name, member): member for name, member in shape.members.items()}
        if (element.text or "").strip():
            raise Wrong(f"{at}: it has text")
        seen = set()
        for one in element:
            name = bare(one)
            if name in beside:
                continue
            if name not in names:
                raise Wrong(f"{at}: <{name}> is none of its elements: {', '.join(names)}")
            if name in seen:
                raise Wrong(f"{at}: <{name}> is there twice")
            seen.add(name)
            fits_xml(names[name], one, f"{at}.{name}")
    elif shape.type_name == "list":
        name = shape.member.serialization.get("name", "member")
        for number, one in enumerate(element):
            if bare(one) != name:
                raise Wrong(f"{at}: <{bare(one)}> is in the list, not <{name}>")
            fits_xml(shape.member, one, f"{at}[{number}]")
    elif len(element):
        raise Wrong(f"{at}: it has elements, and is a {shape.type_name}")
    else:
        scalar(shape, element.text or "", at, False)


# Requests.


def query_member(service, shape, name):
    """The member of a structure that a query calls so."""
    for member_name, member in shape.members.items():
        called = on_the_wire(member_name, member)
        if service == "ec2":
            called = member.serialization.get("queryName") or called[0].upper() + called[1:]
        if called == name:
            return member
    raise Wrong(f"{name} is no parameter")


def query_value(service, shape, path, value, at):
    """Whether a parameter of a query, as in Filter.1.Value.2, is of a shape."""
    if shape.type_name == "list":
        # STS has a word in between, as in Tags.member.1; EC2 has none.
        if service != "ec2" and path and path[0] == shape.member.serialization.get("name", "member"):
            path = path[1:]
        if not path or not path[0].isdigit() or path[0] == "0":
            raise Wrong(f"{at}: no number of a member")
        query_value(service, shape.member, path[1:], value, at)
    elif shape.type_name == "structure":
        if not path:
            raise Wrong(f"{at}: it is a structure")
        query_value(service, query_member(service, shape, path[0]), path[1:], value, at)
    elif path:
        raise Wrong(f"{at}: it has no {path[0]}")
    else:
        scalar(shape, value, at, True)


def of_query(models, body):
    """The service and the operation of a query, which is held to the model."""
    parameters = urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True)
    names = [name for name, _ in parameters]
    if len(set(names)) != len(names):
        raise Wrong(f"a parameter is there twice: {names}")
    values = dict(parameters)
    version = values.pop("Version")
    service = next((name for name, of in QUERY.items() if of == version), None)
    if service is None or models[service].api_version != version:
        raise Wrong(f"no API is of {version}")
    operation = models[service].operation_model(values.pop("Action"))
    for name, value in values.items():
        query_value(service, operation.input_shape, name.split("."), value, f"{service} {operation.name} {name}")
    needed = operation.input_shape.required_members if operation.input_shape else []
    for name in needed:
        if not any(one.split(".")[0] == name for one in values):
            raise Wrong(f"{service} {operation.name}: {name} is missing")
    return service, operation


def of_target(models, target, body):
    """The same of a service that has the operation in a header."""
    prefix, name = target.rsplit(".", 1)
    service = next((one for one, model in models.items() if model.metadata.get("targetPrefix") == prefix), None)
    if service is None:
        raise Wrong(f"no service has the target {prefix}")
    operation = models[service].operation_model(name)
    fits(operation.input_shape, json.loads(body), f"{service} {name}", True)
    return service, operation


def of_path(models, method, target):
    """The same of a service that has it in the path."""
    path, _, query = target.partition("?")
    found = []
    for service, model in models.items():
        if model.protocol not in ("rest-json", "rest-xml"):
            continue
        for name in model.operation_names:
            operation = model.operation_model(name)
            template = operation.http["requestUri"].partition("?")[0]
            labels = re.findall(r"\{([^}+]+)\+?\}", template)
            pattern = re.sub(r"\\\{[^}]*\\\}", "([^/]+)", re.escape(template))
            matched = re.fullmatch(pattern, path)
            if matched and operation.http["method"] == method:
                found.append((len(labels), service, operation, dict(zip(labels, matched.groups()))))
    if not found:
        raise Wrong(f"no operation is {method} {path}")
    _, service, operation, labels = min(found, key=lambda one: one[0])
    shape = operation.input_shape
    at = f"{service} {operation.name}"
    by_name = {}
    for name, member in (shape.members.items() if shape else ()):
        by_name[member.serialization.get("location"), on_the_wire(name, member)] = (name, member)
    given = set()
    for location, values in (("uri", labels.items()), ("querystring", urllib.parse.parse_qsl(query, True, True))):
        for name, value in values:
            if (location, name) not in by_name:
                raise Wrong(f"{at}: {name} is no parameter of the {location}")
            member, of = by_name[location, name]
            scalar(of, urllib.parse.unquote(value), f"{at} {name}", True)
            given.add(member)
    for name in shape.required_members if shape else ():
        if name not in given:
            raise Wrong(f"{at}: {name} is missing")
    return service, operation


# Answers.


def answered(service, operation, status, text):
    """An answer, held to the output shape, or to that of the error."""
    at = f"{service} {operation.name}"
    protocol = operation.service_model.protocol
    if status >= 300:
        error(operation, at, protocol, text)
        return
    shape = operation.output_shape
    if protocol in ("json", "rest-json"):
        fits(shape, json.loads(text), at, False)
        return
    root = xml.etree.ElementTree.fromstring(text)
    wanted = shape.name if protocol == "rest-xml" else f"{operation.name}Response"
    if bare(root) != wanted:
        raise Wrong(f"{at}: the root is <{bare(root)}>, not <{wanted}>")
    beside = BESIDE.get(service, frozenset())
    wrapper = shape.serialization.get("resultWrapper")
    if wrapper:
        inside = [one for one in root if bare(one) not in beside]
        if [bare(one) for one in inside] != [wrapper]:
            raise Wrong(f"{at}: the answer is not in <{wrapper}>")
        root = inside[0]
    fits_xml(shape, root, at, beside)


def error(operation, at, protocol, text):
    if protocol not in ("json", "rest-json"):
        # The codes of the Query APIs are in no model.
        return
    said = json.loads(text)
    code = said.pop("__type").rsplit("#", 1)[-1]
    shape = next((one for one in operation.error_shapes if one.name == code), None)
    # What every operation may answer is in no model.
    if shape is None and code not in ("AccessDeniedException", "ThrottlingException", "ExpiredTokenException"):
        raise Wrong(f"{at}: {code} is none of its errors: {', '.join(one.name for one in operation.error_shapes)}")
    if shape is not None:
        # `message` in one spelling or the other, whatever the model says (botocore, parsers.py).
        said = {name: value for name, value in said.items() if name.lower() != "message"}
        fits(shape, said, f"{at} {code}", False)


def recorded(models):
    """What the AWS CLI printed: members under the model's own names."""
    from botocore import xform_name

    count, wrong = 0, []
    for path in sorted((ROOT / "fixtures" / "awscli").glob("*/*.json")):
        service, _, command = path.stem.partition("-")
        names = {xform_name(name, "-"): name for name in models[service].operation_names}
        # ec2-describe-vpc-attribute-enableDnsSupport: the attribute stands behind the command.
        name = max((one for one in names if command.startswith(one)), key=len, default=None)
        if name is None:
            wrong.append(f"{path}: no operation of {service}")
            continue
        shape = models[service].operation_model(names[name]).output_shape
        try:
            fits(shape, json.loads(path.read_text()), str(path.relative_to(ROOT)), False, lambda name, member: name)
        except (Wrong, ValueError) as problem:
            wrong.append(str(problem))
        count += 1
    return count, wrong


def main():
    collector, via = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="eks-dns-botocore-") as folder:
        # Before this folder, where this file has the package's name.
        place = os.environ.get("BOTOCORE_VENV") or os.path.join(folder, "venv")
        importable(python_with(place, "botocore", module="botocore.session"))
        import botocore.model
        import botocore.session

        unknown_operation = botocore.model.OperationNotFoundError
        session = botocore.session.get_session()
        names = ("cloudtrail", "ec2", "eks", "sts", "route53", "route53profiles", "route53resolver", "ssm",
                 "vpc-lattice")
        models = {name: session.get_service_model(name) for name in names}
        held, wrong, operations = 0, {}, set()
        for one in exchanges(collector, via, folder):
            try:
                if one["target"]:
                    found = of_target(models, one["target"], one["body"])
                elif one["method"] == "POST":
                    found = of_query(models, one["body"])
                else:
                    found = of_path(models, one["method"], one["path"])
                answered(*found, one["status"], one["answer"])
                operations.add((found[0], found[1].name))
            except Wrong as problem:
                wrong.setdefault(str(problem), one)
            except (ValueError, KeyError, xml.etree.ElementTree.ParseError, unknown_operation) as problem:
                wrong.setdefault(f"{type(problem).__name__}: {problem}", one)
            held += 1
        printed, of_cli = recorded(models)
    for said, one in wrong.items():
        print(f"FAIL {said}\n     {one['method']} {one['path']} {one['target']} {one['body'][:200]}")
    for said in of_cli:
        print(f"FAIL {said}")
    # A dump without exchanges would hold nothing.
    seen = {(service, name.lower()) for service, name in operations}
    unseen = sorted(f"{service}:{name}" for service, name in called() if (service, name.lower()) not in seen)
    if unseen or printed < 20:
        print(f"FAIL {printed} files were seen, and no exchange of {', '.join(unseen) or 'nothing else'}")
        sys.exit(1)
    version = botocore.__version__
    outcome = "not as they say" if wrong or of_cli else "ok"
    print(f"botocore {version}: {held} exchanges of {len(operations)} operations, {printed} files: {outcome}")
    sys.exit(1 if wrong or of_cli else 0)


if __name__ == "__main__":
    main()
