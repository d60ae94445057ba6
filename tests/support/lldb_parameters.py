"""Runs inside a Python that has lldb: lldb_parameters.py PROGRAM PLUGIN

Stops tests/fixtures/kinds at every instruction of functions whose parameters never change, and asks LLDB for them: what it
shows must be what the program prints of them further down, or unavailable. What go-frame calls live must be the same, too.
Prints one line of JSON: {"stops": n, "same": n, "unavailable": n, "at entries": n, "live": n,
"wrong": [[function, offset, name, expected, shown]...]}."""
import json
import sys
import tempfile

import lldb

from lldb_values import text_of

FUNCTIONS = ["basics", "composites", "frames", "byValue", "byReference", "captured", "captured.func1", "through", "square.area",
             "descend", "last"]  # fmt: skip
RESULTS = {"sum", "note", "size", "below", "result"}  # LLDB takes results for parameters


def truths(text):
    """{(function, which of its calls): {variable: text}}, in the order of the calls."""
    found, calls, values = {}, {}, {}
    for line in text.split("\n"):
        word, _, rest = line.partition(" ")
        if word in ("STOP", "FRAME"):
            name = "main." + rest if word == "STOP" else rest
            calls[name] = calls.get(name, 0) + 1
            values = found.setdefault((name, calls[name]), {})
        elif word == "VALUE":
            name, _, value = rest.partition(" = ")
            values[name] = value
    return found


def main():
    program, plugin = sys.argv[1:]
    debugger = lldb.SBDebugger.Create()
    debugger.SetAsync(False)
    result = lldb.SBCommandReturnObject()
    interpreter = debugger.GetCommandInterpreter()
    interpreter.HandleCommand('plugin load "%s"' % plugin, result)
    assert result.Succeeded(), result.GetError()
    target = debugger.CreateTarget(program)
    debugger.SetSelectedTarget(target)
    interpreter.HandleCommand("go-bridge on", result)
    entries = {}
    for name in FUNCTIONS:
        function = target.FindFunctions("main." + name)[0].GetFunction()
        start = function.GetStartAddress().GetFileAddress()
        entries[start] = "main." + name
        for instruction in function.GetInstructions(target):
            target.BreakpointCreateBySBAddress(instruction.GetAddress())
    output = tempfile.NamedTemporaryFile("r", encoding="utf-8")
    for stream in ("output", "error"):
        interpreter.HandleCommand("settings set target.%s-path %s" % (stream, output.name), result)
    process = target.LaunchSimple(None, None, "/tmp")
    shown, live = [], []
    calls, active = {}, []  # active: (function, which of its calls, frames below it)
    stops = 0
    while process.GetState() == lldb.eStateStopped and stops < 20000:
        stops += 1
        for thread in process:
            if thread.GetStopReason() != lldb.eStopReasonBreakpoint:
                continue
            frame = thread.GetFrameAtIndex(0)
            depth, at = thread.GetNumFrames(), frame.GetPCAddress().GetFileAddress()
            while active and active[-1][2] > depth:
                active.pop()
            if at in entries:
                name = entries[at]
                if not (active and active[-1][2] == depth and active[-1][0] == name):  # not again, after morestack
                    calls[name] = calls.get(name, 0) + 1
                    active.append((name, calls[name], depth))
            if not active or active[-1][2] != depth:
                continue
            offset = at - frame.GetFunction().GetStartAddress().GetFileAddress()
            for variable in frame.GetVariables(True, False, False, True):
                if variable.GetName() not in RESULTS:
                    shown.append((*active[-1][:2], offset, variable.GetName(), text_of(variable)))
            result = lldb.SBCommandReturnObject()
            interpreter.HandleCommand("go-frame --json", result)
            for argument in json.loads(result.GetOutput())["frame"]["args"]:
                if argument["status"] == "live" and argument["class"] == "param":
                    live.append((*active[-1][:2], offset, argument["name"], argument["value"]))
        process.Continue()
    known = truths(output.read())
    answer = {"stops": stops, "same": 0, "unavailable": 0, "at entries": 0, "live": 0, "wrong": [], "exit": process.GetExitStatus()}
    for function, call, offset, name, text in shown:
        expected = known.get((function, call), {}).get(name)
        if expected is None:
            continue
        if text == expected:
            answer["same"] += 1
            answer["at entries"] += offset == 0
        elif text.startswith("<unavailable"):
            answer["unavailable"] += 1
        else:
            answer["wrong"].append([function, offset, name, expected, text[:200]])
    for function, call, offset, name, text in live:
        expected = known.get((function, call), {}).get(name, text)
        answer["live"] += text == expected
        if text != expected:
            answer["wrong"].append([function, offset, name + " in go-frame", expected, text[:200]])
    process.Kill()
    print("ANSWER " + json.dumps(answer))


if __name__ == "__main__":
    main()
