"""Runs inside a Python that has lldb: lldb_duff.py PROGRAM PLUGIN WHAT [NUMBER]

  laps N    `duff laps` with goroutines that do the same beside it: N stops at entries for 192 bytes, each stepped to its end
  signal    a signal arrives while go-duff step is on its way
  kill      the program is killed then
  interrupt the user interrupts it then
  walk      through the functions on standard input, instruction by instruction: what go-duff says is done, against memory
  list      every site of the functions on standard input, one name a line

Prints `ANSWER {json}`."""
import json
import os
import signal
import sys
import threading
import time

import lldb

program, plugin, what = sys.argv[1:4]
debugger = lldb.SBDebugger.Create()
debugger.SetAsync(False)


def command(text):
    result = lldb.SBCommandReturnObject()
    debugger.GetCommandInterpreter().HandleCommand(text, result)
    return result


def answer(text):
    result = command(text + " --json")
    return json.loads(result.GetOutput() or "{}")


loaded = command('plugin load "%s"' % plugin)
assert loaded.Succeeded(), loaded.GetError()
target = debugger.CreateTarget(program)
debugger.SetSelectedTarget(target)


def launch(*arguments, stop):
    info = lldb.SBLaunchInfo(list(arguments))
    for descriptor in (1, 2):
        info.AddOpenFileAction(descriptor, "/dev/null", False, True)
    breakpoint = target.BreakpointCreateByName(stop)
    process = target.Launch(info, lldb.SBError())
    breakpoint.SetEnabled(False)
    return process


def laps(count):
    process = launch("laps", "1000000", stop="main.laps")
    made = answer("go-duff break --size 192 --function main.lap")
    out = []
    for _ in range(count):
        process.Continue()
        if process.GetState() != lldb.eStateStopped:
            break
        thread = process.GetSelectedThread()
        explained = answer("go-duff explain")
        before = target.GetNumBreakpoints()
        target.DisableAllBreakpoints()
        stepped = answer("go-duff step")
        out.append(
            {
                "function": thread.GetFrameAtIndex(0).GetFunctionName(),
                "explained": explained,
                "stepped": stepped,
                "left_behind": target.GetNumBreakpoints() - before,
                "after": answer("go-duff explain"),
            }
        )
        target.EnableAllBreakpoints()
    process.Kill()
    return {"made": made, "stops": out}


def disturbed(how):
    """The step of a routine takes a while: something happens in the middle of it."""
    process = launch("laps", "1000000", stop="main.laps")
    answer("go-duff break --size 192 --function main.lap")
    out = []
    for delay in (0.0, 0.01, 0.03):
        process.Continue()
        pid = process.GetProcessID()
        timer = threading.Timer(delay, process.SendAsyncInterrupt if how == "interrupt" else lambda: os.kill(pid, how))
        timer.start()
        started = time.time()
        result = command("go-duff step --json")
        timer.join()
        time.sleep(0.1)
        out.append([result.Succeeded(), result.GetOutput() or "", result.GetError() or "", time.time() - started])
        if how == signal.SIGKILL or process.GetState() != lldb.eStateStopped:
            break
    left = target.GetNumBreakpoints()
    state = process.GetState() if process.IsValid() else None
    version = answer("go-info").get("go_version")  # the debugger still works
    process.Kill()
    return {"answers": out, "breakpoints": left, "state": state, "version": version}


def read(process, at, size):
    error = lldb.SBError()
    return process.ReadMemory(at, size, error) or b""


def same_bytes(a, b):
    count = 0
    while count < min(len(a), len(b)) and a[count] == b[count]:
        count += 1
    return count


def walk_one(process, name):
    """[pc, what is wrong] of one function, and how many stops were inside of something."""
    start = target.FindSymbols(name)[0].GetSymbol().GetStartAddress()
    target.BreakpointCreateBySBAddress(start).SetOneShot(True)
    process.Continue()
    thread = process.GetSelectedThread()
    frame = thread.GetFrameAtIndex(0)
    wrong, inside, devices, filled = [], 0, {}, set()
    for _ in range(6000):
        site = (answer("go-duff explain").get("sites") or [{}])[0]
        state = site.get("state") or {}
        first = site.get("destination", {}).get("first")
        if site.get("function") == name and first and site.get("bytes"):
            key, at, size = site["address"], int(first, 16), site["bytes"]
            source = site["source"] and site["source"]["first"] and int(site["source"]["first"], 16)
            if devices.setdefault(key, (at, source))[0] != at:
                wrong.append([key, "the destination moves", hex(at), hex(devices[key][0])])
            # What a head has stored before overlaps: fill at the last moment.
            if state["where"] == "inside" and state["done"] == 0:
                filled.add(key)
                process.WriteMemory(at, b"\xa5" * size, lldb.SBError())
                if source:
                    process.WriteMemory(source, bytes(1 + i % 163 for i in range(size)), lldb.SBError())
            if state["where"] == "inside" and state["done"] is not None and key in filled:
                inside += 1
                memory = read(process, at, size)
                done = same_bytes(memory, read(process, source, size) if source else bytes(size))
                if done != state["done"] or state["done"] + state["remaining"] != size:
                    wrong.append([hex(thread.GetFrameAtIndex(0).GetPC()), site["device"], state, done])
        thread.StepInstruction(False)
        frame = thread.GetFrameAtIndex(0)
        if process.GetState() != lldb.eStateStopped or (frame.GetFunctionName() == "main.main"):
            break
    return {"wrong": wrong[:5], "inside": inside, "devices": len(devices)}


def walk():
    names = sys.stdin.read().split()
    launch_info = lldb.SBLaunchInfo([])
    launch_info.SetEnvironmentEntries(["GODEBUG=asyncpreemptoff=1"], True)
    for descriptor in (1, 2):
        launch_info.AddOpenFileAction(descriptor, "/dev/null", False, True)
    start = target.BreakpointCreateByName("main.main")
    process = target.Launch(launch_info, lldb.SBError())
    start.SetEnabled(False)
    out = {name: walk_one(process, name) for name in names}
    process.Kill()
    return out


def listed():
    return {name: answer("go-duff list " + name).get("sites") for name in sys.stdin.read().split()}


found = {
    "laps": lambda: laps(int(sys.argv[4])),
    "signal": lambda: disturbed(signal.SIGUSR1),
    "kill": lambda: disturbed(signal.SIGKILL),
    "interrupt": lambda: disturbed("interrupt"),
    "walk": walk,
    "list": listed,
}[what]()
print("ANSWER " + json.dumps(found))
