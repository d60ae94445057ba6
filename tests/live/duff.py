"""go-duff on programs that run with other threads, on blocks of every size, and against the compiler's listing."""
import hashlib
import json
import re
import subprocess
import tempfile
from pathlib import Path

import duff_listing
import fixture
import python_host
import toolchain
from dap_client import DapClient

HOST = Path(__file__).parent.parent / "support" / "lldb_duff.py"
STOPS = 4


def host(go_name, lldb_name, plugin, *arguments, stdin=None, program=None):
    lldb = python_host.lldb_with_python(lldb_name)
    program = program or fixture.build("examples/duff", toolchain.go(go_name), "opt").binary
    done = subprocess.run(
        [lldb.python, str(HOST), str(program), str(plugin), *arguments],
        env=lldb.env(), input=stdin if stdin is not None else "", capture_output=True, text=True, timeout=150,
    )  # fmt: skip
    return python_host.answer(done)


def contiguous(events, first, size):
    """The stores of a step are the range, in order, without gap or overlap."""
    at = first
    left = size
    for event in events:
        for write in event["writes"]:
            if int(write["address"], 16) != at or write["value"] != "0x0":
                return False
            at += write["size"]
            left -= write["size"]
        if event["remaining"] != left:
            return False
    return left == 0 and events[-1]["instruction"] == "RET"


def laps(go_name, lldb_name, plugin):
    answer, wrong = host(go_name, lldb_name, plugin, "laps", str(STOPS))
    if wrong:
        return [wrong]
    problems = []
    if len(answer["stops"]) != STOPS:
        problems.append(f"{len(answer['stops'])} stops instead of {STOPS}")
    for i, stop in enumerate(answer["stops"]):
        site = (stop.get("explained", {}).get("sites") or [{}])[0]
        if site.get("function") != "main.lap" or site.get("bytes") != 192 or site["state"]["where"] != "inside" or site["state"]["done"] != 0:
            problems.append(f"stop {i}: {stop}")
            continue
        stepped = stop["stepped"]
        if stepped["state"] != "stopped" or stepped.get("function") != "main.lap" or stepped["reason"]:
            problems.append(f"stop {i}: ended as {json.dumps(stepped)[-300:]}")
        elif not contiguous(stepped["events"], int(site["destination"]["first"], 16), 192):
            problems.append(f"stop {i}: stores are {stepped['events']}")
        if stop["left_behind"] != 0:
            problems.append(f"stop {i}: {stop['left_behind']} breakpoints are left behind")
        after = stop["after"]["sites"][0]
        if after["state"]["where"] != "after" or after["destination"] != site["destination"]:
            problems.append(f"stop {i}: afterwards it says {after}")
    return problems


def disturbed(go_name, lldb_name, plugin, how):
    answer, wrong = host(go_name, lldb_name, plugin, how)
    if wrong:
        return [wrong]
    problems, cut = [], 0
    for ok, output, error, seconds in answer["answers"]:
        if seconds > 20:
            problems.append(f"it took {seconds:.0f} s")
        if not ok:
            # It was gone before the step began, or between two instructions of it.
            if how != "kill":
                problems.append(error)
            cut += 1
            continue
        ended = json.loads(output)
        cut += ended["state"] == "exited" or bool(ended["reason"])
        if ended["state"] == "stopped" and not ended["reason"] and ended["events"][-1]["instruction"] != "RET":
            problems.append(f"stopped for no reason: {output[-300:]}")
    # An interrupt while the process stands between two instructions comes to nothing.
    if cut == 0 and how != "interrupt":
        problems.append("nothing came in between: nothing was shown")
    if how == "interrupt" and (answer["state"] != 5 or answer["breakpoints"] != 2):
        problems.append(f"state {answer['state']}, {answer['breakpoints']} breakpoints instead of the two that were there")
    if answer["version"] is None:
        problems.append("the debugger does not answer any more")
    return problems


def adapter(go_name, lldb_name, plugin):
    """In a debug console the command returns at once and prints when the routine is done."""
    lldb = toolchain.lldb(lldb_name)
    if not lldb.dap:
        raise toolchain.Missing(f"lldb {lldb_name}: has no debug adapter")
    built = fixture.build("examples/duff", toolchain.go(go_name), "opt")
    heard = []
    with DapClient(lldb.dap, lldb.env(NO_COLOR="1")) as client:
        thread = client.launch_to(
            "main.returnMax",
            program=str(built.binary),
            args=[],
            initCommands=[f'plugin load "{plugin}"'],
            preRunCommands=["go-bridge on"],
        )
        client.evaluate("`go-duff step", thread)

        def told(message):
            if message["type"] == "event" and message["event"] == "output":
                heard.append(message["body"]["output"])
            return "RET" in "".join(heard) and "now at main.returnMax" in "".join(heard)

        client.wait(told, "the report of the step")
        client.send("disconnect", {"terminateDebuggee": True})
    text = "".join(heard)
    stores = len(re.findall(r"MOVUPS X\d+, ", text))
    return [] if stores == 5 else [f"{stores} stores in: {text[-600:]}"]


SIZES = sorted({*range(16, 300), *range(304, 1100, 16), *range(1015, 1040), *range(1400, 1420), *range(1421, 2049, 97), 1500, 2047, 2048})


