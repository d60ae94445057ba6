"""Runs inside a Python that has lldb: lldb_frames.py PROGRAM PLUGIN SCENARIO STOP...

Lets a program run from one breakpoint to the next and lays LLDB's frames beside go-bt's. Prints one line of JSON:
{"stops": n, "same": n, "different": [[where, go-bt's frames, LLDB's frames], ...], "lost": true or false}, functions from the first
that differs on; lost: LLDB reports a stop, a SIGTRAP, and has no registers, as the process runs."""
import json
import sys

import lldb

MOST_STOPS, MOST_FRAMES = 12, 100


def main():
    program, plugin, scenario, *stops = sys.argv[1:]
    debugger = lldb.SBDebugger.Create()
    debugger.SetAsync(False)

    def command(text):
        result = lldb.SBCommandReturnObject()
        debugger.GetCommandInterpreter().HandleCommand(text, result)
        return result

    loaded = command('plugin load "%s"' % plugin)
    assert loaded.Succeeded(), loaded.GetError()
    target = debugger.CreateTarget(program)
    debugger.SetSelectedTarget(target)
    command("go-bridge on")
    for stop in stops:
        target.BreakpointCreateByName(stop)
    launch = lldb.SBLaunchInfo([scenario])
    for descriptor in (1, 2):
        launch.AddOpenFileAction(descriptor, "/dev/null", False, True)
    process = target.Launch(launch, lldb.SBError())
    answer = {"stops": 0, "same": 0, "different": [], "lost": False}
    while process.GetState() == lldb.eStateStopped and answer["stops"] < MOST_STOPS:
        thread = next((t for t in process if t.GetStopReason() not in (lldb.eStopReasonNone, lldb.eStopReasonInvalid)), None)
        if thread is None:
            break
        if thread.GetFrameAtIndex(0).GetPC() == lldb.LLDB_INVALID_ADDRESS:  # of a process that LLDB takes for stopped
            answer["lost"] = True
            break
        process.SetSelectedThread(thread)
        asked = command("go-bt --raw --json")
        if not asked.Succeeded():
            answer["different"].append([scenario, asked.GetError(), None])
            break
        go = [frame["function"] for frame in json.loads(asked.GetOutput())["stacks"][0]["frames"]][:MOST_FRAMES]
        shown = [thread.GetFrameAtIndex(i).GetFunctionName() for i in range(min(thread.GetNumFrames(), MOST_FRAMES))]
        answer["stops"] += 1
        if go == shown:
            answer["same"] += 1
        else:
            first = next((i for i, pair in enumerate(zip(go, shown)) if pair[0] != pair[1]), min(len(go), len(shown)))
            at = max(first - 1, 0)
            answer["different"].append([scenario + ": " + go[0], go[at : at + 4], shown[at : at + 4]])
        process.Continue()
    process.Kill()
    print("ANSWER " + json.dumps(answer))


if __name__ == "__main__":
    main()
