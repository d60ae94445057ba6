"""Runs inside a Python that has lldb: lldb_bridge.py PLUGIN FOLDER PIE NOOPT STRIPPED

What happens to the bridge over the life of targets. PIE, NOOPT and STRIPPED are builds of tests/fixtures/kinds; FOLDER is empty.
Prints `ok NAME` or `not ok NAME: why` for each part, and DONE."""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time

import lldb

MARKER = "main.markerBasics"


class Host:
    def __init__(self, plugin, folder):
        self.debugger = lldb.SBDebugger.Create()
        self.debugger.SetAsync(False)
        self.folder = folder
        self.command('plugin load "%s"' % plugin)

    def command(self, text):
        result = lldb.SBCommandReturnObject()
        self.debugger.GetCommandInterpreter().HandleCommand(text, result)
        if not result.Succeeded():
            raise AssertionError("%s: %s" % (text, result.GetError()))
        return result.GetOutput() or ""

    def status(self):
        return json.loads(self.command("go-bridge status --json"))["modules"]

    def target(self, program):
        target = self.debugger.CreateTarget(program)
        assert target.IsValid(), program
        self.debugger.SetSelectedTarget(target)
        return target

    def launch(self, target):
        info = lldb.SBLaunchInfo([])
        info.SetLaunchFlags(0)  # the address space as it comes
        info.AddOpenFileAction(1, "/dev/null", False, True)
        error = lldb.SBError()
        process = target.Launch(info, error)
        assert error.Success() and process.GetState() == lldb.eStateStopped, error.GetCString()
        return process


def same(wanted, shown):
    assert wanted == shown, "wanted %r, is %r" % (wanted, shown)


def basics(process):
    """The caller of the marker, as main.basics has it."""
    thread = next(t for t in process if t.GetStopReason() == lldb.eStopReasonBreakpoint)
    frame = thread.GetFrameAtIndex(1)
    same("main.basics", frame.GetFunctionName())
    same('"', (frame.FindVariable("text").GetSummary() or "")[:1])
    same("runtime.main", thread.GetFrameAtIndex(3).GetFunctionName())
    return frame.FindVariable("n").GetValue()


def rerun(host, programs):
    """A PIE lies elsewhere each time."""
    host.command("settings set target.disable-aslr false")
    target = host.target(programs["pie"])
    host.command("go-bridge on")
    target.BreakpointCreateByName(MARKER)
    seen, addresses = set(), set()
    for _ in range(3):
        process = host.launch(target)
        same(os.path.realpath(programs["pie"]), os.readlink("/proc/%d/exe" % process.GetProcessID()))
        seen.add(basics(process))
        addresses.add(process.GetSelectedThread().GetFrameAtIndex(0).GetPC())
        process.Kill()
    same(1, len(seen))
    assert len(addresses) > 1, "every run was at the same address"
    host.command("settings set target.disable-aslr true")


def rebuilt(host, programs):
    """The file changes between two runs."""
    program = os.path.join(host.folder, "kinds")
    shutil.copy(programs["pie"], program)
    target = host.target(program)
    host.command("go-bridge on")
    target.BreakpointCreateByName(MARKER)
    process = host.launch(target)
    basics(process)
    before = host.status()[0]["translated"]
    process.Kill()
    os.unlink(program)
    shutil.copy(programs["noopt"], program)
    host.command("process launch --stdout /dev/null")
    process = target.GetProcess()
    basics(process)
    after = host.status()[0]
    assert after["active"] and after["translated"] != before, after
    process.Kill()


