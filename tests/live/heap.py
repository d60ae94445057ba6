"""go-where against what the runtime of the program says of ten thousand addresses (runtime.findObject), and go-wb against the
pointer stores that the program has printed."""
import json
import subprocess
import tempfile
from pathlib import Path

import core_file
import fixture
import python_host
import runner
import toolchain

HOST = Path(__file__).parent.parent / "support" / "heap_host.py"


def run(go_name, lldb_name, plugin, example, kind, stop, arguments, environment, commands, timeout=120):
    lldb = python_host.lldb_with_python(lldb_name)
    built = fixture.build(example, toolchain.go(go_name), kind)
    if kind == "stripped":
        name, _, offset = stop.partition("+0x")
        stop = hex(built.address(name) + int(offset or "0", 16))
    words = [json.dumps(part) for part in (arguments, environment, commands)]
    return python_host.answer(python_host.run(lldb, HOST, built.binary, plugin, stop, *words, timeout=timeout))


def where(go_name, lldb_name, plugin, kind):
    answer, wrong = run(go_name, lldb_name, plugin, "tests/fixtures/heap", kind, "main.marker", [], {"GODEBUG": "invalidptr=0"}, ["go-where --json @addresses"])
    if wrong:
        return [wrong]
    shown = {}
    for command, succeeded, output in answer["answers"]:
        if not succeeded:
            return [f"{command[:60]}: {output[:300]}"]
        parsed = json.loads(output)
        if parsed.get("problems"):
            return [f"problems: {parsed['problems']}"]
        shown.update((a["address"], a) for a in parsed["addresses"])
    problems, objects, none, behind = [], 0, 0, 0
    for line in answer["stdout"].splitlines():
        truth, at, *words = line.split()
        words = [int(w, 16) for w in words]
        fact = shown[hex(int(at, 16))]
        heap = fact["object"] if fact["kind"] == "heap" and fact["object"]["base"] else None
        if truth == "object" and words[0] == 0:
            none += 1
            right = heap is None
        elif truth == "object":
            objects += 1
            if heap:
                right = [int(heap["base"], 16), int(heap["span"], 16), heap["index"]] == words
                right = right and fact["offset"] == int(at, 16) - words[0] < heap["size"]
            else:
                # From 1.22 on the last bytes of a span of small objects are bitmaps; findObject counts on as if they were objects.
                behind += 1
                right = fact["kind"] == "heap" and int(fact["object"]["span"], 16) == words[1]
                right = right and int(at, 16) % 8192 >= 8192 - 256 - 512 and toolchain.go(go_name).version >= (1, 22)
        elif truth == "own":
            # With a type in front, what the program sees starts behind it.
            right = heap and heap["allocated"] and int(heap["base"], 16) + heap["header"] == int(at, 16) and heap["size"] - heap["header"] >= words[0]
            if right and words[0] == 1600 and toolchain.go(go_name).version >= (1, 22):
                right = heap["type"] == "main.wide"
        else:
            right = fact["kind"] == "stack" and fact["goroutine"] == words[0] and fact["frame"] in ("main.parked", "main.main")
        if not right:
            problems.append(f"{line}: {fact}")
    if objects < 3000 or none < 1000 or behind > 200:
        problems.append(f"{objects} objects, {none} others, {behind} behind the last object")
    return problems[:5]


def records(text):
    """The two words of each store, in order, as the program has printed them."""
    out = []
    for line in text.splitlines():
        if line.startswith("record "):
            out += [("new", int(line.split()[2], 16) if line.split()[2] != "%!p(<nil>)" else 0), ("old", int(line.split()[3], 16))]
    return out


def check_buffer(go_name, text, buffers, problems):
    pairs = toolchain.go(go_name).version < (1, 21)
    told = records(text)
    # A value that is nil, or the address of a variable, needs no record from 1.21 on; a variable's address comes in a register here.
    wanted = told if pairs else [(role, word) for role, word in told if word != 0]
    ours = [b for b in buffers if b["goroutine"] == 1]
    if len(ours) != 1 or not ours[0]["entries"]:
        return problems.append(f"goroutine 1's P holds no buffer with words: {[(b['p'], b['used'], b['goroutine']) for b in buffers]}")
    entries = ours[0]["entries"]
    if len(entries) != ours[0]["used"]:
        problems.append(f"{len(entries)} entries, {ours[0]['used']} used")
    tail = wanted[-len(entries) :]
    for entry, (role, word) in zip(entries, tail):
        thing = entry["object"]
        right = int(entry["word"], 16) == word and entry["role"] == (role if pairs else "value")
        if word == 0:
            right = right and thing["kind"] == "nil"
        elif thing["kind"] == "heap":
            base, header = int(thing["base"], 16), thing["header"]
            right = right and base <= word < base + thing["size"] and thing["allocated"] and isinstance(thing["marked"], bool)
        else:
            right = right and thing["kind"] == "bss" and thing["symbol"] in ("main.global", None)
        if not right:
            problems.append(f"entry {entry} is not {role} {word:#x}")
    return None


