"""Runs inside a Python that has lldb: lldb_stops.py PROGRAM PLUGIN OUTPUT PAUSE ARGUMENTS...

Stops at every pass of tests/fixtures/stops, for PAUSE seconds each. Prints the number of stops at the breakpoint, and the other reasons."""
import json
import sys
import time

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
