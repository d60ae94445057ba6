"""Calls of Duff's device as the compiler lists them, beside those that go-duff finds.

    python3 tests/support/duff_listing.py build/liblldb-go.so 1.24 cmd/go [LISTING BINARY]

builds the package and all it needs with -gcflags=all=-S (minutes, and some gigabytes in a folder of its own) and compares
offset and bytes of every call; prints the counts. With a listing and a binary that were made so before, it takes these."""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import toolchain

_PACKAGE = re.compile(r"^# (\S+)")
_FUNCTION = re.compile(r"^(\S.*?) STEXT\w* ")
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
    plugin, version, package, *made = sys.argv[1:]
    go, lldb = toolchain.go(version), toolchain.lldb("19")
    with tempfile.TemporaryDirectory() as work:
        listing, binary = map(Path, made) if made else build(go, package, Path(work))
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