def buffer(go_name, lldb_name, plugin, kind, processors):
    """The words behind the last store, and whether the state is what it must be there."""
    commands = ["go-wb --json", "go-wb buffer --json", "go-wb buffer --all --flushed --json"]
    # One store in some hundred fills the buffer: then it is empty, and says nothing.
    for _ in range(4):
        answer, wrong = run(go_name, lldb_name, plugin, "examples/writebarrier", kind, "main.marker", [processors], {}, commands)
        if wrong:
            return [wrong]
        for command, succeeded, output in answer["answers"]:
            if not succeeded:
                return [f"{command}: {output}"]
        status, selected, everything = [json.loads(output) for _, _, output in answer["answers"]]
        if selected["buffers"][0]["used"]:
            break
    problems = [f"problems: {p}" for a in (status, selected, everything) for p in a.get("problems", [])]
    if status["gc"]["enabled"] is not True or status["gc"]["phase"] != "mark":
        problems.append(f"the collector: {status['gc']}")
    if len(status["buffers"]) != int(processors):
        problems.append(f"{len(status['buffers'])} Ps")
    check_buffer(go_name, answer["stdout"], selected["buffers"], problems)
    for p in everything["buffers"]:
        flushed = [e for e in p["entries"] if e.get("flushed")]
        if len(p["entries"]) != 512 or len(flushed) != 512 - p["used"]:
            problems.append(f"P {p['p']}: {len(p['entries'])} entries, {len(flushed)} of them flushed")
    return problems[:5]


