"""`ropewalk mcp` as an agent starts it: a process that speaks over its input and output, and drives what it starts."""

import os
import sys

import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tests.web.opened import project


@pytest.mark.counted
async def test_an_agent_on_this_host_starts_a_run_that_is_driven(tmp_path):
    folder = project(tmp_path / "project")
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "ropewalk", "mcp", "-C", str(folder)], env=dict(os.environ)
    )
    async with Client(stdio_client(command)) as client:
        run = (await client.call_tool("start", {"workflow": "quiet"})).structured_content["run"]
        assert (await client.call_tool("wait", {"run": run})).structured_content["status"] == "completed"
