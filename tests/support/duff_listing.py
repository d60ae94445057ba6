"""Calls of Duff's device as the compiler lists them, beside those that go-duff finds.

    python3 tests/support/duff_listing.py build/liblldb-go.so 1.24 cmd/go [LISTING BINARY]

builds the package and all it needs with -gcflags=all=-S (minutes, and some gigabytes in a folder of its own) and compares
offset and bytes of every call; prints the counts. With a listing and a binary that were made so before, it takes these.

With --inline N before the plugin: N places that are cleared or copied inline, drawn by chance, are executed on paper from
the listing: they must be of one source line, and write as many bytes."""
import bisect
import json
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import toolchain

_PACKAGE = re.compile(r"^# (\S+)")
_FUNCTION = re.compile(r"^(\S.*?) STEXT\w* .*?size=(\d+)")
_CALL = re.compile(r"^\t(0x[0-9a-f]+) \d+ \(.*?\)\t(DUFFZERO|DUFFCOPY)\t\$(\d+)$")
# MOVQ BP,-16(SP); LEAQ -16(SP),BP: the listing has one instruction for these and the call.
_BEFORE_CALL = 10


def bytes_of(device, offset, go):
    """What the compiler wanted, from the offset alone (cmd/compile/internal/amd64/ssa.go duffStart)."""
    if device == "duffcopy":
        return (64 - offset // 14) * 16
    block, store = (19, 4) if go < (1, 17) else (23, 5)
    blocks, rest = divmod(offset, block)
    if rest == 0:
        return (16 - blocks) * 64
    # Back over the LEAQ and so many stores.
    stores = (block - rest - 4) / store
    assert stores in (1, 2, 3), offset
    return (16 - blocks - 1) * 64 + int(stores) * 16


def of_listing(lines, go):
    """{function: {(offset of the call, device, entry, bytes)}}; and where a name was listed twice, all of them."""
    found, package, function = {}, "", ""
    for line in lines:
        if match := _PACKAGE.match(line):
            package = match[1]
        elif match := _FUNCTION.match(line):
            function = match[1].replace('"".', package + ".")
            for suffix in ("<ABIInternal>", "<0>", "<1>"):
                function = function.replace(suffix, "")
            found.setdefault(function, [])
            found[function].append(set())
        elif match := _CALL.match(line):
            device = match[2].lower()
            found[function][-1].add((int(match[1], 16) + _BEFORE_CALL, device, int(match[3]), bytes_of(device, int(match[3]), go)))
    return found


def of_go_duff(lldb, plugin, binary):
    """{function: [(offset of the call, device, entry, bytes)]}, and entries of functions by address."""
    text = command(lldb, plugin, binary, "go-duff list --all --json")
    found = {}
    for site in json.loads(text)["sites"]:
        if site["device"].startswith("duff"):
            found.setdefault(site["function"], []).append(site)
    return found


def command(lldb, plugin, binary, line):
    done = subprocess.run(
        [lldb.command, "--no-lldbinit", "-b", "-o", f'plugin load "{plugin}"', "-o", f'target create "{binary}"', "-o", line],
        env=lldb.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    for text in done.stdout.splitlines():
        if text.startswith("{"):
            return text
    raise RuntimeError(done.stdout[-500:] + done.stderr[-500:])


def symbols(binary):
    """Addresses of functions by name."""
    done = subprocess.run(["nm", str(binary)], capture_output=True, text=True, check=True)
    found = {}
    for line in done.stdout.splitlines():
        address, kind, name = line.split(None, 2)
        if kind in "tT":
            found.setdefault(name, []).append(int(address, 16))
    return found


def compare(listed, sites, addresses, main="main"):
    """Counts, and what differs. Functions that the linker dropped are in the listing only."""
    problems, same = [], 0
    plain = lambda name: name.replace("%2e", ".")
    entries = {}
    for name, at in addresses.items():
        entries.setdefault(plain(name), []).extend(at)
    by_name = {}
    for name, bodies in listed.items():
        by_name.setdefault(plain(name), []).extend(bodies)
    for function, found in sites.items():
        wanted = [body for body in by_name.get(plain(function), []) if body]
        starts = entries.get(plain(function), [])
        if not wanted or not starts:
            problems.append(f"{function}: {len(found)} calls that the compiler does not list")
            continue
        for start in starts:
            here = {(int(s["address"], 16) - start, s["device"], s["offset"], s["bytes"]) for s in found}
            if here in wanted:
                same += len(here)
                break
        else:
            problems.append(f"{function}: {sorted(here)} instead of {[sorted(w) for w in wanted]}")
    for function, bodies in by_name.items():
        if any(bodies) and function in entries and function not in {plain(s) for s in sites}:
            problems.append(f"{function}: its calls are not found: {[sorted(b) for b in bodies]}")
    return same, problems


_INSTRUCTION = re.compile(r"^\t(0x[0-9a-f]+) \d+ \((.*?)\)\t([A-Z]\w*)(?:\t(.*))?$")
_PLACE = re.compile(r"^(.*?)([+-]?\d+)?\((\w+)\)$")


def bodies(lines, wanted):
    """{(function, size): [[(offset, line, mnemonic, operands)]]} of the wanted functions."""
    found, body = {}, None
    for line in lines:
        if match := _FUNCTION.match(line):
            key = match[1], int(match[2])
            body = None
            if key in wanted:
                body = []
                found.setdefault(key, []).append(body)
        elif body is not None and (match := _INSTRUCTION.match(line)):
            if match[3] not in ("PCDATA", "FUNCDATA", "TEXT"):
                body.append((int(match[1], 16), match[2], match[3], (match[4] or "").split(", ")))
    return found


def written(code, start, end):
    """Distinct bytes that the instructions in [start, end) of a listing write, and the lines they are of."""
    inside = [i for i in code if start <= i[0] < end]
    lines = {line for _, line, mnemonic, _ in inside if mnemonic != "NOP" and not mnemonic.startswith("XCHG")}
    moved, counters, out, at, steps, last = {}, {}, set(), 0, 0, None
    while at < len(inside) and steps < 10000:
        offset, _, mnemonic, operands = inside[at]
        at, steps = at + 1, steps + 1
        if mnemonic == "MOVUPS" and operands[1].endswith(")"):
            symbol, displacement, register = _PLACE.match(operands[1]).groups()
            # A name of the frame stands for SP, which does not move here.
            first = int(displacement or 0) + moved.get(register, 0)
            key = symbol if register in ("SB", "FP") else ""
            out.update((register, key, byte) for byte in range(first, first + 16))
        elif mnemonic == "MOVL" and operands[0].startswith("$"):
            counters[operands[1]] = int(operands[0][1:])
        elif mnemonic == "ADDQ" and operands[0].startswith("$"):
            moved[operands[1]] = moved.get(operands[1], 0) + int(operands[0][1:])
        elif mnemonic == "DECL" and operands[0] in counters:
            counters[operands[0]] -= 1
            last = counters[operands[0]]
        elif mnemonic == "JNE" and last is not None:
            if last != 0:
                at = next(i for i, other in enumerate(inside) if other[0] == int(operands[0]))
        elif mnemonic not in ("MOVUPS", "NOP", "XCHGL", "XCHGW"):
            return None, lines | {f"{mnemonic} at {offset:#x}"}
    return len(out), lines


def check_inline(sites, listing, binary, main, count):
    """The linker renames some closures of Go 1.27: only a body of the same name and size is the same function."""
    done = subprocess.run(["nm", "-S", str(binary)], capture_output=True, text=True, check=True)
    rows = [line.split(None, 3) for line in done.stdout.splitlines()]
    by_address = sorted((int(row[0], 16), row[3], int(row[1], 16)) for row in rows if len(row) == 4 and row[2] in "tT")

    def function(site):
        """Names it may be listed by, and where it starts."""
        at = int(site["address"], 16)
        start, name, size = by_address[bisect.bisect_right(by_address, (at, "\x7f")) - 1]
        return [(n, size) for n in (name, name.replace("main.", main + ".", 1) if name.startswith("main.") else name)], start

    chosen = random.Random(20).sample(sites, min(count, len(sites)))
    with open(listing, errors="replace") as lines:
        code = bodies(lines, {key for s in chosen for key in function(s)[0]})
    same, unknown, problems = 0, 0, []
    for site in chosen:
        keys, start = function(site)
        begin, end = (int(site[k], 16) - start for k in ("address", "end"))
        answers = [written(body, begin, end) for key in keys for body in code.get(key, [])]
        if any(found == site["bytes"] and len(lines) == 1 for found, lines in answers):
            same += 1
        elif not answers:
            unknown += 1
        else:
            problems.append(f"{keys[0][0]}+{begin:#x}: {site['device']} {site['bytes']} bytes; the listing: {answers}")
    return same, unknown, problems


def build(go, package, work):
    binary, listing = work / "binary", work / "listing"
    with open(listing, "wb") as out:
        subprocess.run(
            [go.command, "build", "-a", "-p", "2", "-gcflags=all=-S", "-o", binary, package],
            env=go.environment(CGO_ENABLED="0", GOCACHE=str(work / "cache"), GO111MODULE="on"),
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, check=True,
        )  # fmt: skip
    return listing, binary


def main():
    arguments = sys.argv[1:]
    inline = int(arguments[1]) if arguments[0] == "--inline" else 0
    plugin, version, package, *made = arguments[2 if inline else 0 :]
    go, lldb = toolchain.go(version), toolchain.lldb("19")
    with tempfile.TemporaryDirectory() as work:
        listing, binary = map(Path, made) if made else build(go, package, Path(work))
        if inline:
            all_sites = json.loads(command(lldb, plugin, binary, "go-duff list --all --json"))["sites"]
            sites = [s for s in all_sites if s["device"] in ("inline-zero", "inline-copy")]
            same, unknown, problems = check_inline(sites, listing, binary, package, inline)
            print(f"{package} of Go {version}: of {len(sites)} inline places {min(inline, len(sites))} are drawn: {same} are as the listing has "
                  f"them, {len(problems)} are not, {unknown} lie in functions that the linker has renamed")
            for problem in problems[:20]:
                print("  " + problem[:300])
            sys.exit(bool(problems))
        number = tuple(int(part) for part in version.split(".")[:2])
        with open(listing, errors="replace") as lines:
            listed = of_listing(lines, number)
        if package == "cmd/go" or package.startswith("cmd/"):
            listed = {name.replace(package + ".", "main.", 1) if name.startswith(package + ".") else name: v for name, v in listed.items()}
        same, problems = compare(listed, of_go_duff(lldb, plugin, binary), symbols(binary))
    print(f"{package} of Go {version}: {same} calls as the compiler lists them, {len(problems)} functions differ")
    for problem in problems[:20]:
        print("  " + problem[:300])
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
