"""Names of operands against the compiler's own listing, `go build -gcflags=-S`: every operand in the frame that it names.

What the listing names and we do not is looked up with Go's own debug/dwarf (tests/support/frame_places): a variable without any
place in the frame, or with none there, nobody can name who has only the program.
"""
import collections
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import fixture
import toolchain

LINE = re.compile(r"^\t0x([0-9a-f]+) \d+ \(.*?\)\t(\S+)\t(.*)$")
FUNCTION = re.compile(r"^(\S.*?) STEXT\b")
# "".n+8(SP) up to Go 1.19, main.n+8(SP) since; no number at the very bottom of the frame.
OPERAND = re.compile(r"""(?P<name>(?:""|[\w/.·%-]+)\.[^\s,()+-]+?)(?P<offset>[+-]\d+)?\((?P<base>SP|FP)\)""")


@dataclass
class Names:
    equal: int = 0
    different: int = 0
    unnamed: int = 0  # the listing has a name, we have none though the debug information has the variable there
    unplaced: int = 0  # the listing has a name, the debug information has no such variable there: none, or another one
    temporaries: int = 0  # named by the compiler for itself, told by nothing in the program
    mistaken: int = 0  # those that we give the name of a variable
    first: list = field(default_factory=list)

    def add(self, other):
        self.equal, self.different = self.equal + other.equal, self.different + other.different
        self.unnamed, self.unplaced = self.unnamed + other.unnamed, self.unplaced + other.unplaced
        self.temporaries, self.mistaken = self.temporaries + other.temporaries, self.mistaken + other.mistaken
        self.first += other.first

    def summary(self):
        total = self.equal + self.different + self.unnamed + self.unplaced
        return (f"{total} operands named by -S: {self.equal} equal, {self.different} different, {self.unnamed} without a name, "
                f"{self.unplaced} that the debug information has no place for; {self.temporaries} of the compiler's temporaries, {self.mistaken} of them with a variable's name")  # fmt: skip


def listing(folder, go, flags, binary):
    """(text of the listing, problem)"""
    env = go.environment(CGO_ENABLED="0")
    done = subprocess.run(
        [go.command, "build", "-o", binary, "-gcflags=" + " ".join(["-S", *flags]), "."],
        cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    return (done.stderr, "") if done.returncode == 0 else ("", done.stderr[-500:])


def named_operands(text, package="main"):
    """{(function, offset): [(name, offset from SP)]}"""
    out, function = collections.defaultdict(list), None
    for line in text.splitlines():
        start = FUNCTION.match(line)
        if start:
            function = start[1].replace('"".', package + ".")
            continue
        insn = LINE.match(line)
        if not insn or function is None or insn[2] in ("TEXT", "FUNCDATA", "PCDATA"):
            continue
        for operand in OPERAND.finditer(insn[3]):
            name = operand["name"].replace('"".', package + ".")
            out[function, int(insn[1], 16)].append((name, int(operand["offset"] or 0)))
    return out


def our_operands(ours, binary, package="main"):
    """{(function, offset): [[(name, offset from SP)] of each function of that name]}, {(function, offset): (text, CFA less SP)}"""
    done = subprocess.run([ours, "--symbolic", package + ".", binary], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    out, texts = collections.defaultdict(list), {}
    for line in done.stdout.splitlines():
        function, offset, depth, text, _ = line.split("\t")
        found = []
        for operand in OPERAND.finditer(text):
            at = int(operand["offset"] or 0)
            found.append((operand["name"], at + int(depth) + 8 if operand["base"] == "FP" else at))
        out[function, int(offset)].append(found)
        texts[function, int(offset)] = text, int(depth) + 8
    return out, texts


COMPONENTS = {"ptr": 0, "len": 8, "cap": 16, "itab": 0, "type": 0, "data": 8}  # bytes into the variable


def places(binary):
    """{function: {variable: [(offset from the CFA, bytes, which of its bytes is the first of them)]}}, of every pc."""
    reader = fixture.build("tests/support/frame_places", toolchain.go("1.27"), "opt").binary
    done = subprocess.run([reader, binary], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=True)
    out = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in done.stdout.splitlines():
        function, variable, *place = line.split("\t")
        if place:
            out[function][variable].append(tuple(map(int, place)))
    return out


def is_placed(variables, name, cfa_offset):
    """Does any pc have that byte of the variable there? `name` is package.variable, perhaps with a component."""
    plain = name.rpartition("/")[2].partition(".")[2]
    variable, _, component = plain.rpartition(".")
    if plain in variables or component not in COMPONENTS:
        variable, part = next((v for v in variables if plain == v or plain.startswith(v + ".")), None), None
    else:
        part = COMPONENTS[component]
    return any(0 <= cfa_offset - at < size and part in (None, first) for at, size, first in variables.get(variable, []))


def undotted(name):
    """Go 1.21 to 1.24 print the field of a split variable without its dot: main.pairValue."""
    return name.replace(".", "")


def is_mistaken(name, offset, found):
    """Is a temporary called like a variable?"""
    return "..autotmp_" in name and any(at == offset and "..autotmp_" not in other for names in found for other, at in names)


def compare(folder, go, flags, ours, binary):
    result = Names()
    text, problem = listing(folder, go, flags, binary)
    if "requires Go" in problem:
        return result
    if problem:
        result.different, result.first = 1, [problem]
        return result
    got, texts = our_operands(ours, binary)
    placed = places(binary)
    for key, operands in named_operands(text).items():
        if key not in got:
            continue  # the linker has left the function out
        for name, offset in operands:
            if any(made in name for made in ("..autotmp_", "..stmp_", "..fp")):
                result.temporaries += 1
                if is_mistaken(name, offset, got[key]):
                    result.mistaken += 1
                    result.first.append(f"{Path(folder).name} {key[0]}+{key[1]}: -S has {name}{offset:+d}(SP), ours {texts[key][0]} (mistaken)")
            elif any((undotted(name), offset) in ((undotted(n), at) for n, at in found) for found in got[key]):
                result.equal += 1
            else:
                text, cfa = texts[key]
                known = is_placed(placed[key[0]], name, offset - cfa)
                kind = "unnamed" if known else "unplaced"
                others = {other for found in got[key] for other, at in found if at == offset}
                if any(known or not is_placed(placed[key[0]], other, offset - cfa) for other in others):
                    kind = "different"
                setattr(result, kind, getattr(result, kind) + 1)
                result.first.append(f"{Path(folder).name} {key[0]}+{key[1]}: -S has {name}{offset:+d}(SP), ours {text} ({kind})")
    return result
