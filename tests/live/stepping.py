"""go-next, go-step and go-finish: the goroutine is never lost, though it changes threads and others run the same code.

The lines of the fixture are the oracle: lap() is straight, so each step must be one line down."""
import json
import tempfile

import fixture
import python_host
import toolchain
from dap_client import DapClient

LAPS = 6
HOST = toolchain.CHECKOUT / "tests" / "support" / "lldb_steps.py"


def fixture_of(go_name, kind="noopt"):
    return fixture.build("tests/fixtures/stepping", toolchain.go(go_name), kind)


def lines(built):
    """Of the STOP comments."""
    source = (built.source / "main.go").read_text().splitlines()
    return {text.partition("// STOP: ")[2]: number for number, text in enumerate(source, 1) if "// STOP: " in text}


def host(go_name, lldb_name, plugin, arguments, commands, kind="noopt"):
    lldb = python_host.lldb_with_python(lldb_name)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as plan:
        json.dump(commands, plan)
        plan.flush()
        answers, problem = python_host.answer(python_host.run(lldb, HOST, fixture_of(go_name, kind).binary, plugin, plan.name, *arguments))
    if problem:
        raise RuntimeError(problem)
    return answers


def moving(go_name, lldb_name, plugin, laps=LAPS):
    first = lines(fixture_of(go_name))["lap"]
    into, out = ("go-step", 6, "main.lap", None), ("go-next", 3, "main.laps", None)
    # The stop behind the prologue may be on the line of `func`.
    lap = [into, ("go-next", 2, first + 1, None)] + [("go-next", 1, first + i, "step") for i in range(2, 8)] + [out]
    problems, threads = [], set()
    for number, (command, wanted, answer, breakpoints, there) in enumerate(host(go_name, lldb_name, plugin, ["laps", "1000000"], lap * laps)):
        if not there or answer.get("goroutine") != 1:
            return problems + [f"step {number}, {command}, wanted {wanted}: {answer}"]
        if breakpoints != 2:
            problems.append(f"step {number}, {command}: leaves {breakpoints - 2} breakpoints behind")
        threads.add(answer["thread"])
    if len(threads) < 2:
        problems.append("the goroutine never changed threads: nothing was shown")
    return problems


# command, then where it must lead: a STOP comment or a function, and the reason where it matters. A leading * gives the
# command up to six times.
SCRIPT = [
    ("*go-next", "calls", None),
    ("go-step", "main.number.double", "call"),
    ("*go-next", "double", None),
    ("go-finish", "calls", "return"),
    ("go-next", "call closure", "step"),
    ("go-step", "main.calls.func1", "call"),
    ("go-finish", "call closure", "return"),
    ("*go-next", "call rescued", None),
    ("go-step", "main.rescued", "call"),
    ("*go-next", "rescued", None),
    ("*go-next", "call rescued", "return"),  # risky panicked, and rescued recovered
    ("*go-next", "call recursive", None),
    ("go-step", "main.recursive", "call"),
    ("*go-next", "recursive", None),
    ("*go-next", "after recursive", "step"),
    ("go-finish", "call recursive", "return"),
    ("go-next", "call tick", "step"),
    ("go-step", "main.tick", "call"),
    ("go-finish", None, "return"),
    ("continue", "", None),
    ("*go-next", "runtime.goexit1", "goroutine end"),
]


def crowded(go_name, lldb_name, plugin, laps=LAPS):
    """Every thread runs into the breakpoints of the step, many at the same time: that is nothing to report."""
    loop = lines(fixture_of(go_name))["member loop"]
    # The loop's own line may be passed as two places.
    lap = [("go-next", 2 if i == 1 else 1, loop + i, "step") for i in range(1, 6)] + [("go-next", 1, loop, "step")]
    answers = host(go_name, lldb_name, plugin, ["crowd", "1000000"], [("go-next", 6, loop, None)] + lap * laps)
    first = answers[0][2].get("goroutine")
    for number, (_, wanted, answer, breakpoints, there) in enumerate(answers):
        if not there or answer.get("goroutine") != first or breakpoints != 2:
            return [f"step {number}, wanted line {wanted} of goroutine {first}: {answer}, {breakpoints - 2} breakpoints left"]
    return []


def others_breakpoints(go_name, lldb_name, plugin):
    """In the crowd, what the user has set does stop: also a one-shot breakpoint where an earlier step had one."""
    loop = lines(fixture_of(go_name))["member loop"]
    commands = [
        ("go-next", 6, loop, None),
        (f"lldb breakpoint set --one-shot true --file main.go --line {loop + 1}", 1, None, None),
        ("go-finish", 1, loop + 1, "other"),
        ("lldb breakpoint set --name main.bump", 1, None, None),
        ("go-finish", 1, "main.bump", "other"),
    ]
    return [str(answer) for *answer, there in host(go_name, lldb_name, plugin, ["crowd", "1000000"], commands) if not there]


