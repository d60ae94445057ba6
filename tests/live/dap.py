"""An IDE's debug adapter loads the plugin in `initCommands`, and its console runs the commands."""
import json

import fixture
import toolchain
from dap_client import DapClient


def console(go_name, lldb_name, plugin):
    lldb = toolchain.lldb(lldb_name)
    if not lldb.dap:
        raise toolchain.Missing(f"lldb {lldb_name}: has no debug adapter")
    program = fixture.build("examples/calls", toolchain.go(go_name), "noopt").binary
    with DapClient(lldb.dap, lldb.env(NO_COLOR="1")) as client:
        thread = client.launch_to(
            "main.markerSum",
            program=str(program),
            initCommands=[f'plugin load "{plugin}"'],
            env=["GODEBUG=asyncpreemptoff=1"],
        )
        text = client.evaluate("`go-frame --all", thread)
        answer = client.evaluate("`go-bt --json", thread)
    problems = [f"no {part!r} in the console's answer: {text}" for part in ("main.sumSquare", "pseudo SP") if part not in text]
    try:
        frames = json.loads(answer[answer.index("{") :])["stacks"][0]["frames"]  # the console may echo the command
    except (ValueError, KeyError) as wrong:
        return problems + [f"go-bt --json in the console: {wrong!r}: {answer[:300]}"]
    names = [frame["function"] for frame in frames][:4]
    if names != ["main.markerSum", "main.sum", "main.sumSquare", "main.main"]:
        problems.append(f"go-bt in the console: {names}")
    return problems


def cases(go, lldb, plugin):
    for version in lldb:
        yield f"console [go{go[-1]} lldb{version}]", lambda version=version: console(go[-1], version, plugin)
