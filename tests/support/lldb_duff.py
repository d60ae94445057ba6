"""Runs inside a Python that has lldb: lldb_duff.py PROGRAM PLUGIN WHAT [NUMBER]

  laps N    `duff laps` with goroutines that do the same beside it: N stops at entries for 192 bytes, each stepped to its end
  signal    a signal arrives while go-duff step is on its way
  kill      the program is killed then
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
        timer = threading.Timer(delay, lambda: os.kill(pid, how))
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


def listed():
    return {name: answer("go-duff list " + name).get("sites") for name in sys.stdin.read().split()}


found = {
    "laps": lambda: laps(int(sys.argv[4])),
    "signal": lambda: disturbed(signal.SIGUSR1),
    "kill": lambda: disturbed(signal.SIGKILL),
    "list": listed,
}[what]()
print("ANSWER " + json.dumps(found))
