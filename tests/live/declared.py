"""Without optimisation LLDB shows no variable before its declaration has run (tests/support/lldb_declared.py)."""
from pathlib import Path

import fixture
import python_host
import toolchain

HOST = Path(__file__).parent.parent / "support" / "lldb_declared.py"


def still_declaring(where):
    """A line of a declaration of several lines; and, from Go 1.25 on, the way out after a recovered panic, which is laid out first."""
    function, line, name, _ = where
    return function == "main.manyLines" and name in ("a3", "z4") or function == "main.deferred" and name in ("b4", "c5")


def check(go_name, lldb_name, plugin):
    program = fixture.build("tests/fixtures/declared", toolchain.go(go_name), "noopt").binary
    answer, wrong = python_host.answer(python_host.run(python_host.lldb_with_python(lldb_name), HOST, program, plugin))
    if wrong:
        return [wrong]
    problems = [f"{function}, line {line}: {name} is {text}" for function, line, name, text in answer["wrong"]]
    problems += [f"not shown: {where}" for where in answer["hidden"] if not still_declaring(where)]
    if len(answer["hidden"]) > 20:
        problems.append(f"{len(answer['hidden'])} variables are not shown behind their declarations")
    if answer["stops"] < 1000 or answer["shown"] < 3000 or answer["not yet"] < 1000:
        problems.append(f"{answer['stops']} stops, {answer['shown']} values, {answer['not yet']} not yet there")
    return problems


def cases(go, lldb, plugin):
    pairs = toolchain.spread(go, lldb) + [(g, lldb[-1]) for g in go]
    for g, l in dict.fromkeys(pairs):
        yield f"from the declaration on [go{g} lldb{l}]", lambda g=g, l=l: check(g, l, plugin)
