"""A Python program that imports lldb opens liblldb privately (RTLD_LOCAL); the plugin must load there too."""
import json
import subprocess

import fixture
import python_host
import toolchain

HOST = """
import json, sys
import lldb
program, plugin = sys.argv[1:]
debugger = lldb.SBDebugger.Create()
debugger.SetAsync(False)
result = lldb.SBCommandReturnObject()
interpreter = debugger.GetCommandInterpreter()
interpreter.HandleCommand('plugin load "%s"' % plugin, result)
assert result.Succeeded(), result.GetError()
target = debugger.CreateTarget(program)
target.BreakpointCreateByName("main.markerSum")
process = target.LaunchSimple(None, ["GODEBUG=asyncpreemptoff=1"], "/")
debugger.SetSelectedTarget(target)
process.SetSelectedThread(next(t for t in process if t.GetStopReason() == lldb.eStopReasonBreakpoint))
answers = {}
for command in ("go-bt --json", "go-info --json", "go-frame --json"):
    interpreter.HandleCommand(command, lldb.SBExecutionContext(process.GetSelectedThread().GetFrameAtIndex(0)), result, False)
    answers[command] = result.GetOutput() or result.GetError()
process.Kill()
print("ANSWERS " + json.dumps(answers))
"""


def host(go_name, lldb_name, plugin):
    lldb = python_host.lldb_with_python(lldb_name)
    program = fixture.build("examples/calls", toolchain.go(go_name), "noopt").binary
    done = subprocess.run(
        [lldb.python, "-c", HOST, str(program), str(plugin)],
        env=lldb.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWERS ")]
    if done.returncode != 0 or not answers:
        return [f"the host ended with {done.returncode}: {done.stdout[-300:]}{done.stderr[-1500:]}"]
    answers = json.loads(answers[0][len("ANSWERS ") :])
    problems = []
    try:
        names = [frame["function"] for frame in json.loads(answers["go-bt --json"])["stacks"][0]["frames"]][:4]
        if names != ["main.markerSum", "main.sum", "main.sumSquare", "main.main"]:
            problems.append(f"go-bt: {names}")
        if json.loads(answers["go-frame --json"])["frame"]["function"] != "main.markerSum":
            problems.append(f"go-frame: {answers['go-frame --json'][:300]}")
        if json.loads(answers["go-info --json"])["schema"] != "lldb-go/info/1":
            problems.append(f"go-info: {answers['go-info --json'][:300]}")
    except (ValueError, KeyError, IndexError, TypeError) as wrong:
        problems.append(f"{wrong!r}: {answers}")
    return problems


def cases(go, lldb, plugin):
    for version in lldb:
        yield f"import lldb [go{go[-1]} lldb{version}]", lambda version=version: host(go[-1], version, plugin)