def sizes_program(go, sizes):
    """Clears and copies of every size; built once."""
    source = ["package main", ""]
    for n in sizes:
        source += [
            "//go:noinline", f"func zero{n}(p *[{n}]byte) {{ *p = [{n}]byte{{}} }}", "//go:noinline", f"func copy{n}(p *[{n}]byte) (r [{n}]byte) {{ return *p }}", "",
        ]  # fmt: skip
    source += ["func main() {"] + [f"\t{{ var a [{n}]byte; zero{n}(&a); b := copy{n}(&a); println(b[0]) }}" for n in sizes] + ["}", ""]
    text = "\n".join(source)
    key = hashlib.sha256((text + go.name).encode()).hexdigest()[:24]
    folder = toolchain.CACHE / "fixtures" / key
    if not (folder / "listing").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "main.go").write_text(text)
        (folder / "go.mod").write_text("module sizes\n\ngo 1.15\n")
        done = subprocess.run(
            [go.command, "build", "-gcflags=-S", "-o", "sizes", "."], cwd=folder, env=go.environment(CGO_ENABLED="0"),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode != 0:
            raise fixture.BuildError(done.stderr[-500:])
        (folder / "listing").write_text(done.stderr)
    return folder


def covered(sites, name):
    """What the sites of a function write of one variable, as offsets in it."""
    out = set()
    for site in sites:
        match = re.fullmatch(re.escape(name) + r"(?:\+(0x[0-9a-f]+))?", site["destination"]["name"] or "")
        if match and site["bytes"]:
            start = int(match[1] or "0", 16)
            out.update(range(start, start + site["bytes"]))
    return out


def sizes(go_name, lldb_name, plugin):
    go = toolchain.go(go_name)
    folder = sizes_program(go, SIZES)
    names = [f"main.{what}{n}" for n in SIZES for what in ("zero", "copy")]
    answer, wrong = host(go_name, lldb_name, plugin, "list", stdin="\n".join(names), program=folder / "sizes")
    if wrong:
        return [wrong]
    problems = []
    old = toolchain.go(go_name).version < (1, 26)
    for n in SIZES:
        # Up to 1.25 an odd head of at most 8 bytes is stored by other instructions.
        missing = set(range(n)) - covered(answer[f"main.zero{n}"], "*p")
        beyond = covered(answer[f"main.zero{n}"], "*p") - set(range(n))
        if beyond or len(missing) > (8 if old else 0):
            problems.append(f"zero{n}: {len(missing)} bytes missing, {len(beyond)} too many: {answer[f'main.zero{n}']}")
        copied = sum(s["bytes"] or 0 for s in answer[f"main.copy{n}"] if s["source"])
        # Distinct bytes of each device; heads overlap what follows them.
        if not n - (15 if old else 8 if n > 1408 else 0) <= copied <= n + 16:
            problems.append(f"copy{n}: {copied} bytes are copied: {answer[f'main.copy{n}']}")
    listed = duff_listing.of_listing((folder / "listing").read_text().splitlines(), toolchain.go(go_name).version)
    listed = {name.replace("sizes.", "main.", 1) if name.startswith("sizes.") else name: bodies for name, bodies in listed.items()}
    found = {name: [s for s in found if s["device"].startswith("duff")] for name, found in answer.items()}
    same, different = duff_listing.compare(
        {name: bodies for name, bodies in listed.items() if name in answer}, {k: v for k, v in found.items() if v}, duff_listing.symbols(folder / "sizes"),
    )  # fmt: skip
    if old and same < len(SIZES) / 4:
        problems.append(f"only {same} calls were compared")
    return (problems + different)[:10]


def walked(go_name, lldb_name, plugin):
    """At every instruction: as many bytes as it says are done are so in memory."""
    wanted = [17, 80, 200, 272, 592, 1024, 1500]
    assert set(wanted) <= set(SIZES)
    names = [f"main.{what}{n}" for n in wanted for what in ("zero", "copy")]
    folder = sizes_program(toolchain.go(go_name), SIZES)
    answer, wrong = host(go_name, lldb_name, plugin, "walk", stdin="\n".join(names), program=folder / "sizes")
    if wrong:
        return [wrong]
    problems = [f"{name}: {found['wrong']}" for name, found in answer.items() if found["wrong"]]
    for name, found in answer.items():
        size = int(re.sub(r"\D", "", name))
        repeated = size > 1408  # a processor may do all of REP in one step
        if found["inside"] < (1 if size < 64 or repeated else 4 if size < 192 else 12):
            problems.append(f"{name}: only {found['inside']} stops inside")
    return problems


def has_duff(version):
    try:
        return toolchain.go(version).version < (1, 26)
    except toolchain.Missing:
        return False


def cases(go, lldb, plugin):
    for version in go:
        yield f"blocks of every size [go{version}]", lambda version=version: sizes(version, lldb[-1], plugin)
        yield f"memory at every instruction [go{version}]", lambda version=version: walked(version, lldb[-1], plugin)
    duff = [version for version in go if has_duff(version)]
    if not duff:
        return
    for version in lldb:
        title = f"[go{duff[-1]} lldb{version}]"
        yield f"routines stepped beside others {title}", lambda version=version: laps(duff[-1], version, plugin)
        yield f"a signal in a routine {title}", lambda version=version: disturbed(duff[-1], version, plugin, "signal")
        yield f"interrupted in a routine {title}", lambda version=version: disturbed(duff[-1], version, plugin, "interrupt")
        yield f"killed in a routine {title}", lambda version=version: disturbed(duff[-1], version, plugin, "kill")
        yield f"debug console {title}", lambda version=version: adapter(duff[-1], version, plugin)
    for version in duff[:-1]:
        yield f"debug console [go{version} lldb{lldb[-1]}]", lambda version=version: adapter(version, lldb[-1], plugin)
