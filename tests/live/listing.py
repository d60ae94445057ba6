"""Names of operands against the compiler's -S (tests/support/listing_oracle.py), optimised and not: every name that the debug
information has a place for."""
import tempfile
from pathlib import Path

import listing_oracle
import runner
import toolchain

PROGRAMS = [
    "tests/fixtures/deferred", "tests/fixtures/generic", "tests/fixtures/heap", "tests/fixtures/kinds", "tests/fixtures/slots",
    "tests/fixtures/stepping", "tests/fixtures/stops", "tests/fixtures/values", "examples/calls", "examples/duff", "examples/memlayout", "examples/regargs",
    "examples/stacks", "examples/writebarrier",
]  # fmt: skip


def check(go_name, plugin, flags):
    ours = plugin.parent / "tests" / "support" / "go-objdump"
    if not ours.exists():
        raise runner.Skip(f"{ours} is not built")
    total = listing_oracle.Names()
    with tempfile.TemporaryDirectory() as folder:
        for program in PROGRAMS:
            source = toolchain.CHECKOUT / program
            total.add(listing_oracle.compare(source, toolchain.go(go_name), flags, ours, Path(folder) / "program"))
    problems = [] if total.equal >= (1500 if flags else 800) else ["too few names to compare"]
    if total.different or (flags and (total.unplaced or total.unnamed)):
        problems += total.first[:20]
    # Optimised, a slot whose name the order of the frame contradicts has none; some of those names are right.
    if total.unnamed * 50 > total.equal or total.mistaken * 60 > total.temporaries:
        problems += total.first[:20]
    # Optimised, until 1.26: variables in memory without pointers have no place in the debug information.
    if total.unplaced * (5 if toolchain.go(go_name).version < (1, 27) else 100) > total.equal:
        problems += total.first[:20]
    return problems + [total.summary()] if problems else []


def cases(go, lldb, plugin):
    for version in go:
        for name, flags in (("opt", []), ("noopt", ["-N", "-l"])):
            yield f"names of -S [go{version} {name}]", lambda v=version, f=flags: check(v, plugin, f)
