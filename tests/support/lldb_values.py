"""Runs inside a Python that has lldb: lldb_values.py PROGRAM PLUGIN

Lets tests/fixtures/kinds run from marker to marker. At each, the program has just printed `VALUE path = text` for its variables,
behind `FRAME function` for those of callers; LLDB's own `frame variable` machinery must show the same. Then every variable of every frame is asked for. Prints one line of
JSON: {"stops": n, "same": n, "unavailable": [...], "absent": [...],
"wrong": [...], "frames": n}."""
import json
import re
import sys
import tempfile

import lldb

MARKERS = ["Globals", "Basics", "Composites", "Nested", "Closure", "Escaped", "Inlined", "Results", "Frames", "Generic"]
STEP = re.compile(r'\.\*|\.[^.\[*]+|\["(?:[^"\\]|\\.)*"\]|\[[^\]]*\]')


def text_of(value):
    """What a variables pane shows; an error is the answer where there is one."""
    if not value.IsValid():
        return "<invalid>"
    if value.GetError().Fail():
        return "<unavailable: %s>" % value.GetError().GetCString()
    return value.GetSummary() or value.GetValue() or "<no text>"


def child(value, step):
    if step == ".*":
        return value.Dereference() if value.GetType().IsPointerType() else value.GetChildMemberWithName("*")
    if step.startswith("."):
        return value.GetChildMemberWithName(step[1:])
    return value.GetChildMemberWithName(step)


def root(frame, path, target):
    match = re.match(r"main\.\w+|[\w~]+", path)
    name, rest = match.group(0), path[match.end() :]
    if name.startswith("main."):
        return target.FindFirstGlobalVariable(name), rest
    found = [v for v in frame.GetVariables(True, True, False, True) if v.GetName() == name]
    return (found[-1] if found else None), rest


def compare(frame, target, path, expected, answer):
    value, rest = root(frame, path, target)
    if value is None:
        answer["absent"].append(path)
        return
    for step in STEP.findall(rest):
        if value.GetError().Fail():
            break
        value = child(value, step)
    shown = text_of(value)
    if shown == expected or (shown in ("", "<no text>") and expected == ""):
        answer["same"] += 1
    elif shown.startswith("<unavailable"):
        answer["unavailable"].append(path)
    else:
        answer["wrong"].append([path, expected, shown[:200]])


def read_in_any_order(target, answer):
    """Element i of gThousand is i*i; gGrowing holds -i under i. However a reader goes about it."""
    orders = {"forward": range(1000), "backward": range(999, -1, -1), "from the middle": [*range(400, 1000), *range(400)]}
    for order, indices in orders.items():
        squares, negatives = (target.FindFirstGlobalVariable("main." + name) for name in ("gThousand", "gGrowing"))
        for i in indices:
            shown = squares.GetChildAtIndex(i)
            if (shown.GetName(), shown.GetValue()) != ("[%d]" % i, str(i * i)):
                answer["wrong"].append(["read " + order, "gThousand[%d]" % i, str(i * i), "%s %s" % (shown.GetName(), shown.GetValue())])
        count = negatives.GetNumChildren()
        found = {negatives.GetChildAtIndex(i).GetName(): negatives.GetChildAtIndex(i).GetValue() for i in indices if i < count}
        if count != 840 or any(name != "[%d]" % -int(value) for name, value in found.items()) or len(found) != count:
            answer["wrong"].append(["read " + order, "gGrowing", "840 entries", str(found)[:200]])


def touch_all_frames(process, answer):
    for thread in process:
        for index in range(min(thread.GetNumFrames(), 64)):
            frame = thread.GetFrameAtIndex(index)
            answer["frames"] += 1
            for value in frame.GetVariables(True, True, False, True):
                text_of(value)
                for i in range(min(value.GetNumChildren(), 4)):
                    text_of(value.GetChildAtIndex(i))


def main():
    program, plugin = sys.argv[1:]
    debugger = lldb.SBDebugger.Create()
    debugger.SetAsync(False)
    interpreter = debugger.GetCommandInterpreter()

    def command(text):
        result = lldb.SBCommandReturnObject()
        interpreter.HandleCommand(text, result)
        return result

    loaded = command('plugin load "%s"' % plugin)
    assert loaded.Succeeded(), loaded.GetError()
    target = debugger.CreateTarget(program)
    debugger.SetSelectedTarget(target)
    command("go-bridge on")
    for name in MARKERS:
        target.BreakpointCreateByName("main.marker" + name)
    output = tempfile.NamedTemporaryFile("r", encoding="utf-8")
    for stream in ("output", "error"):
        command("settings set target.%s-path %s" % (stream, output.name))
    process = target.LaunchSimple(None, None, "/tmp")
    answer = {"stops": 0, "same": 0, "unavailable": [], "absent": [], "wrong": [], "frames": 0}
    while process.GetState() == lldb.eStateStopped and answer["stops"] < 100:
        stopped = [t for t in process if t.GetStopReason() == lldb.eStopReasonBreakpoint]
        if not stopped:
            answer["wrong"].append(["stop", "a breakpoint", [t.GetStopDescription(80) for t in process]])
            break
        _, _, block = output.read().rpartition("STOP ")
        name, *lines = block.rstrip("\n").split("\n")
        answer["stops"] += 1
        frame = stopped[0].GetFrameAtIndex(1)
        calls = ["main.main"] + [line[len("FRAME ") :] for line in lines if line.startswith("FRAME ")]
        places = [f for f in stopped[0] if f.GetFunctionName() in calls][::-1]
        names = [f.GetFunctionName() for f in places]
        if calls[1:] and names != calls:
            answer["wrong"].append([name, "frames", str(calls), str(names)])
        for line in lines:
            if line.startswith("FRAME ") and names == calls:
                calls.pop(0), places.pop(0)
                names.pop(0)
                frame = places[0]
            match = re.fullmatch(r"VALUE (.*?) = (.*)", line, re.DOTALL)
            if not match:  # "END"
                continue
            before = len(answer["wrong"])
            compare(frame, target, match.group(1), match.group(2), answer)
            for wrong in answer["wrong"][before:]:
                wrong.insert(0, name)
        if name == "globals":
            read_in_any_order(target, answer)
        touch_all_frames(process, answer)
        process.Continue()
    answer["exit"] = process.GetExitStatus() if process.GetState() == lldb.eStateExited else None
    process.Kill()
    print("ANSWER " + json.dumps(answer))


if __name__ == "__main__":
    main()
