"""Runs inside a Python that has lldb: lldb_expressions.py PROGRAM PLUGIN

Stops at the markers of tests/fixtures/kinds and asks for every variable of every frame of every thread, and for expressions made
of them, until there are a thousand. Prints one line of JSON: {"expressions": n, "answered": n, "sums": n, "wrong": [...],
"variables": n}: a sum is `integer + 1`, which must be one more than the variable."""
import json
import random
import sys

import lldb
from lldb_values import MARKERS

WANTED = 1000
FORMS = ["{0}", "&{0}", "*{0}", "{0} + 1", "{0} == {1}", "{0} ? 1 : 2", "sizeof({0})", "{0}.{1}", "{0}->{1}", "{0}[0]", "({0})", "!{0}",
         "{0} * {1}", "(long){0}", "{0}, {1}", "*&{0}", "{0}.len", "{0}.array[1]", "{0}->next", "$rsp", "{0} +", "({0}", "\"{0}\"", "nosuch.{0}"]  # fmt: skip


def main():
    program, plugin = sys.argv[1:]
    chance = random.Random(7)
    debugger = lldb.SBDebugger.Create()
    debugger.SetAsync(False)
    result = lldb.SBCommandReturnObject()
    for command in ('plugin load "%s"' % plugin,):
        debugger.GetCommandInterpreter().HandleCommand(command, result)
        assert result.Succeeded(), result.GetError()
    target = debugger.CreateTarget(program)
    debugger.SetSelectedTarget(target)
    debugger.GetCommandInterpreter().HandleCommand("go-bridge on", result)
    for name in MARKERS:
        target.BreakpointCreateByName("main.marker" + name)
    launch = lldb.SBLaunchInfo([])
    launch.AddOpenFileAction(1, "/dev/null", False, True)
    process = target.Launch(launch, lldb.SBError())
    options = lldb.SBExpressionOptions()
    options.SetTimeoutInMicroSeconds(2000000)
    answer = {"expressions": 0, "answered": 0, "sums": 0, "wrong": [], "variables": 0}
    while process.GetState() == lldb.eStateStopped:
        frames = [thread.GetFrameAtIndex(i) for thread in process for i in range(min(thread.GetNumFrames(), 50))]
        named = []
        for frame in frames:
            for value in frame.GetVariables(True, True, False, True):
                answer["variables"] += 1
                value.GetSummary(), value.GetNumChildren()
                named.append((frame, value))
        for _ in range(WANTED // (len(MARKERS) - 1) if named else 0):
            if answer["expressions"] >= WANTED:
                break
            frame, value = chance.choice(named)
            other = chance.choice(named)[1]
            text = chance.choice(FORMS).format(value.GetName(), other.GetName())
            answered = frame.EvaluateExpression(text, options)
            answer["expressions"] += 1
            answer["answered"] += answered.GetError().Success()
            answered.GetSummary(), answered.GetNumChildren()
            plain = value.GetTypeName() in ("int", "int64", "uint8") and value.GetError().Success() and value.GetName().isidentifier()
            shadowed = sum(v.GetName() == value.GetName() for v in frame.GetVariables(True, True, True, False)) != 1
            if plain and not shadowed:
                answer["sums"] += 1
                total = frame.EvaluateExpression(value.GetName() + " + 1", options)
                wanted = value.GetValueAsSigned() if value.GetTypeName() != "uint8" else value.GetValueAsUnsigned()
                if total.GetError().Fail() or total.GetValueAsSigned() != (wanted + 1 + (1 << 63)) % (1 << 64) - (1 << 63):
                    answer["wrong"].append([value.GetName(), value.GetValue(), total.GetValue(), total.GetError().GetCString()])
        process.Continue()
    process.Kill()
    print("ANSWER " + json.dumps(answer))


if __name__ == "__main__":
    main()
