"""LLDB's own variables, in every frame, against what the program prints of itself (tests/support/lldb_values.py)."""
from pathlib import Path

import fixture
import python_host
import toolchain

HOST = Path(__file__).parent.parent / "support" / "lldb_values.py"

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
    answer, wrong = python_host.answer(python_host.run(lldb, HOST, program, plugin, timeout=120))
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


def cases(go, lldb, plugin):
    for go_version in go:
        for lldb_version in lldb:
            for kind in ("opt", "noopt"):
                name = f"variables in LLDB [go{go_version} lldb{lldb_version} {kind}]"
                yield name, lambda g=go_version, l=lldb_version, k=kind: variables(g, l, plugin, k)
