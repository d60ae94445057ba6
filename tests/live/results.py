"""A result that a deferred call sets: go-frame has what it is at every instruction, or nothing."""
from pathlib import Path

import fixture
import python_host
import toolchain

HOST = Path(__file__).parent.parent / "support" / "lldb_results.py"
# tests/fixtures/deferred: r is cleared or not, set to n + 5, one more, and twice that by the deferred call; n is 3.
VALUES = [None, "0", "8", "9", "18", None]


def check(go_name, lldb_name, plugin, kind):
    lldb = python_host.lldb_with_python(lldb_name)
    program = fixture.build("tests/fixtures/deferred", toolchain.go(go_name), kind).binary
    answer, wrong = python_host.answer(python_host.run(lldb, HOST, program, plugin))
    if wrong:
        return [wrong]
    without_zero = [value for value in VALUES if value != "0"]
    if answer["asked"] < 20 or answer["values"] not in (VALUES, without_zero):
        return [f"{answer['asked']} instructions, the result is {answer['values']}"]
    return []


def has_generics(version):
    try:
        return toolchain.go(version).version >= (1, 18)
    except toolchain.Missing:
        return False


def cases(go, lldb, plugin):
    for version in filter(has_generics, go):
        for kind in ("opt", "noopt"):
            yield f"at every instruction [go{version} {kind}]", lambda v=version, k=kind: check(v, lldb[-1], plugin, k)
