"""Names of operands against the compiler's -S (tests/support/listing_oracle.py), optimised and not, oldest and newest Go."""
import tempfile
from pathlib import Path

import listing_oracle
import runner
import toolchain

# A program takes half a minute; tests/support/listing_oracle.py compares any.
PROGRAMS = ["tests/fixtures/kinds", "tests/fixtures/values", "examples/regargs"]


def check(go_name, plugin, flags):
    ours = plugin.parent / "tests" / "support" / "go-objdump"
    if not ours.exists():
        raise runner.Skip(f"{ours} is not built")
    total = listing_oracle.Names()
    with tempfile.TemporaryDirectory() as folder:
        for program in PROGRAMS:
            source = toolchain.CHECKOUT / program
            total.add(listing_oracle.compare(source, toolchain.go(go_name), flags, ours, Path(folder) / "program"))
    problems = [] if total.equal >= 150 else ["too few names to compare"]
    if flags and (total.different or total.unnamed):
        problems += total.first
    # Optimised: debug information has no place for many variables whose address is taken (up to Go 1.24) and for inlined
    # results, and gives one place to variables that have one value, of which the listing names either.
    if total.unnamed * 4 > total.equal or total.different * 25 > total.equal:
        problems += total.first[:20]
    return problems + [total.summary()] if problems else []


def cases(go, lldb, plugin):
    for version in dict.fromkeys((go[0], go[-1])):
        for name, flags in (("opt", []), ("noopt", ["-N", "-l"])):
            yield f"names of -S [go{version} {name}]", lambda v=version, f=flags: check(v, plugin, f)
