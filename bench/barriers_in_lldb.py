"""Times go-wb and go-where inside LLDB, in a program with many Ps that has just recorded pointer stores.

    LLDB'S-PYTHON bench/barriers_in_lldb.py PLUGIN PROGRAM [PS]

PROGRAM is examples/writebarrier. Medians of wall-clock milliseconds; every command reads the process anew."""
import statistics
import sys
import time

import lldb

RUNS = 101


def main():
    plugin, program, *more = sys.argv[1:]
    debugger = lldb.SBDebugger.Create()
    debugger.SetAsync(False)
    interpreter = debugger.GetCommandInterpreter()

    def run(command):
        result = lldb.SBCommandReturnObject()
        start = time.perf_counter()
        interpreter.HandleCommand(command, result)
        if not result.Succeeded():
            sys.exit(f"{command}: {result.GetError()}")
        return (time.perf_counter() - start) * 1000

    run(f'plugin load "{plugin}"')
    target = debugger.CreateTarget(program)
    debugger.SetSelectedTarget(target)
    target.BreakpointCreateByName("main.marker")
    info = lldb.SBLaunchInfo(more or ["64"])
    info.AddOpenFileAction(1, "/dev/null", False, True)
    process = target.Launch(info, lldb.SBError())
    thread = next(t for t in process if t.GetStopReason() == lldb.eStopReasonBreakpoint)
    process.SetSelectedThread(thread)
    commands = (
        "go-wb status", "go-wb buffer", "go-wb buffer --all", "go-wb buffer --all --flushed", "go-wb buffer --all --json", "go-wb explain main.storeAll",
        "go-where main.attempt", "go-where &main.kept", "go-where main.kept", "go-where main.big", "go-where $rsp", "go-where 0x7fff12345678",
    )  # fmt: skip
    for command in commands:
        first = run(command)
        print(f"{command:<34}{statistics.median(run(command) for _ in range(RUNS)):>8.3f} ms   first {first:.3f} ms")
    process.Kill()


main()
