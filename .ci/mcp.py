#!/usr/bin/env python3
"""The tools of `mcp`, called by the client of the Model Context Protocol's own SDK, in each era of the protocol.

Usage: mcp.py BINARY. The SDK is installed into a folder of its own. The name servers are the program's embedded ones
(demo) and one on loopback that denies every name; nothing leaves this host.
"""

import os
import subprocess
import sys
import tempfile

from name_server import name_server
from shared import python_with

CLIENT = r'''
import asyncio, json, os, sys
import jsonschema
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

BINARY, ROOT, FOLDER, PORT = sys.argv[1:]
HOST = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com"
ENVIRONMENT = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
               "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9", "HOME": FOLDER}
SCHEMAS = {name: json.load(open(os.path.join(ROOT, "docs", name + ".schema.json")))
           for name in ("report", "comparison", "explanation")}


def held(name, document):
    jsonschema.Draft202012Validator(SCHEMAS[name]).validate(document)
    return document


async def called(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    text = result.content[0].text
    assert not result.is_error, f"{tool}: {text}"
    assert text.strip(), tool
    document = result.structured_content
    if document is None:
        # Revisions before 2025-06-18 have no place for it.
        document = json.loads(result.content[1].text)
    return text, document


async def use(mode):
    server = StdioServerParameters(command=BINARY, args=["mcp", "--files", FOLDER], env=ENVIRONMENT)
    async with Client(stdio_client(server), mode=mode) as client:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == ["check", "explain", "compare", "replay", "demo"], tools
        for tool in tools:
            jsonschema.Draft202012Validator.check_schema(tool.input_schema)
            jsonschema.Draft202012Validator.check_schema(tool.output_schema)
            # Of check the AWS SDK may renew a token of a login.
            assert tool.annotations.read_only_hint == (tool.name != "check"), tool
            assert tool.annotations.open_world_hint == (tool.name == "check"), tool
        text, report = await called(client, "demo")
        assert held("report", report)["conclusion"] == "broken", report["conclusion"]
        assert report["findings"][0]["rule"] == "no-forwarding" and "no-forwarding" in text
        _, explained = await called(client, "explain", text=f"dial tcp: lookup {HOST} on 10.0.0.1:53: no such host")
        assert held("explanation", explained)["understood"]
        _, page = await called(client, "explain", text="no-forwarding")
        assert held("explanation", page)["kind"] == "finding"
        _, again = await called(client, "replay", capture=report)
        assert held("report", again)["findings"] == report["findings"]
        with open(os.path.join(FOLDER, "laptop.json"), "w") as file:
            json.dump(report, file)
        _, again = await called(client, "replay", file="laptop.json")
        assert again["findings"] == report["findings"]
        _, compared = await called(client, "compare", captures=[{"name": "laptop", "capture": report},
                                                                {"name": "again", "file": "laptop.json"}])
        held("comparison", compared)
        seen = []

        async def progress(done, total, message):
            seen.append((done, message))

        result = await client.call_tool("check", {
            "target": HOST, "resolver": [f"corp=127.0.0.1:{PORT}"], "no_local": True, "no_os": True, "no_aws": True,
            "expect": ["192.168.104.190"], "timeout": "1s", "deadline": "5s"}, progress_callback=progress)
        assert not result.is_error, result
        assert "nxdomain" in result.content[0].text and seen and "corp" in seen[0][1], (seen, result.content)
        refused = await client.call_tool("check", {"target": HOST, "save": "/tmp/x"})
        assert refused.is_error and "not offered" in refused.content[0].text, refused
        refused = await client.call_tool("replay", {"file": "../etc/passwd"})
        assert refused.is_error, refused
        return client.protocol_version


async def main():
    spoken = [await use(mode) for mode in ("legacy", "auto", "2026-07-28")]
    assert spoken[1:] == ["2026-07-28"] * 2 and spoken[0] < "2026", spoken
    print("mcp.py: the SDK's client was served with revisions", ", ".join(spoken))


asyncio.run(asyncio.wait_for(main(), 120))
'''


def main():
    binary = os.path.abspath(sys.argv[1])
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    python = python_with(os.path.join(root, "target", "mcp-client"), "mcp==2.3.0", "jsonschema", module="mcp.client")
    with tempfile.TemporaryDirectory() as folder, name_server(lambda name: None) as port:
        subprocess.run([python, "-c", CLIENT, binary, root, folder, str(port)], check=True, timeout=180)


if __name__ == "__main__":
    main()
