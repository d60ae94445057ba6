"""The configurations of ide/vscode/launch.json, as an IDE runs them: lldb-dap, and the client that VS Code's own tests use."""
import json
import re
import subprocess
import tempfile
from pathlib import Path

import core_file
import fixture
import runner
import toolchain

PROGRAM = "tests/fixtures/kinds"
MARKER = {"launch": "composites", "attach": "globals", "core": "composites"}
SECONDS = 240
SESSIONS = 3


def packages():
    done = subprocess.run(
        [toolchain.CHECKOUT / "scripts" / "npm"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=660
    )
    if done.returncode == 3:
        raise runner.Skip(done.stderr.strip())
    if done.returncode != 0:
        raise RuntimeError(f"scripts/npm: {done.stderr.strip()}")
    return done.stdout.strip()


def configuration(kind, plugin, program, core=None, pid=None):
    """The one with this purpose of the file that users copy, as the IDE would send it."""
    name = {"core": "core file"}.get(kind, kind)
    text = (toolchain.CHECKOUT / "ide" / "vscode" / "launch.json").read_text()
    (found,) = [one for one in json.loads(text)["configurations"] if one["name"] == f"Go: {name}"]
    for placeholder, value in {
        "PREFIX/lib/lldb-go/liblldb-go.so": plugin,
        "${workspaceFolder}/PROGRAM": program,
        "${workspaceFolder}/CORE": core,
        "${workspaceFolder}": program.parent,
        "${command:PickProcess}": pid,
    }.items():
        found = json.loads(json.dumps(found).replace(placeholder, str(value)))
    if pid is not None:
        found["pid"] = int(found["pid"])  # the extension makes a number of what was picked
    return found


def marker(source, name):
    """The file and line of a STOP comment."""
    for path in sorted(source.glob("*.go")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(rf"// STOP: {name}$", line):
                return path, number
    raise RuntimeError(f"{source}: no STOP comment {name}")


def sessions(kind, go_name, lldb_name, plugin):
    """One session; another where LLDB itself lost the process, which it does in a few of a hundred."""
    for _ in range(SESSIONS):
        answer = session(kind, go_name, lldb_name, plugin)
        if answer["problems"] or not answer["lost"]:
            return answer["problems"]
    return [f"{SESSIONS} times: {answer['lost'][0]}"]


def session(kind, go_name, lldb_name, plugin):
    lldb = toolchain.lldb(lldb_name)
    if not lldb.dap or lldb.version < 19:
        raise toolchain.Missing(f"lldb {lldb_name}: has no lldb-dap of version 19 or newer")
    modules = packages()
    built = fixture.build(PROGRAM, toolchain.go(go_name), "noopt")
    source, line = marker(built.source, MARKER[kind])
    request = {
        "modules": modules,
        "adapter": lldb.dap,
        "env": lldb.env(NO_COLOR="1"),
        "kind": kind,
        "source": str(source),
        "line": line,
    }
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        core, waiting = None, None
        try:
            if kind == "core":
                try:
                    core = core_file.gdb_core(built.binary, [], {}, folder, built.address(MARKER[kind]))
                except core_file.NoCore as reason:
                    raise runner.Skip(str(reason))
                request["said"] = (folder / "stdout").read_text()
            if kind == "attach":
                waiting = subprocess.Popen([built.binary, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                while waiting.stdout.readline() not in ("END\n", ""):
                    pass
            request["configuration"] = configuration(
                kind, plugin, built.binary, core, waiting.pid if waiting else None
            )
            (folder / "request.json").write_text(json.dumps(request))
            done = subprocess.run(
                ["node", toolchain.CHECKOUT / "tests" / "support" / "ide_session.js", folder / "request.json"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
        finally:
            if waiting:
                waiting.kill()
                waiting.wait()
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return {"problems": [f"the client ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-1000:]}"]}


def cases(go, lldb, plugin):
    """Go 1.24 and the newest, and the LLDBs whose adapter is called lldb-dap and tested."""
    if go == [toolchain.LOCAL]:
        versions = go
    else:
        versions = sorted({"1.24", go[-1]} & set(go), key=go.index)
    for version in versions:
        for name in lldb:
            if name != toolchain.LOCAL and int(name) < 19:
                continue
            for kind in MARKER:
                yield (
                    f"{kind} [go{version} lldb{name}]",
                    lambda kind=kind, version=version, name=name: sessions(kind, version, name, plugin),
                )
