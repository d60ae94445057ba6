"""Builds a Go program for one Go version and one kind of build, and finds its markers.

    python3 tests/support/fixture.py examples/stacks 1.24 pie      prints the binary's path

A binary is kept in the cache under a key of everything that went into it.
"""
import fcntl
import functools
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import toolchain

# The flags of each kind of build. "cgo" says whether C is compiled in where the program has any.
KINDS = {
    "opt": [],
    "noopt": ["-gcflags=-N -l"],
    "pie": ["-buildmode=pie"],
    "stripped": ["-ldflags=-s -w"],
    "nodwarf": ["-ldflags=-w"],
    "nocompress": ["-ldflags=-compressdwarf=false"],
    "trimpath": ["-trimpath"],
    "noswissmap": [],
}
# What a kind needs besides flags. Swiss maps can be turned off in Go 1.24 and 1.25.
ENVIRONMENT = {"noswissmap": {"GOEXPERIMENT": "noswissmap"}}
# Stripping changes nothing in the code, so names are taken from a binary that was not stripped.
TWIN = {"stripped": "opt"}


class BuildError(Exception):
    pass


class NoMarker(Exception):
    pass


@dataclass(frozen=True)
class Fixture:
    source: Path
    go: toolchain.Go
    kind: str
    binary: Path
    symbols: Path  # the same code with a symbol table

    def address(self, marker):
        """The file address of a marker: a function (its first instruction), f.abi0 (where
        that is another one), function+0x12, or the name in a "// STOP: name" comment (the first instruction of that line)."""
        name, plus, offset = marker.partition("+0x")
        functions, stops = _index(self.symbols, self.source, self.go)
        if name in stops:
            at = stops[name]
        else:
            # The assembler's half of a function is called f.abi0, or f where there is only one.
            spellings = (name, name + ".abi0", name[: -len(".abi0")] if name.endswith(".abi0") else name)
            at = next((functions[s] for s in spellings if s in functions), None)
        if at is None:
            raise NoMarker(f"{self.source.name} has no function and no STOP comment {name!r} ({self.go.name}, {self.kind})")
        return at + (int(offset, 16) if plus else 0)


def _uses_cgo(source):
    return any(re.search(r'^import "C"', path.read_text(), re.M) for path in source.glob("*.go"))


def _flags(source, go, kind):
    """From Go 1.23 on the linker refuses names of the runtime that it does not know of, unless it is told not to check."""
    flags = KINDS[kind]
    uses_linkname = any(re.search(r"^//go:linkname \w+ runtime\.", path.read_text(), re.M) for path in source.glob("*.go"))
    if not uses_linkname or go.version < (1, 23):
        return flags
    ldflags = [f.partition("=")[2] for f in flags if f.startswith("-ldflags=")]
    return [f for f in flags if not f.startswith("-ldflags=")] + ["-ldflags=" + " ".join(ldflags + ["-checklinkname=0"])]