@contextlib.contextmanager
def waiting(program):
    """The program on its own, at its globals."""
    child = subprocess.Popen([program, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        while not child.stdout.readline().startswith("VALUE main.gInt "):
            pass
        time.sleep(0.3)
        yield child.pid
    finally:
        child.kill()
        child.wait()


def attached(host, programs):
    with waiting(programs["pie"]) as pid:
        target = host.target(programs["pie"])
        error = lldb.SBError()
        process = target.AttachToProcessWithID(lldb.SBListener(), pid, error)
        assert error.Success(), error.GetCString()
        host.command("go-bridge on")
        assert host.status()[0]["active"], host.status()
        same('"', (target.FindFirstGlobalVariable("main.gString").GetSummary() or "")[:1])
        process.Detach()


def from_core(host, programs):
    core = os.path.join(host.folder, "core")
    with waiting(programs["pie"]) as pid:
        subprocess.run(["gcore", "-o", core, str(pid)], stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=30)
    target = host.target(programs["pie"])
    process = target.LoadCore("%s.%d" % (core, pid))
    assert process.IsValid(), core
    host.command("frame select 0")  # translates by itself
    assert host.status()[0]["active"], host.status()
    same('"', (target.FindFirstGlobalVariable("main.gString").GetSummary() or "")[:1])
    names = [frame.GetFunctionName() for thread in process for frame in thread]
    assert "main.main" in names, names


def off_and_on(host, programs):
    target = host.target(programs["noopt"])
    host.command("go-bridge on")
    breakpoint = target.BreakpointCreateByName(MARKER)
    process = host.launch(target)
    number = basics(process)
    told = json.loads(host.command("go-info --json"))["bridge"]
    same({"active": True, "path": host.status()[0]["translated"]}, told)
    host.command("go-bridge off")
    same({"active": False, "path": None}, json.loads(host.command("go-info --json"))["bridge"])
    same([], host.status())
    same(programs["noopt"], str(target.GetExecutable()))
    frame = process.GetSelectedThread().GetFrameAtIndex(1)
    assert not frame.FindVariable("n").IsValid() or frame.FindVariable("n").GetError().Fail()
    same(1, breakpoint.GetNumResolvedLocations())
    host.command("go-bridge on")
    same(number, basics(process))
    process.Kill()


def written(host, programs):
    """An expression writes to memory: texts follow, though the process has not run."""
    target = host.target(programs["noopt"])
    host.command("go-bridge on")
    target.BreakpointCreateByName("main.markerComposites")
    process = host.launch(target)
    frame = process.GetSelectedThread().SetSelectedFrame(1)
    same("{X: 5, Y: 6}", frame.FindVariable("point").GetSummary())
    same("{X: 3, Y: 4}", frame.FindVariable("points").GetChildAtIndex(1).GetSummary())
    host.command("expression -- point.X = 7")
    host.command("expression -- points.array[1].Y = -4")
    same("{X: 7, Y: 6}", frame.FindVariable("point").GetSummary())
    same("{X: 3, Y: -4}", frame.FindVariable("points").GetChildAtIndex(1).GetSummary())
    process.Kill()


def two_targets(host, programs):
    first, second = host.target(programs["noopt"]), None
    host.command("go-bridge on")
    second = host.target(programs["pie"])
    host.command("go-bridge on")
    for target in (first, second):
        host.debugger.SetSelectedTarget(target)
        same([True], [module["active"] for module in host.status()])
        target.BreakpointCreateByName(MARKER)
        process = host.launch(target)
        basics(process)
        process.Kill()
    host.debugger.DeleteTarget(first)
    host.debugger.SetSelectedTarget(second)
    same(1, len(host.status()))


def stripped(host, programs):
    target = host.target(programs["stripped"])
    host.command("go-bridge on")
    module = host.status()[0]
    assert not module["active"] and "no debug information" in module["reason"], module
    same(programs["stripped"], str(target.GetExecutable()))


def main():
    plugin, folder, pie, noopt, strip = sys.argv[1:]
    programs = {"pie": pie, "noopt": noopt, "stripped": strip}
    for part in (rerun, rebuilt, attached, off_and_on, written, two_targets, from_core, stripped):
        try:
            part(Host(plugin, folder), programs)
            print("ok " + part.__name__)
        except Exception as wrong:
            print("not ok %s: %r" % (part.__name__, wrong))
    print("DONE")


if __name__ == "__main__":
    main()
