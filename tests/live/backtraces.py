"""LLDB's own backtrace, in the bridged program, is go-bt's: at every change of stack, in panics and signal handlers."""
from pathlib import Path

import fixture
import python_host
import toolchain

HOST = Path(__file__).parent.parent / "support" / "lldb_frames.py"

# scenario: where to stop, and how often that is at least.
STOPS = {
    "systemstack": (["runtime.newproc1"], 3),
    "mcall": (["runtime.park_m"], 2),
    "grow": (["runtime.newstack"], 2),
    "panic": (["runtime.gopanic", "runtime.fatalpanic"], 2),
    "bounds": (["runtime.gopanic"], 1),
    "nilrecover": (["runtime.gopanic", "main.markerPause"], 2),
    "signal": (["runtime.sighandler"], 1),
    "blocked": (["runtime.selectgo", "runtime.chanrecv1"], 2),
    "preempt": (["main.markerPause"], 1),
    "wrappers": (["main.markerPause"], 1),
}
CGO_STOPS = {"callback": (["main.markerPause"], 1)}
INTERRUPTED = ["main.markerSignal", "syscall.RawSyscall", "main.raise"]


def limit(scenario, go, wanted, shown):
    """Does LLDB show what docs/lldb.md says it cannot help?"""
    minor = int(go.split(".")[1])
    if scenario == "mcall" and minor >= 25:  # mcall clears BP, which LLDB's fast plan for it starts from
        return shown == wanted[: len(shown)]
    if scenario == "nilrecover" and minor >= 27:  # panicmem, inlined into sigpanic, ends where sigpanic's pc is looked up
        return [name for name in wanted if name != "runtime.panicmem"][: len(shown) - 1] == shown[: len(shown) - 1]
    if scenario == "callback" and 17 <= minor < 21:  # systemstack_switch is where it starts: LLDB looks one byte before it
        return shown[-1] is None and shown[:-1] == wanted[: len(shown) - 1]
    if scenario == "callback" and minor >= 21:  # LLDB follows BP from cgocallback to its C caller
        return shown[: shown.index("crosscall2")] == wanted[: shown.index("crosscall2")]
    return False


def backtraces(go_name, lldb_name, plugin, example, stops):
    lldb = python_host.lldb_with_python(lldb_name)
    program = fixture.build(example, toolchain.go(go_name), "opt").binary
    problems = []
    for scenario, (where, least) in stops.items():
        for _ in range(3):  # LLDB 22 on a busy machine loses one process in some hundred
            answer, wrong = python_host.answer(python_host.run(lldb, HOST, program, plugin, scenario, *where, timeout=60))
            if wrong or not answer["lost"]:
                break
        else:
            wrong = "LLDB has no registers of a process that it calls stopped, three times"
        if wrong:
            problems.append(f"{scenario}: {wrong}")
            continue
        if answer["stops"] < least:
            problems.append(f"{scenario}: {answer['stops']} stops, wanted {least}")
        for where_at, wanted, shown in answer["different"]:
            if shown is None or not limit(scenario, go_name, wanted, shown):
                problems.append(f"{where_at}: go-bt {wanted}, LLDB {shown}")
    return problems


def interrupted(go_name, lldb_name, plugin):
    program = fixture.build("examples/stacks", toolchain.go(go_name), "opt").binary
    run = python_host.run(python_host.lldb_with_python(lldb_name), HOST, program, plugin, "signal", "--interrupt", *INTERRUPTED)
    answer, wrong = python_host.answer(run)
    if wrong:
        return [wrong]
    problems = [f"{where_at}: go-bt {wanted}, LLDB {shown}" for where_at, wanted, shown in answer["different"]]
    if answer["same"] < 20:
        problems.append(f"interrupted at {answer['same']} instructions, wanted 20")
    return problems


def cases(go, lldb, plugin):
    pairs = [(g, lldb[-1]) for g in go] + [(go[-1], l) for l in lldb[:-1]]
    for g, l in pairs:
        yield f"backtraces in LLDB [go{g} lldb{l}]", lambda g=g, l=l: backtraces(g, l, plugin, "examples/stacks", STOPS)
        yield f"backtraces in LLDB [go{g} lldb{l} cgo]", lambda g=g, l=l: backtraces(g, l, plugin, "examples/stackscgo", CGO_STOPS)
        yield f"backtraces in LLDB above a signal at any instruction [go{g} lldb{l}]", lambda g=g, l=l: interrupted(g, l, plugin)