def _key(source, go, flags):
    digest = hashlib.sha256()
    for path in sorted(source.iterdir()):
        if path.suffix in (".go", ".s", ".h", ".c", ".mod"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    release = (go.root / "VERSION").read_text() if (go.root / "VERSION").exists() else ""
    # The folder's path ends up in the binary (file names), so it belongs to the key.
    digest.update(json.dumps([str(source), str(go.root), release, go.environment()["GOFLAGS"], flags]).encode())
    return digest.hexdigest()[:24]


@contextmanager
def _locked(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(source, go, kind):
    if kind not in KINDS:
        raise BuildError(f"no kind of build is called {kind!r}: {', '.join(KINDS)}")
    cgo = _uses_cgo(source)
    more = ENVIRONMENT.get(kind, {})
    wanted = _flags(source, go, kind)
    flags = wanted + ([] if cgo else ["cgo=0"]) + [f"{name}={value}" for name, value in more.items()]
    folder = toolchain.CACHE / "fixtures" / _key(source, go, flags)
    binary = folder / source.name
    with _locked(toolchain.CACHE / "fixtures" / "locks" / folder.name):
        if not binary.exists():
            folder.mkdir(parents=True, exist_ok=True)
            fresh = folder / "fresh"
            done = subprocess.run(
                [go.command, "build", "-o", fresh, *wanted, "."],
                cwd=source,
                env=go.environment(CGO_ENABLED="1" if cgo else "0", **more),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            if done.returncode != 0:
                raise BuildError(f"{source.name} with Go {go.name}, {kind}: {done.stdout}{done.stderr}")
            fresh.rename(binary)
        os.utime(folder)  # used now: the cache drops what was used longest ago
    return binary


@functools.lru_cache(maxsize=None)
def build(source, go, kind):
    """`source` is a folder below the checkout, "examples/stacks"."""
    folder = (toolchain.CHECKOUT / source).resolve()
    if not (folder / "go.mod").exists():
        raise BuildError(f"{source}: no Go program there")
    binary = _build(folder, go, kind)
    symbols = binary
    if kind in TWIN:
        symbols = _build(folder, go, TWIN[kind])
        if text_section(binary) != text_section(symbols):
            raise BuildError(f"{source} with Go {go.name}: the {kind} build is laid out differently from the {TWIN[kind]} build")
    return Fixture(folder, go, kind, binary, symbols)


@functools.lru_cache(maxsize=None)
def listing(built):
    """What -gcflags=-S prints for the same build: every instruction with its symbolic operands."""
    kept = built.binary.parent / "listing"
    with _locked(built.binary.parent / "lock"):
        if not kept.exists():
            flags = " ".join(["-S"] + [f.partition("=")[2] for f in KINDS[built.kind] if f.startswith("-gcflags=")])
            others = [f for f in KINDS[built.kind] if not f.startswith("-gcflags=")]
            done = subprocess.run(
                [built.go.command, "build", "-o", "/dev/null", *others, f"-gcflags={flags}", "."],
                cwd=built.source,
                env=built.go.environment(CGO_ENABLED="1" if _uses_cgo(built.source) else "0"),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            if done.returncode != 0:
                raise BuildError(f"-S of {built.source.name}: {done.stderr[-500:]}")
            kept.write_text(done.stdout + done.stderr)
    return kept.read_text()


@functools.lru_cache(maxsize=None)
def build_c(source):
    """A C program, for what a debugger of Go says of it."""
    path = toolchain.CHECKOUT / source
    key = hashlib.sha256(path.read_bytes()).hexdigest()[:24]
    binary = toolchain.CACHE / "fixtures" / key / path.stem
    with _locked(toolchain.CACHE / "fixtures" / "locks" / key):
        if not binary.exists():
            binary.parent.mkdir(parents=True, exist_ok=True)
            done = subprocess.run(["cc", "-g", "-o", binary, path], stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if done.returncode != 0:
                raise BuildError(f"{source}: {done.stderr}")
    return binary


def text_section(path):
    """Address and size of .text. Where data lies may differ between twins, so the bytes do."""
    data = Path(path).read_bytes()
    offset, size, count, names = struct.unpack_from("<Q", data, 40) + struct.unpack_from("<HHH", data, 58)
    section = lambda i: struct.unpack_from("<IIQQQQ", data, offset + i * size)
    strings = section(names)[4]
    for i in range(count):
        name, _, _, address, _, length = section(i)
        if data[strings + name : data.index(b"\0", strings + name)] == b".text":
            return address, length
    raise BuildError(f"{path}: no .text section")


def _tool(go, *arguments):
    done = subprocess.run(
        [go.command, "tool", *arguments], env=go.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise BuildError(f"go tool {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


@functools.lru_cache(maxsize=None)
def _index(binary, source, go):
    """Function addresses and STOP addresses, kept beside the binary."""
    kept = binary.parent / "stops.json"
    with _locked(binary.parent / "lock"):
        if not kept.exists():
            functions = {}
            for line in _tool(go, "nm", binary).splitlines():
                found = re.match(r"\s*([0-9a-f]+)\s+[Tt]\s+(.+)$", line)
                if found:
                    functions.setdefault(found[2], int(found[1], 16))
            wanted = dict(_stop_comments(source))
            stops = {}
            if wanted:
                line = re.compile(r"\s*([\w.]+):(\d+)\s+0x([0-9a-f]+)\s")
                listing = _tool(go, "objdump", "-s", r"^main\.", binary)
                for found in filter(None, map(line.match, listing.splitlines())):
                    name = wanted.get((found[1], int(found[2])))
                    if name:
                        stops[name] = min(stops.get(name, 1 << 64), int(found[3], 16))
                if len(stops) < len(wanted.values()):
                    stops = _stops_by_binutils(binary, wanted)
            fresh = kept.with_suffix(".fresh")
            fresh.write_text(json.dumps([functions, stops]))
            fresh.rename(kept)
    functions, stops = json.loads(kept.read_text())
    return functions, stops


def _stops_by_binutils(binary, wanted):
    """Go's own objdump knows no lines of a PIE up to Go 1.19; there DWARF does."""
    done = subprocess.run(["objdump", "--dwarf=decodedline", binary], capture_output=True, text=True)
    stops = {}
    for found in re.finditer(r"^(?:\S*/)?([\w.]+) +(\d+) +0x([0-9a-f]+)", done.stdout, re.M):
        name = wanted.get((found[1], int(found[2])))
        if name:
            stops[name] = min(stops.get(name, 1 << 64), int(found[3], 16))
    return stops


def _stop_comments(source):
    for path in sorted(source.iterdir()):
        if path.suffix in (".go", ".s"):
            for number, text in enumerate(path.read_text().splitlines(), 1):
                found = re.search(r"// STOP: (\w+)$", text)
                if found:
                    yield (path.name, number), found[1]


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    source, go, kind = sys.argv[1:]
    print(build(source, toolchain.go(go), kind).binary)


if __name__ == "__main__":
    main()
