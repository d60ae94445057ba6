"""A breakpoint is reported once per pass, and SIGURG never, though the program is preempted all the time.

The program counts its passes itself. Stock LLDB reports some 140 stops for 100 of them."""
import re
import subprocess
import tempfile
from pathlib import Path

import fixture
import python_host
import toolchain
from dap_client import DapClient

PASSES = 30
HOST = toolchain.CHECKOUT / "tests" / "support" / "lldb_stops.py"
PAUSE = 0.03  # seconds at every stop: the monitor's time slice is over after 0.01


def passed(text):
    found = re.search(r"passed (\d+)", text)
    return int(found[1]) if found else None


def judged(stops, passes, others=()):
    problems = [] if passes is not None and stops == passes else [f"{stops} stops for {passes} passes"]
    return problems + [f"a stop for {other}" for other in others]


def binary_of(go_name):
    return fixture.build("tests/fixtures/stops", toolchain.go(go_name), "opt").binary


def scripted(go_name, lldb_name, plugin, *arguments):
    """[stops at the breakpoint, other reasons to stop], passes that the program counted."""
    lldb = python_host.lldb_with_python(lldb_name)
    with tempfile.TemporaryDirectory() as work:
        output = Path(work) / "output"
        done = python_host.run(lldb, HOST, binary_of(go_name), plugin, output, PAUSE, *arguments)
        answer, problem = python_host.answer(done)
        if problem:
            raise RuntimeError(problem)
        return *answer, passed(output.read_text())


def from_python(go_name, lldb_name, plugin, *arguments):
    stops, others, passes = scripted(go_name, lldb_name, plugin, *arguments)
    return judged(stops, passes, others)


def batch(go_name, lldb_name, plugin, before=()):
    lldb, binary = toolchain.lldb(lldb_name), binary_of(go_name)
    with tempfile.TemporaryDirectory() as work:
        output = Path(work) / "output"
        commands = [*before, f'plugin load "{plugin}"', f'target create "{binary}"', "breakpoint set --name main.pass",
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
    lldb, binary = toolchain.lldb(lldb_name), binary_of(go_name)
    if not lldb.dap:
        raise toolchain.Missing(f"lldb {lldb_name}: has no debug adapter")
    with tempfile.TemporaryDirectory() as work, DapClient(lldb.dap, lldb.env(NO_COLOR="1")) as client:
        output = Path(work) / "output"
        client.launch_to("main.pass", program=str(binary), args=["count", str(PASSES), str(output)], initCommands=[f'plugin load "{plugin}"'])
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
        return judged(stops, passed(output.read_text()), others)


def cases(go, lldb, plugin):
    for g, l in toolchain.spread(go, lldb):
        title = f"[go{g} lldb{l}]"
        yield f"Python host {title}", lambda g=g, l=l: from_python(g, l, plugin, "count", str(PASSES))
        yield f"collections beside a loop without calls {title}", lambda g=g, l=l: from_python(g, l, plugin, "spin")
        yield f"batch {title}", lambda g=g, l=l: batch(g, l, plugin)
        another = ["target create /bin/true"]
        yield f"batch, the plugin loaded beside another target {title}", lambda g=g, l=l: batch(g, l, plugin, another)
        yield f"debug adapter {title}", lambda g=g, l=l: adapter(g, l, plugin)
