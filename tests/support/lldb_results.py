"""Runs inside a Python that has lldb: lldb_results.py PROGRAM PLUGIN

Steps through main.barrier of tests/fixtures/deferred, whose result may be set without being cleared first, and asks go-frame for
the result at every instruction. Answers with the values one after the other, null where go-frame has none."""
import json
import sys

import lldb

FUNCTION = "main.barrier"
MOST = 400


def shown(interpreter):
    result = lldb.SBCommandReturnObject()
    interpreter.HandleCommand("go-frame --json", result)
    return next(a.get("value") for a in json.loads(result.GetOutput())["frame"]["args"] if a["name"] == "r")


def main():
    program, plugin = sys.argv[1:]
    debugger = lldb.SBDebugger.Create()
    debugger.SetAsync(False)
    interpreter, result = debugger.GetCommandInterpreter(), lldb.SBCommandReturnObject()
    interpreter.HandleCommand('plugin load "%s"' % plugin, result)
    assert result.Succeeded(), result.GetError()
    target = debugger.CreateTarget(program)
    debugger.SetSelectedTarget(target)
    interpreter.HandleCommand("go-bridge on", result)
    target.BreakpointCreateByName(FUNCTION)
    launch = lldb.SBLaunchInfo([])
    launch.AddOpenFileAction(1, "/dev/null", False, True)
    process = target.Launch(launch, lldb.SBError())
    values, asked = [], 0
    while asked < MOST and (process.GetSelectedThread().GetFrameAtIndex(0).GetFunctionName() or "").startswith(FUNCTION):
        asked += 1
        value = shown(interpreter)
        if not values or values[-1] != value:
            values.append(value)
        process.GetSelectedThread().StepInstruction(True)  # over calls
    print("ANSWER " + json.dumps({"asked": asked, "values": values}))
    process.Kill()


main()
