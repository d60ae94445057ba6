"""The bridge over the life of targets: runs, rebuilds, attach, cores, several targets, off and on, programs it cannot translate."""
import shutil
import tempfile
from pathlib import Path

import fixture
import python_host
import runner
import toolchain

HOST = Path(__file__).parent.parent / "support" / "lldb_bridge.py"
PARTS = 8


def bridge(go_name, lldb_name, plugin):
    if shutil.which("gcore") is None:
        raise runner.Skip("gdb's gcore is not installed")
    lldb = python_host.lldb_with_python(lldb_name)
    go = toolchain.go(go_name)
    programs = [str(fixture.build("tests/fixtures/kinds", go, kind).binary) for kind in ("pie", "noopt", "stripped")]
    with tempfile.TemporaryDirectory() as folder:
        done = python_host.run(lldb, HOST, plugin, folder, *programs)
    lines = done.stdout.splitlines()
    if done.returncode != 0 or lines[-1:] != ["DONE"]:
        return [f"the host ended with {done.returncode}: {done.stdout[-600:]}{done.stderr[-1200:]}"]
    problems = [line for line in lines if line.startswith("not ok ")]
    passed = sum(line.startswith("ok ") for line in lines)
    return problems or ([] if passed == PARTS else [f"{passed} parts, wanted {PARTS}: {lines}"])


def cases(go, lldb, plugin):
    for version in lldb:
        for go_version in dict.fromkeys((go[0], go[-1])):
            name = f"the bridge over a session [go{go_version} lldb{version}]"
            yield name, lambda g=go_version, l=version: bridge(g, l, plugin)