def script(go_name, lldb_name, plugin):
    marks = lines(fixture_of(go_name))
    commands = [
        (text.lstrip("*"), 6 if text.startswith("*") else 1, marks.get(want, want), reason) for text, want, reason in SCRIPT
    ]
    for command, wanted, answer, _, there in host(go_name, lldb_name, plugin, ["calls"], commands):
        if not there:
            return [f"{command}, wanted {wanted}: {answer}"]
    return []


def inlined(go_name, lldb_name, plugin):
    """go-next stays in a function into which calls were inlined until it returns; the other two are in and out of them."""
    ask = lambda *commands: host(go_name, lldb_name, plugin, ["over"], commands, "opt")
    passed = [answer for _, _, answer, _, _ in ask(*[("go-next", 1, None, None)] * 10)]
    returned = next((i for i, answer in enumerate(passed) if answer.get("reason") == "return"), len(passed))
    over = {answer.get("line") for answer in passed[:returned] if answer.get("function") == "main.over"}
    problems = [] if returned < len(passed) and len(over) > 1 else [f"go-next never returned, or did not stop: {passed}"]
    problems += [f"go-next: {answer}" for answer in passed[:returned] if answer.get("function") != "main.over"]
    [(*_, inside), (_, _, outside, _, left)] = ask(("go-step", 8, "main.twice", "step"), ("go-finish", 1, None, "step"))
    if not inside or not left or outside.get("function") not in ("main.over", "main.fourTimes"):
        problems.append(f"go-step into main.twice: {inside}, then go-finish: {outside}")
    return problems


def interrupted(go_name, lldb_name, plugin):
    """Somebody stops the process while a step waits for its end: the step is over, and leaves nothing behind."""
    commands = [("interrupted go-finish", 1, None, None)]
    [(_, _, answer, breakpoints, _)] = host(go_name, lldb_name, plugin, ["laps", "1000000"], commands)
    there = answer.get("state") == "stopped" and answer.get("reason") == "other" and "SIGSTOP" in (answer.get("stop") or "")
    return [] if there and breakpoints == 2 else [f"{breakpoints} breakpoints, 2 before the step: {answer}"]


def adapter(go_name, lldb_name, plugin):
    lldb = toolchain.lldb(lldb_name)
    if not lldb.dap:
        raise toolchain.Missing(f"lldb {lldb_name}: has no debug adapter")
    built = fixture_of(go_name)
    first = lines(built)["lap"]
    places = []  # the first is behind the call of exchange(), where its line has no more code
    with DapClient(lldb.dap, lldb.env(NO_COLOR="1")) as client:
        # LLDB 16 and newer read no lines of Go 1.15 without the bridge.
        thread = client.launch_to(
            "main.exchange", program=str(built.binary), args=["laps", "1000000", "alone"],
            initCommands=[f'plugin load "{plugin}"'], preRunCommands=["go-bridge on"],
        )  # fmt: skip
        client.request("setFunctionBreakpoints", {"breakpoints": []})
        for command in ("go-finish", "go-next", "go-next", "go-next --count 2"):
            client.evaluate("`" + command, thread)
            # The adapter reports every thread that stood at one of the step's breakpoints, and says which one to look at. It
            # may choose wrongly among several, so nobody else runs the code here.
            focus = lambda m: m["type"] == "event" and m["event"] == "stopped" and not m["body"].get("preserveFocusHint")
            thread = client.wait(focus, f"a stop after {command}")["body"]["threadId"]
            frame = client.request("stackTrace", {"threadId": thread, "levels": 1})["stackFrames"][0]
            places.append(frame["line"] - first)
    return [] if places == [4, 5, 6, 8] else [f"lines of lap(): {places}"]


def cases(go, lldb, plugin):
    for g, l in toolchain.spread(go, lldb):
        title = f"[go{g} lldb{l}]"
        yield f"a goroutine that changes threads {title}", lambda g=g, l=l: moving(g, l, plugin)
        yield f"a goroutine in a crowd {title}", lambda g=g, l=l: crowded(g, l, plugin)
        yield f"breakpoints of the user in a crowd {title}", lambda g=g, l=l: others_breakpoints(g, l, plugin)
        yield f"calls, panics, recursion, the end {title}", lambda g=g, l=l: script(g, l, plugin)
        yield f"inlined calls {title}", lambda g=g, l=l: inlined(g, l, plugin)
        yield f"interrupted {title}", lambda g=g, l=l: interrupted(g, l, plugin)
        yield f"debug adapter {title}", lambda g=g, l=l: adapter(g, l, plugin)
