"""How long LLDB takes to show large Go values: values_in_lldb.py PROGRAM PLUGIN, in a Python that has lldb.

PROGRAM is a build of tests/fixtures/kinds. Medians in milliseconds; the children of a value are made anew each time."""
import statistics
import sys
import time

import lldb

VALUES = ["main.gThousand", "main.gGrowing"]


def show(value):
    """Its text, and the name and text of every child."""
    value.GetSummary()
    count = value.GetNumChildren()
    for i in range(count):
        child = value.GetChildAtIndex(i)
        child.GetName(), child.GetSummary() or child.GetValue()
    return count


def main():
    program, plugin = sys.argv[1:]
    debugger = lldb.SBDebugger.Create()
    debugger.SetAsync(False)
    result = lldb.SBCommandReturnObject()
    debugger.GetCommandInterpreter().HandleCommand('plugin load "%s"' % plugin, result)
    target = debugger.CreateTarget(program)
    debugger.SetSelectedTarget(target)
    start = time.perf_counter()
    debugger.GetCommandInterpreter().HandleCommand("go-bridge on", result)
    print("go-bridge on: %.1f ms" % ((time.perf_counter() - start) * 1e3))
    target.BreakpointCreateByName("main.markerGlobals")
    launch = lldb.SBLaunchInfo([])
    launch.AddOpenFileAction(1, "/dev/null", False, True)
    process = target.Launch(launch, lldb.SBError())
    for name in VALUES:
        times, count = [], 0
        for _ in range(9):
            value = target.FindFirstGlobalVariable(name)
            start = time.perf_counter()
            count = show(value)
            times.append((time.perf_counter() - start) * 1e3)
        print("%s, %d children: first %.1f ms, median %.1f ms" % (name, count, times[0], statistics.median(times)))
    process.Kill()


if __name__ == "__main__":
    main()
