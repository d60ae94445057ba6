"""Instruction text against `go tool objdump` of the newest Go: every instruction of a test binary with AVX-512 code and of the fixtures."""
import tempfile

import fixture
import objdump_oracle
import runner
import toolchain


def check(go_name, plugin, make):
    ours = plugin.parent / "tests" / "support" / "go-objdump"
    if not ours.exists():
        raise runner.Skip(f"{ours} is not built")
    with tempfile.TemporaryDirectory() as folder:
        program, problem = make(toolchain.go(go_name), folder)
        if program is None:
            return [problem]
        result = objdump_oracle.compare(program, ours)
    problems = list(result.first)
    if result.different or result.equal < 10000 or result.unstable * 1000 > result.equal:
        problems.append(result.summary())
    return problems


def tests_of(package):
    return lambda go, folder: objdump_oracle.build(package, go, folder)


def program(path, kind):
    return lambda go, _: (fixture.build(path, go, kind).symbols, "")


def cases(go, lldb, plugin):
    samples = {
        "crypto/sha256 tests": tests_of("crypto/sha256"),
        "stops": program("tests/fixtures/stops", "opt"),
        "stops noopt": program("tests/fixtures/stops", "noopt"),
        "stops pie": program("tests/fixtures/stops", "pie"),
    }
    for go_version in go:
        for name, make in samples.items():
            yield f"text of {name} [go{go_version}]", lambda g=go_version, m=make: check(g, plugin, m)
