"""Names of operands against the compiler's own listing, `go build -gcflags=-S`: every operand in the frame that it names."""
import collections
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

LINE = re.compile(r"^\t0x([0-9a-f]+) \d+ \(.*?\)\t(\S+)\t(.*)$")
FUNCTION = re.compile(r"^(\S.*?) STEXT\b")
# "".n+8(SP) up to Go 1.19, main.n+8(SP) since; no number at the very bottom of the frame.
OPERAND = re.compile(r"""(?P<name>(?:""|[\w/.·%-]+)\.[^\s,()+-]+?)(?P<offset>[+-]\d+)?\((?P<base>SP|FP)\)""")


@dataclass
class Names:
    equal: int = 0
    different: int = 0
    unnamed: int = 0  # the listing has a name, we have none
    temporaries: int = 0  # named by the compiler for itself, told by nothing in the program
    first: list = field(default_factory=list)

    def add(self, other):
        self.equal, self.different = self.equal + other.equal, self.different + other.different
        self.unnamed, self.temporaries = self.unnamed + other.unnamed, self.temporaries + other.temporaries
        self.first += other.first

    def summary(self):
        return (f"{self.equal + self.different + self.unnamed} operands named by -S: {self.equal} equal, {self.different} different, "
                f"{self.unnamed} without a name; {self.temporaries} of the compiler's temporaries")  # fmt: skip


def listing(folder, go, flags, binary):
    """(text of the listing, problem)"""
    env = go.environment(CGO_ENABLED="0")
    done = subprocess.run(
        [go.command, "build", "-a", "-o", binary, "-gcflags=" + " ".join(["-S", *flags]), "."],
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
    """{(function, offset): [[(name, offset from SP)] of each function of that name]}, {(function, offset): text}"""
    done = subprocess.run([ours, "--symbolic", package + ".", binary], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    out, texts = collections.defaultdict(list), {}
    for line in done.stdout.splitlines():
        function, offset, depth, text, _ = line.split("\t")
        found = []
        for operand in OPERAND.finditer(text):
            at = int(operand["offset"] or 0)
            found.append((operand["name"], at + int(depth) + 8 if operand["base"] == "FP" else at))
        out[function, int(offset)].append(found)
        texts[function, int(offset)] = text
    return out, texts


def compare(folder, go, flags, ours, binary):
    result = Names()
    text, problem = listing(folder, go, flags, binary)
    if "requires Go" in problem:
        return result
    if problem:
        result.different, result.first = 1, [problem]
        return result
    got, texts = our_operands(ours, binary)
    for key, operands in named_operands(text).items():
        if key not in got:
            continue  # the linker has left the function out
        for name, offset in operands:
            if any(made in name for made in ("..autotmp_", "..stmp_", "..fp")):
                result.temporaries += 1
            elif any((name, offset) in found for found in got[key]):
                result.equal += 1
            else:
                kind = "different" if any(found for found in got[key]) else "unnamed"
                setattr(result, kind, getattr(result, kind) + 1)
                result.first.append(f"{Path(folder).name} {key[0]}+{key[1]}: -S has {name}{offset:+d}(SP), ours {texts[key]}")
    return result
