"""Runs inside a Python that has lldb: lldb_steps.py PROGRAM PLUGIN COMMANDS ARGUMENTS...

COMMANDS is a file of JSON: [command, tries, wanted line or function, reason]. Prints [command, wanted, the command's JSON,
breakpoints there are, whether it came to what was wanted] for each that is one of ours."""
import json
import sys
import threading

import lldb

program, plugin, commands, *arguments = sys.argv[1:]
debugger = lldb.SBDebugger.Create()
debugger.SetAsync(False)
result = lldb.SBCommandReturnObject()
interpreter = debugger.GetCommandInterpreter()
interpreter.HandleCommand('plugin load "%s"' % plugin, result)
assert result.Succeeded(), result.GetError()
target = debugger.CreateTarget(program)
debugger.SetSelectedTarget(target)
info = lldb.SBLaunchInfo(arguments)
info.AddOpenFileAction(1, "/dev/null", False, True)
start = target.BreakpointCreateByName({"laps": "main.laps", "crowd": "main.member"}.get(arguments[0], "main." + arguments[0]))
ending = target.BreakpointCreateByName("main.ending")
process = target.Launch(info, lldb.SBError())
start.SetEnabled(False)
answers = []
for command, tries, wanted, reason in json.load(open(commands)):
    if command == "continue":
        process.Continue()
        continue
    if command.startswith("lldb "):
        interpreter.HandleCommand(command[len("lldb ") :], result)
        assert result.Succeeded(), result.GetError()
        continue
    if command.startswith("interrupted "):
        command = command[len("interrupted ") :]
        threading.Timer(1, process.SendAsyncInterrupt).start()
    for _ in range(tries):
        result = lldb.SBCommandReturnObject()
        interpreter.HandleCommand(command + " --json", result)
        answer = json.loads(result.GetOutput() or "{}")
        there = wanted in (None, answer.get("line"), answer.get("function")) and reason in (None, answer.get("reason"))
        if there or answer.get("state") != "stopped":
            break
    answers.append([command, wanted, answer, target.GetNumBreakpoints(), there])
process.Kill()
print("ANSWER " + json.dumps(answers))
