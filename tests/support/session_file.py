"""Reads tests/live/*.test: sessions with a debugger, written to be read aloud.

    SESSION a blocked goroutine has the runtime's own stack
    FIXTURE examples/stacks blocked          program and arguments; its Go source is built
    KIND opt noopt pie stripped              builds to try (default: opt)
    GO >=1.17 <1.26                          Go versions (default: all)
    LLDB all | one                           every LLDB, or only the one that runs everything (default)
    TARGET launch | attach | remote | core | gcore MARKER | file | none
    ENV GOTRACEBACK=crash                    for the program
    MANGLE NAME                              breaks the binary or core file first (mangle.py)
    TIMEOUT 120                              seconds
    STOP_AT main.markerPause                 a function, function+0x4, or a "// STOP: name" comment
    STOP_SIGNAL SIGABRT
    STOP_RETURN                              when the innermost function has returned
    FRAME 2                                  selects LLDB's frame
    WRITE rsp 0x10 / POKE 0 sp               a register, or the word at SP+0: a hostile state
    FILL 4096                                repeats the word at SP above itself
    SUPPRESS SIGURG                          the program does not get this signal any more
    RUN go-bt --json
    EXPECT text, or /regular expression/     in the output of the RUN above
    EXPECT_NONE text, or /regular expression/
    EXPECT_ERROR text, or /.../              the command fails with this message
    EXPECT_JSON stacks[0].frames[*].function == "main.main"      == != ~ >= <= ; [*]: any element
    ORACLE crash | marker FUNCTION | frame NAME | addresses | source | cover | links
    STEP max=400 until=FUNCTION only=F,G moves keep args    the step proof (step_proof.py)
    SNAPSHOT ... UNCHANGED                   nothing in the process is different
    SAME                                     all outputs are the same in every LLDB (core files)

Lines apply in order. A comment starts with #. Every session needs something that it expects.
"""
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Tuple


class SessionFileError(ValueError):
    pass


@dataclass
class Step:
    verb: str
    argument: str
    line: int


@dataclass
class Session:
    title: str
    file: str
    line: int
    fixture: str = ""
    arguments: Tuple[str, ...] = ()
    kinds: List[str] = field(default_factory=lambda: ["opt"])
    go: List[Tuple[str, Tuple[int, int]]] = field(default_factory=list)
    every_lldb: bool = False
    target: str = "launch"
    target_argument: str = ""
    env: Dict[str, str] = field(default_factory=dict)
    mangle: str = ""
    timeout: int = 60
    same: bool = False
    steps: List[Step] = field(default_factory=list)

    @property
    def name(self):
        return f"{Path(self.file).stem}: {self.title}"

    def wants_go(self, version):
        compare = {
            ">=": version.__ge__, "<=": version.__le__, ">": version.__gt__, "<": version.__lt__, "==": version.__eq__,
        }  # fmt: skip
        return all(compare[operator](bound) for operator, bound in self.go)


STEP_VERBS = {
    "STOP_AT", "STOP_SIGNAL", "STOP_RETURN", "FRAME", "WRITE", "POKE", "FILL", "SUPPRESS", "RUN", "EXPECT", "EXPECT_NONE", "EXPECT_ERROR",
    "EXPECT_JSON", "ORACLE", "STEP", "SNAPSHOT", "UNCHANGED",
}  # fmt: skip
POSITIVE = {"EXPECT", "EXPECT_ERROR", "EXPECT_JSON", "ORACLE", "STEP"}
NEED_RUN = {"EXPECT", "EXPECT_NONE", "EXPECT_ERROR", "EXPECT_JSON"}
TARGETS = {"launch", "attach", "remote", "core", "gcore", "file", "none"}


def _conditions(text, fail):
    conditions = []
    for word in text.split():
        found = re.match(r"(>=|<=|==|>|<)(\d+)\.(\d+)$", word)
        if not found:
            fail(f"GO {word}: not a condition like >=1.17")
        conditions.append((found[1], (int(found[2]), int(found[3]))))
    return conditions


def _check(session, fail):
    if not session.fixture and session.target != "none":
        fail(f"session {session.title!r} has no FIXTURE")
    if not any(step.verb in POSITIVE for step in session.steps) and not session.same:
        fail(f"session {session.title!r} has no EXPECT: it could not fail")
    ran = False
    for step in session.steps:
        ran = ran or step.verb == "RUN"
        if step.verb in NEED_RUN and not ran:
            fail(f"{step.verb} without a RUN before it", step.line)


def parse(path, text=None):
    """All sessions of one file."""
    sessions = []
    session = None

    def fail(message, line=None):
        raise SessionFileError(f"{path}:{line or number}: {message}")

    number = 0
    for number, raw in enumerate((Path(path).read_text() if text is None else text).splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        verb, _, argument = line.partition(" ")
        argument = argument.strip()
        if verb == "SESSION":
            if session:
                _check(session, fail)
            if any(other.title == argument for other in sessions):
                fail(f"two sessions are called {argument!r}")
            session = Session(argument, str(path), number)
            sessions.append(session)
            continue
        if session is None:
            fail("the first line must be SESSION")
        if verb == "FIXTURE":
            words = shlex.split(argument)
            session.fixture, session.arguments = words[0], tuple(words[1:])
        elif verb == "KIND":
            session.kinds = argument.split()
        elif verb == "GO":
            session.go = _conditions(argument, fail)
        elif verb == "LLDB":
            if argument not in ("all", "one"):
                fail("LLDB all, or LLDB one")
            session.every_lldb = argument == "all"
        elif verb == "TARGET":
            session.target, _, session.target_argument = argument.partition(" ")
            if session.target not in TARGETS:
                fail(f"TARGET {session.target}: not one of {', '.join(sorted(TARGETS))}")
        elif verb == "ENV":
            name, equals, value = argument.partition("=")
            if not equals:
                fail("ENV NAME=VALUE")
            session.env[name] = value
        elif verb == "MANGLE":
            session.mangle = argument
        elif verb == "TIMEOUT":
            session.timeout = int(argument)
        elif verb == "SAME":
            session.same = session.every_lldb = True
        elif verb in STEP_VERBS:
            session.steps.append(Step(verb, argument, number))
        else:
            fail(f"unknown word {verb}")
    if session is None:
        fail("no SESSION")
    _check(session, fail)
    return sessions
