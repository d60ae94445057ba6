"""A Python with lldb runs this: `heap_host.py PROGRAM PLUGIN STOP ARGUMENTS ENVIRONMENT COMMANDS`, the last three as JSON.

Stops at the function STOP and runs the commands; `@addresses` in one stands for every address the program has printed in
lines of `object`, `own` and `stack`, five hundred at a time. `@step` is one instruction, `@until F` continues until F. Answers with what the program has
printed and [command, succeeded, output] of each."""
import json
import sys
import tempfile
from pathlib import Path

import lldb

program, plugin, stop, arguments, environment, commands = sys.argv[1:]
debugger = lldb.SBDebugger.Create()
debugger.SetAsync(False)
interpreter = debugger.GetCommandInterpreter()


def run(command):
    result = lldb.SBCommandReturnObject()
    interpreter.HandleCommand(command, result)
    return [command, result.Succeeded(), (result.GetOutput() or "") + (result.GetError() or "")]


loaded = run(f'plugin load "{plugin}"')
assert loaded[1], loaded
target = debugger.CreateTarget(program)
debugger.SetSelectedTarget(target)
name, plus, offset = stop.partition("+")
with tempfile.TemporaryDirectory() as folder:
    said = Path(folder) / "stdout"
    info = lldb.SBLaunchInfo(json.loads(arguments))
    info.SetEnvironmentEntries([f"{key}={value}" for key, value in json.loads(environment).items()], True)
    info.AddOpenFileAction(1, str(said), False, True)
    # By address: behind its prologue a function is another place. A marker's name is in the function table of a stripped program.
    functions = target.FindFunctions(name)
    if name.startswith("0x"):
        breakpoint = target.BreakpointCreateBySBAddress(target.ResolveFileAddress(int(name, 16)))
    else:
        address = functions[0].GetSymbol().GetStartAddress() if functions.GetSize() else None
        assert address is not None, name
        breakpoint = target.BreakpointCreateBySBAddress(lldb.SBAddress(address.GetSection(), address.GetOffset() + int(offset or "0", 16)))
    error = lldb.SBError()
    process = target.Launch(info, error)
    assert error.Success(), error
    assert process.GetState() == lldb.eStateStopped, process
    thread = next(t for t in process if t.GetStopReason() == lldb.eStopReasonBreakpoint)
    process.SetSelectedThread(thread)
    text = said.read_text()
    answers = []
    for command in json.loads(commands):
        if command == "@step":
            thread.StepInstruction(False)
        elif command.startswith("@until "):
            # LLDB may report a stop at a breakpoint that was just deleted.
            for _ in range(5):
                answers.append(run("continue"))
                if process.GetSelectedThread().GetFrameAtIndex(0).GetFunctionName() == command.split()[1]:
                    break
        elif "@addresses" in command:
            asked = [line.split()[1] for line in text.splitlines() if line.startswith(("object ", "own ", "stack "))]
            for i in range(0, len(asked), 500):
                answers.append(run(command.replace("@addresses", " ".join("0x" + a for a in asked[i : i + 500]))))
        else:
            answers.append(run(command))
    process.Kill()
print("ANSWER " + json.dumps({"stdout": text, "answers": answers}))