def core(go_name, lldb_name, plugin, kind):
    """The same in a core file that gdb has taken at the marker."""
    lldb = toolchain.lldb(lldb_name)
    built = fixture.build("examples/writebarrier", toolchain.go(go_name), kind)
    with tempfile.TemporaryDirectory() as folder:
        try:
            taken = core_file.gdb_core(built.binary, ["2"], {}, Path(folder), built.address("main.marker"))
        except core_file.NoCore as why:
            raise runner.Skip(str(why)) from None
        told = (Path(folder) / "stdout").read_text()
        done = subprocess.run(
            [lldb.command, "--no-lldbinit", "--batch", "-o", f'plugin load "{plugin}"', "-o", f'target create "{built.binary}" --core "{taken}"',
             "-o", "go-wb buffer --all --json"],
            env=lldb.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    answers = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if len(answers) != 1:
        return [done.stdout[-500:] + done.stderr[-500:]]
    said = json.loads(answers[0])
    problems = [f"problem: {p}" for p in said.get("problems", [])]
    if said["gc"]["phase"] != "mark" or said["gc"]["enabled"] is not True:
        problems.append(f"the collector: {said['gc']}")
    check_buffer(go_name, told, said["buffers"], problems)
    return problems[:5]


def explain(go_name, lldb_name, plugin):
    """Through the barrier of main.storeAll, instruction by instruction: what it records is what the program has printed."""
    steps = 160
    commands = ["go-wb explain --json", "go-wb buffer --json", "@step"] * steps
    answer, wrong = run(go_name, lldb_name, plugin, "examples/writebarrier", "opt", "main.storeAll", ["1"], {}, commands)
    if wrong:
        return [wrong]
    told = records(answer["stdout"])[-10:-2]
    pairs = toolchain.go(go_name).version < (1, 21)
    wanted = told if pairs else [(role, word) for role, word in told if word != 0]
    problems, full, met = [], 0, set()
    told_roles, reserved = 0, 0
    inside = False
    for command, succeeded, output in answer["answers"]:
        said = json.loads(output) if succeeded else {}
        if not command.startswith("go-wb buffer"):
            inside = said.get("function") == "main.storeAll"
        if not inside:
            continue
        if "buffers" in said:
            entries = said["buffers"][0]["entries"]
            # The words of the call that is being filled, or has just been.
            for entry, (role, word) in zip(entries[-len(wanted) :], wanted):
                if not pairs and entry.get("unwritten"):
                    reserved += 1
                elif not pairs and entry["role"] != "value":
                    told_roles += 1
                    if (entry["role"], int(entry["word"], 16)) != (role, word):
                        problems.append(f"{entry} is not {role} {word:#x}")
            continue
        for site in said["sites"]:
            if not site["here"]:
                continue
            if site["words"] != len(site["records"]) or not site["stores"]:
                problems.append(f"not decoded: {site}")
            values = [(r["role"], int(r["value"], 16)) for r in site["records"] if r["value"] is not None]
            allowed = [wanted[i : i + len(site["records"])] for i in range(0, len(wanted), len(site["records"]))] if pairs else [wanted]
            if not any(all(v in group for v in values) for group in allowed):
                problems.append(f"{site['address']}: {values}, wanted one of {allowed}")
            if len(values) == len(site["records"]):
                full += 1
                met.add(site["address"])
                if values not in allowed:
                    problems.append(f"{site['address']}: {values}, wanted one of {allowed}")
    if not pairs and (told_roles < 28 or reserved < 28):
        problems.append(f"{told_roles} roles told, {reserved} words known to be reserved")
    if full < 4 or len(met) != (4 if pairs else 1):
        problems.append(f"{full} full answers at {sorted(met)}")
    return problems[:5]


def stops(go_name, lldb_name, plugin):
    """At the barrier of one function, and at a flush, whose words are then in the buffer."""
    commands = ["go-wb break --function main.storeAll --json", "continue", "go-wb explain --json", "breakpoint delete go-wb", "go-wb break --flush --json", "@until runtime.wbBufFlush1", "go-bt --json", "go-wb break --json"]
    answer, wrong = run(go_name, lldb_name, plugin, "examples/writebarrier", "opt", "main.attempt", ["1"], {}, commands)
    if wrong:
        return [wrong]
    failed = [f"{command}: {output}" for command, succeeded, output in answer["answers"] if not succeeded]
    if failed:
        return failed
    function, _, at_call, _, flush, *_, stack, everywhere = [output for _, _, output in answer["answers"]]
    problems = []
    here = [site for site in json.loads(at_call)["sites"] if site["here"]]
    if not here or here[0]["function"] != "main.storeAll" or here[0]["flushes"] is None or any(r["value"] is None for r in here[0]["records"]):
        problems.append(f"at the barrier: {at_call}")
    if not all(b["function"] == "main.storeAll" for b in json.loads(function)["breakpoints"]):
        problems.append(function)
    frame = json.loads(stack)["stacks"][0]["frames"][0]
    if frame["function"] != "runtime.wbBufFlush1":
        problems.append(f"no flush: {frame} after {flush}")
    names = {b["function"] for b in json.loads(everywhere)["breakpoints"]}
    if not all(name.startswith("runtime.gcWriteBarrier") for name in names) or not names:
        problems.append(f"routines: {names}")
    return problems


def cases(go, lldb, plugin):
    for g in go:
        for l in lldb if g == go[-1] else lldb[-1:]:
            for kind in ("opt", "stripped", "pie") if l == lldb[-1] else ("opt",):
                yield f"ten thousand addresses [go{g} lldb{l} {kind}]", lambda g=g, l=l, k=kind: where(g, l, plugin, k)
            for processors in ("1", "4"):
                yield f"write barrier buffer, {processors} Ps [go{g} lldb{l} opt]", lambda g=g, l=l, n=processors: buffer(g, l, plugin, "opt", n)
            yield f"write barriers stop the process [go{g} lldb{l} opt]", lambda g=g, l=l: stops(g, l, plugin)
            yield f"write barrier explained [go{g} lldb{l} opt]", lambda g=g, l=l: explain(g, l, plugin)
        for kind in ("opt", "stripped"):
            yield f"write barrier buffer in a core file [go{g} lldb{lldb[-1]} {kind}]", lambda g=g, k=kind: core(g, lldb[-1], plugin, k)
        yield f"write barrier buffer, 2 Ps [go{g} lldb{lldb[-1]} stripped]", lambda g=g: buffer(g, lldb[-1], plugin, "stripped", "2")
