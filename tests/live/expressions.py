"""A thousand expressions, and every variable of every frame of every thread: LLDB survives, and sums are right."""
from pathlib import Path

import fixture
import python_host
import toolchain

HOST = Path(__file__).parent.parent / "support" / "lldb_expressions.py"


def expressions(go_name, lldb_name, plugin, kind):
    lldb = python_host.lldb_with_python(lldb_name)
    program = fixture.build("tests/fixtures/kinds", toolchain.go(go_name), kind).binary
    answer, wrong = python_host.answer(python_host.run(lldb, HOST, program, plugin, timeout=180))
    if wrong:
        return [wrong]
    problems = [f"{name} is {value}, plus 1 is {total} {error}" for name, value, total, error in answer["wrong"]]
    least = {"expressions": 1000, "answered": 200, "sums": 20, "variables": 300} if kind == "noopt" else {"expressions": 1000, "variables": 200}
    problems += [f"{answer[what]} {what}, wanted {least[what]}" for what in least if answer[what] < least[what]]
    return problems


def cases(go, lldb, plugin):
    for version in lldb:
        for kind in ("opt", "noopt"):
            name = f"a thousand expressions [go{go[-1]} lldb{version} {kind}]"
            yield name, lambda version=version, kind=kind: expressions(go[-1], version, plugin, kind)
