"""Reads the traceback that a Go program prints of itself, Go 1.15 to 1.27.

What a runtime prints (runtime/traceback.go) at the level "system" or "crash":

    goroutine 1 gp=0xc000002380 m=0 mp=0x5b3f40 [running, locked to thread]:     1.22 on; before, no gp m mp
    main.f(0x1, {0x2, 0x3}, ...)
    	/path/file.go:12 +0x1d fp=0xc00010af40 sp=0xc00010aef0 pc=0x4a6b1d
    main.inlined(...)
    	/path/file.go:10
    created by main.main in goroutine 1
    	/path/file.go:30 +0x85

At the level "all" and in runtime.Stack, fp, sp and pc are missing and the runtime's own
functions are left out. An inlined frame has no numbers at either level. A fatal signal
prints one such block for every thread, headed by PC=... m=N.
"""
import re
from dataclasses import dataclass, field
from typing import List, Optional


class TracebackError(ValueError):
    """The text is not a traceback that a Go program prints."""


@dataclass
class Frame:
    function: str
    file: str
    line: int
    offset: int = 0  # pc - entry
    inlined: bool = False
    fp: Optional[int] = None
    sp: Optional[int] = None
    pc: Optional[int] = None


@dataclass
class Stack:
    goroutine: Optional[int]  # 0: a thread's system stack; None: "runtime stack:"
    status: str
    frames: List[Frame] = field(default_factory=list)
    created_by: Optional[str] = None
    locked: bool = False
    minutes: int = 0
    m: Optional[int] = None
    trap_pc: Optional[int] = None  # where a signal met this thread
    unavailable: bool = False  # it ran on another thread

    @property
    def name(self):
        if self.goroutine is None:
            return "runtime stack"
        return f"goroutine {self.goroutine} [{self.status}]"


_GOROUTINE = re.compile(r"goroutine (\d+)((?: (?:gp|m|mp)=\w+)*) \[(.*?)\](?: \{.*\})?:$")
_LOCATION = re.compile(
    r"\t(?P<file>.+?):(?P<line>\d+)(?: \+0x(?P<offset>[0-9a-f]+))?"
    r"(?: fp=0x(?P<fp>[0-9a-f]+) sp=0x(?P<sp>[0-9a-f]+)(?: pc=0x(?P<pc>[0-9a-f]+))?)?$"
)
_SIGNAL_PC = re.compile(r"PC=0x([0-9a-f]+) m=(-?\d+) sigcode=")
_CREATED = re.compile(r"created by (.+?)(?: in goroutine \d+)?$")
_MINUTES = re.compile(r"(\d+) minutes$")


def _status(text):
    """Splits "chan receive, 2 minutes, locked to thread"."""
    parts = text.split(", ")
    status, minutes, locked = parts[0], 0, False
    for part in parts[1:]:
        found = _MINUTES.match(part)
        if found:
            minutes = int(found.group(1))
        elif part == "locked to thread":
            locked = True
        elif not part.startswith("synctest "):
            status += ", " + part
    status = re.sub(r" labels:\{.*\}$", "", status)
    return status, minutes, locked


def _function(line):
    """The name in "main.(*T).f(0x1, {0x2}, ...)". Arguments never contain a parenthesis."""
    at = line.rfind("(")
    if at <= 0 or not line.endswith(")"):
        raise TracebackError(f"not a call: {line!r}")
    name = line[:at]
    return ("runtime.gopanic" if name == "panic" else name), line[at + 1 : -1]


def parse(text) -> List[Stack]:
    """All stacks, in the order they were printed. Lines around them are skipped; a broken
    stack is an error."""
    stacks = []
    stack = None
    trap = None
    lines = text.splitlines()
    i = 0
    while i < len(lines):
        line = lines[i]
        i += 1
        header = _GOROUTINE.match(line)
        if header:
            status, minutes, locked = _status(header.group(3))
            stack = Stack(int(header.group(1)), status, minutes=minutes, locked=locked)
            m = re.search(r" m=(\d+)", header.group(2))
            stack.m = int(m.group(1)) if m else None
            if trap:
                stack.trap_pc, trap = trap[0], None
            stacks.append(stack)
            continue
        if line == "runtime stack:":
            stack = Stack(None, "running")
            stacks.append(stack)
            continue
        signal = _SIGNAL_PC.match(line)
        if signal:
            trap = (int(signal.group(1), 16), int(signal.group(2)))
            stack = None
            continue
        if stack is None:
            continue
        if line == "\tgoroutine running on other thread; stack unavailable":
            stack.unavailable = True
            continue
        if line.endswith("frames elided..."):
            raise TracebackError(f"{stack.name}: the runtime left frames out; make the stack of the fixture shorter")
        created = _CREATED.match(line)
        if created:
            stack.created_by = created.group(1)
            i += 1
            stack = None
            continue
        if not line.endswith(")") or line.startswith("\t"):
            stack = None  # an empty line, or registers: the end of the stack
            continue
        if i >= len(lines):
            raise TracebackError(f"{stack.name}: the text ends after {line!r}")
        location = _LOCATION.match(lines[i])
        if not location:
            raise TracebackError(f"{stack.name}: no location after {line!r} but {lines[i]!r}")
        i += 1
        function, arguments = _function(line)
        number = lambda key: None if location[key] is None else int(location[key], 16)
        stack.frames.append(
            Frame(
                function,
                location["file"],
                int(location["line"]),
                offset=number("offset") or 0,
                inlined=arguments == "..." and location["offset"] is None and location["fp"] is None,
                fp=number("fp"),
                sp=number("sp"),
                pc=number("pc"),
            )
        )
    return stacks


def printed_name(function):
    """A generic function's type arguments are printed as [...]."""
    first, last = function.find("["), function.rfind("]")
    return function if first < 0 or last < first else function[:first] + "[...]" + function[last + 1 :]


def _exported_runtime(function, version):
    rest = function[len("runtime.") :]
    if version >= (1, 25) and rest in ("runFinalizers", "runCleanups"):
        return True
    if version >= (1, 23):
        method = re.match(r"\(?\*?([A-Z]\w*)\)?\.([A-Z])", rest)
        if method:
            return True
        if rest.startswith("("):
            return False
    return rest[:1].isupper()


def shown_to_users(functions, version):
    """Which of these frames, innermost first, a traceback below the level "system" shows.

    `version` is (1, 24). Wrappers must have been removed before.
    """
    shown = []
    printed = 0
    for function in functions:
        if function == "runtime.gopanic":
            keep = printed > 0
        else:
            keep = "." in function and (not function.startswith("runtime.") or _exported_runtime(function, version))
        printed += keep
        shown.append(keep)
    return shown if printed else [True] * len(shown)
