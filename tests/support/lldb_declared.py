"""Runs inside a Python that has lldb: lldb_declared.py PROGRAM PLUGIN

Steps through the functions of tests/fixtures/declared instruction by instruction and asks LLDB for all variables. What it shows must
be what the variable's name allows; and at a line behind that of its declaration and the function's first it must be shown. Prints one line of JSON: {"stops": n,
"shown": n, "not yet": n, "hidden": [...], "wrong": [[function, line, variable, value]...]}, "not yet" on the line of the declaration or
before it."""
import json
import re
import sys

import lldb

from lldb_frames import Session

FUNCTIONS = ["straight", "loops", "branches", "closures", "closures.func1", "deferred", "channels", "manyLines", "shadows"]
MOST = 6000


def allowed(name, text):
    number = int(re.search(r"\d$", name).group())
    if text.startswith('"'):
        return text.startswith('"' + name) or (name[0] == "z" and text == '""')
    values = [int(word) for word in re.findall(r"-?\d+", text)]
    empty_allowed = name[0] == "z"
    return bool(values) and all(value // 1000 == number or (empty_allowed and value == 0) for value in values)


def text_of(value):
    """Absent: not available."""
    if value.GetError().Fail():
        return None
    if value.GetType().IsPointerType():
        value = value.Dereference()
    if value.GetSummary() is not None and not value.GetSummary().startswith("{"):
        return value.GetSummary()
    if value.GetNumChildren() > 0:
        return " ".join(str(child.GetValueAsSigned()) for child in value)
    return value.GetValue()


def main():
    program, plugin = sys.argv[1:]
    session = Session(program, plugin, "")
    target = session.target
    for function in FUNCTIONS:
        for instruction in target.FindFunctions("main." + function)[0].GetFunction().GetInstructions(target):
            target.BreakpointCreateBySBAddress(instruction.GetAddress())
    process = session.launch()
    answer = {"stops": 0, "shown": 0, "not yet": 0, "hidden": [], "wrong": []}
    while process.GetState() == lldb.eStateStopped and answer["stops"] < MOST:
        answer["stops"] += 1
        frame = process.GetSelectedThread().GetFrameAtIndex(0)
        line, first_line = frame.GetLineEntry().GetLine(), frame.GetFunction().GetStartAddress().GetLineEntry().GetLine()
        for variable in frame.GetVariables(True, True, False, True):
            if not re.fullmatch(r"[a-oq-z]\d", variable.GetName()):
                continue
            text, declared = text_of(variable), variable.GetDeclaration().GetLine()
            where = [frame.GetFunctionName(), line, variable.GetName(), text]
            if text is not None:
                answer["shown"] += 1
                if not allowed(variable.GetName(), text):
                    answer["wrong"].append(where)
            elif line > max(declared, first_line):
                answer["hidden"].append(where)
            else:
                answer["not yet"] += 1
        process.Continue()
    process.Kill()
    print("ANSWER " + json.dumps(answer))


if __name__ == "__main__":
    main()
