"""A breakpoint is reported once per pass, and SIGURG never, though the program is preempted all the time.

The program counts its passes itself. Stock LLDB reports some 140 stops for 100 of them."""
import json
import re
import subprocess
import tempfile
from pathlib import Path

import fixture
import runner
import toolchain
from dap_client import DapClient

PASSES = 30
PAUSE = 0.03  # seconds at every stop: the monitor's time slice is over after 0.01

HOST = """
import json, sys, time
import lldb
program, plugin, output, pause, *arguments = sys.argv[1:]
debugger = lldb.SBDebugger.Create()
debugger.SetAsync(False)
result = lldb.SBCommandReturnObject()
debugger.GetCommandInterpreter().HandleCommand('plugin load "%s"' % plugin, result)
assert result.Succeeded(), result.GetError()
target = debugger.CreateTarget(program)
target.BreakpointCreateByName("main.pass")
info = lldb.SBLaunchInfo(arguments)
info.AddOpenFileAction(1, output, False, True)
process = target.Launch(info, lldb.SBError())
stops, others = 0, []
while process.GetState() == lldb.eStateStopped:
    # 0 and 1: invalid and none.
    reasons = [thread.GetStopDescription(100) for thread in process if thread.GetStopReason() not in (0, 1)]
    hits = [reason for reason in reasons if reason.startswith("breakpoint")]
    stops += len(hits)
    others += [reason for reason in reasons if reason not in hits]
    time.sleep(float(pause))
    process.Continue()
print("ANSWER " + json.dumps([stops, others]))
"""


def passed(text):
    found = re.search(r"passed (\d+)", text)
    return int(found[1]) if found else None


def judged(stops, passes, others=()):
    problems = [] if passes is not None and stops == passes else [f"{stops} stops for {passes} passes"]
    return problems + [f"a stop for {other}" for other in others]


def program(go_name, lldb_name):
    return toolchain.lldb(lldb_name), str(fixture.build("tests/fixtures/stops", toolchain.go(go_name), "opt").binary)


def python_host(go_name, lldb_name, plugin, *arguments):
    lldb, binary = program(go_name, lldb_name)
    found = subprocess.run([lldb.python, "-c", "import lldb"], env=lldb.env(), stdin=subprocess.DEVNULL, capture_output=True)
    if lldb_name == toolchain.LOCAL and found.returncode != 0:
        raise runner.Skip("this machine's own Python cannot import its lldb")
    with tempfile.TemporaryDirectory() as work:
        output = Path(work) / "output"
        done = subprocess.run(
            [lldb.python, "-c", HOST, binary, str(plugin), str(output), str(PAUSE), *arguments],
            env=lldb.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        answer = re.search(r"^ANSWER (.*)$", done.stdout, re.M)
        if done.returncode != 0 or not answer:
            return [f"the host ended with {done.returncode}: {done.stdout[-300:]}{done.stderr[-1500:]}"]
        stops, others = json.loads(answer[1])
        return judged(stops, passed(output.read_text()), others)


def batch(go_name, lldb_name, plugin):
    lldb, binary = program(go_name, lldb_name)
    with tempfile.TemporaryDirectory() as work:
        output = Path(work) / "output"
        commands = [f'plugin load "{plugin}"', f'target create "{binary}"', "breakpoint set --name main.pass",
                    f'process launch -o "{output}" -- count {PASSES}']  # fmt: skip
        commands += [f"platform shell sleep {PAUSE}", "continue"] * PASSES
        done = subprocess.run(
            [lldb.command, "--no-lldbinit", "--batch", *(word for command in commands for word in ("-o", command))],
            env=lldb.env(NO_COLOR="1"), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        noise = re.findall(r"SIGURG|stop hook|^-- Thread \d+", done.stdout + done.stderr, re.M)
        stops = len(re.findall(r"^\* thread .*stop reason = breakpoint", done.stdout, re.M))
        return judged(stops, passed(output.read_text()), noise)


def adapter(go_name, lldb_name, plugin):
    lldb, binary = program(go_name, lldb_name)
    if not lldb.dap:
        raise toolchain.Missing(f"lldb {lldb_name}: has no debug adapter")
    with tempfile.TemporaryDirectory() as work, DapClient(lldb.dap, lldb.env(NO_COLOR="1")) as client:
        output = Path(work) / "output"
        client.launch_to("main.pass", program=binary, args=["count", str(PASSES), str(output)], initCommands=[f'plugin load "{plugin}"'])
        stops, others = 1, []
        while True:
            client.request("continue", {"threadId": 0})
            event = client.wait(
                lambda m: m["type"] == "event" and m["event"] in ("stopped", "exited", "terminated"), "a stop or the end"
            )
            if event["event"] != "stopped":
                break
            stops += 1
            if "breakpoint" not in event["body"].get("reason", ""):
                others.append(str(event["body"]))
        client.send("disconnect", {"terminateDebuggee": True})
        return judged(stops, passed(output.read_text()), others)


def cases(go, lldb, plugin):
    for version in lldb:
        title = f"[go{go[-1]} lldb{version}]"
        yield f"Python host {title}", lambda version=version: python_host(go[-1], version, plugin, "count", str(PASSES))
        yield f"collections beside a loop without calls {title}", lambda version=version: python_host(go[-1], version, plugin, "spin")
        yield f"batch {title}", lambda version=version: batch(go[-1], version, plugin)
        yield f"debug adapter {title}", lambda version=version: adapter(go[-1], version, plugin)
