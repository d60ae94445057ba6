"""LLDB's own variables, in every frame, against what the program prints of itself (tests/support/lldb_values.py)."""
from pathlib import Path

import fixture
import python_host
import toolchain

SUPPORT = Path(__file__).parent.parent / "support"

# Go's own debug information is wrong there (docs/lldb.md): (Go, function, variable).
STALE = {("1.21", "main.descend", "above")}

# What LLDB cannot show whatever it is told.
LIMITS = {
    # No value of LLDB's has no bytes.
    'main.gSet["in"]', "main.gSignals[0]",
    # The linker describes no type that only interfaces hold: LLDB knows the value's text, and no type for its parts.
    "main.gAnyBoxed.Grid[1][0]", "main.gAnyBoxed.Next.*.Small", "main.gAnyBoxed.Next.*.Names[0]", "main.gAnyBoxes[0].Text",
}  # fmt: skip


def variables(go_name, lldb_name, plugin, kind):
    lldb = python_host.lldb_with_python(lldb_name)
    program = fixture.build("tests/fixtures/kinds", toolchain.go(go_name), kind).binary
    answer, wrong = python_host.answer(python_host.run(lldb, SUPPORT / "lldb_values.py", program, plugin, timeout=120))
    if wrong:
        return [wrong]
    problems = [f"{stop}: {path} is {expected}, LLDB shows {shown}" for stop, path, expected, shown in answer["wrong"] if path not in LIMITS]
    if answer["stops"] < 8:
        problems.append(f"{answer['stops']} stops only")
    if answer["same"] < 900:
        problems.append(f"{answer['same']} values only were the same")
    if answer["frames"] < 8 * 10:
        problems.append(f"{answer['frames']} frames only")
    if kind == "noopt" and (answer["unavailable"] or answer["absent"]):
        problems.append(f"not shown without optimisation: {answer['unavailable'] + answer['absent']}")
    if len(answer["unavailable"]) + len(answer["absent"]) > 60:
        problems.append(f"too much is not shown: {answer['unavailable'] + answer['absent']}")
    return problems


def parameters(go_name, lldb_name, plugin, kind):
    """At every instruction of functions that do not change their parameters."""
    lldb = python_host.lldb_with_python(lldb_name)
    program = fixture.build("tests/fixtures/kinds", toolchain.go(go_name), kind).binary
    answer, wrong = python_host.answer(python_host.run(lldb, SUPPORT / "lldb_parameters.py", program, plugin, timeout=240))
    if wrong:
        return [wrong]
    problems = [
        f"{function}+{offset}: {name} is {expected}, LLDB shows {shown}"
        for function, offset, name, expected, shown in answer["wrong"]
        if (go_name, function, name) not in STALE
    ]
    if answer["stops"] < 1000 or answer["same"] < 3000 or answer["at entries"] < 30 or answer["exit"] != 0:
        problems.append(f"{answer['stops']} stops, {answer['same']} values the same, {answer['at entries']} of them at entries; exit {answer['exit']}")
    if kind == "noopt" and answer["unavailable"]:
        problems.append(f"{answer['unavailable']} not shown without optimisation")
    return problems


def cases(go, lldb, plugin):
    for go_version in go:
        for lldb_version in lldb:
            for kind in ("opt", "noopt"):
                name = f"variables in LLDB [go{go_version} lldb{lldb_version} {kind}]"
                yield name, lambda g=go_version, l=lldb_version, k=kind: variables(g, l, plugin, k)
    pairs = toolchain.spread(go, lldb) + [(g, lldb[-1]) for g in go]
    for g, l in dict.fromkeys(pairs):
        for kind in ("opt", "noopt"):
            yield f"parameters at every instruction [go{g} lldb{l} {kind}]", lambda g=g, l=l, k=kind: parameters(g, l, plugin, k)
