#!/usr/bin/env python3
"""Instruction text against `go tool objdump` of Go 1.27: every instruction of whole programs.

    tests/support/objdump_oracle.py --objdump build/tests/support/go-objdump [PROGRAM...]
    tests/support/objdump_oracle.py --objdump PATH --go 1.15,1.27 --build cmd/go,cmd/compile,crypto/sha256

--build compiles a command, or the tests of a package, with each Go. For each program it prints how many instructions are equal, how
many differ, how many of those for a reason that is objdump's own, and the first that differ for none. The exit code is 1 for these.
"""
import argparse
import collections
import os
import re
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import toolchain  # noqa: E402

NEWEST = "1.27"
# A sample of everything that has assembly or much of it, and code of every kind.
STANDARD_LIBRARY = (
    "runtime internal/bytealg math math/big math/bits crypto/aes crypto/elliptic crypto/md5 crypto/sha1 crypto/sha256 crypto/sha512 "
    "crypto/ed25519 crypto/ecdsa crypto/rsa crypto/tls hash/crc32 hash/maphash strings bytes sync/atomic reflect encoding/json "
    "net/http go/types compress/flate image/draw text/template"
).split()


def objdump():
    """The path of the newest Go's objdump; it is compiled on its first use."""
    go = toolchain.go(NEWEST)
    ready = go.root / "pkg" / "tool" / "linux_amd64" / "objdump"
    if ready.exists():
        return ready
    binary = toolchain.CACHE / f"objdump-{NEWEST}"
    if not binary.exists():
        fresh = binary.with_suffix(f".{os.getpid()}")
        subprocess.run([go.command, "build", "-o", fresh, "cmd/objdump"], env=go.environment(), cwd=go.root / "src" / "cmd",
                       stdin=subprocess.DEVNULL, check=True, timeout=600)  # fmt: skip
        fresh.rename(binary)
    return binary


def packages_of(name, go):
    """What a name of --build stands for."""
    if name == "std":
        return STANDARD_LIBRARY
    if name != "std/...":
        return [name]
    done = subprocess.run([go.command, "list", "-f", "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}", "std"],
                          env=go.environment(CGO_ENABLED="0", GO111MODULE="auto", GOFLAGS=""), cwd=go.root / "src",
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=True)  # fmt: skip
    return done.stdout.split()


def build(package, go, folder, cgo=False):
    """A command, or a package's tests."""
    binary = Path(folder) / f"{package.replace('/', '-')}-{go.name}"
    command = [go.command] + (["build"] if package.startswith("cmd/") else ["test", "-c"]) + ["-o", binary, package]
    env = go.environment(CGO_ENABLED="1" if cgo else "0", GO111MODULE="auto", GOFLAGS="")
    done = subprocess.run(command, env=env, cwd=go.root / "src", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1200)
    if done.returncode != 0 or not binary.exists():
        return None, done.stderr.strip()[:300]
    return binary, ""


def listing(command):
    """{(function, how many of that name came before): [line]}"""
    out, lines = {}, None
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            if line.startswith(b"TEXT "):
                name, n = line.rpartition(b"(SB) ")[0], 0
                while (name, n) in out:
                    n += 1
                lines = out[name, n] = []
            elif line != b"\n":
                lines.append(line)
    return out if process.returncode == 0 else None


def crowded(program):
    """Names of the symbols that share their address with others."""
    data = Path(program).read_bytes()
    (shoff,) = struct.unpack_from("<Q", data, 0x28)
    shentsize, shnum = struct.unpack_from("<HH", data, 0x3A)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + i * shentsize) for i in range(shnum)]
    at = collections.defaultdict(set)
    for section in sections:
        if section[1] != 2:  # SHT_SYMTAB
            continue
        strings = sections[section[6]][4]
        for offset in range(section[4] + 24, section[4] + section[5], 24):
            name, _, _, _, value, _ = struct.unpack_from("<IBBHQQ", data, offset)
            at[value].add(data[strings + name : data.index(b"\0", strings + name)])
    return {name for names in at.values() if len(names) > 1 for name in names}


@dataclass
class Comparison:
    equal: int = 0
    lines_only: int = 0  # file and line differ: objdump reads the table of another function where C code has none
    unstable: int = 0  # objdump's sort of symbols that share an address is not stable, so any of them may win
    different: int = 0
    first: list = field(default_factory=list)

    def summary(self):
        total = self.equal + self.lines_only + self.unstable + self.different
        return (f"{total} instructions: {self.equal} equal, {self.different} different; {self.lines_only} with objdump's wrong line, "
                f"{self.unstable} with another symbol of the same address")  # fmt: skip


def compare(program, ours):
    result = Comparison()
    want, got = listing([objdump(), program]), listing([ours, program])
    if not want or not got:
        result.different, result.first = 1, [f"no listing of {program}"]
        return result
    shared = crowded(program)
    named = re.compile(rb"([^ ,\t]+?)(?:\+\d+)?\(SB\)")
    for key, expected in want.items():
        lines = got.get(key, [])
        if lines == expected:
            result.equal += len(lines)
            continue
        for i in range(max(len(expected), len(lines))):
            a, b = (x[i] if i < len(x) else b"" for x in (expected, lines))
            fields_a, fields_b = ([part.strip() for part in x.split(b"\t") if part.strip()] for x in (a, b))
            if a.split() == b.split():
                result.equal += 1
            elif fields_a[1:] == fields_b[1:]:
                result.lines_only += 1
            elif fields_a[1:3] == fields_b[1:3] and any(n in shared for n in named.findall(a + b" " + b)):
                result.unstable += 1
            else:
                result.different += 1
                if len(result.first) < 10:
                    result.first.append(f"{key[0].decode()}: objdump {b' '.join(fields_a).decode()} | ours {b' '.join(fields_b).decode()}")
    extra = len(got.keys() - want.keys())
    if extra:
        result.different += extra
        result.first.append(f"{extra} functions that objdump does not list")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objdump", required=True, type=Path, help="our listing program")
    parser.add_argument("--go", default=NEWEST)
    parser.add_argument("--build", default="", help="commands and packages, comma-separated; std: a sample of the standard "
                        "library's tests, std/...: all of them")  # fmt: skip
    parser.add_argument("programs", nargs="*", type=Path)
    arguments = parser.parse_args()
    total, failed = Comparison(), False

    def report(title, program):
        nonlocal failed
        result = compare(program, arguments.objdump)
        print(f"{title}: {result.summary()}", flush=True)
        for line in result.first:
            print(f"    {line}", flush=True)
        for name in ("equal", "lines_only", "unstable", "different"):
            setattr(total, name, getattr(total, name) + getattr(result, name))
        failed = failed or result.different != 0 or result.equal == 0

    for program in arguments.programs:
        report(program.name, program)
    names = [name for name in arguments.build.split(",") if name]
    with tempfile.TemporaryDirectory(prefix="objdump-oracle-") as folder:
        for version in arguments.go.split(",") if names else []:
            go = toolchain.go(version)
            for package in (package for name in names for package in packages_of(name, go)):
                program, problem = build(package, go, folder)
                if program is None:
                    print(f"go{version} {package}: not built: {problem}", flush=True)
                    continue
                report(f"go{version} {package}", program)
                program.unlink()
    print(f"total: {total.summary()}")
    return 1 if failed or total.equal == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
