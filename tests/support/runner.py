"""Plans and judges the live tests: sessions x Go versions x kinds of build x LLDB versions.

All sessions run with every Go and every kind on one LLDB, the newest; those marked `LLDB all`
run on every LLDB. Sessions of one Go and LLDB share an LLDB process, up to a chunk's size.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, List, Optional

import core_file
import expectations
import fixture
import frame_checks
import mangle
import stack_compare
import toolchain

SUPPORT = Path(__file__).resolve().parent
CHUNK = 40


class Skip(Exception):
    pass


@dataclass
class Result:
    name: str
    outcome: str  # "passed", "failed", "skipped"
    problems: List[str] = field(default_factory=list)
    seconds: float = 0


@dataclass
class Case:
    """One session with one Go, one kind of build and one LLDB."""

    session: object
    go: str
    kind: str
    lldb: str
    folder: Optional[Path] = None
    built: Optional[fixture.Fixture] = None
    core: Optional[Path] = None
    output_folder: Optional[Path] = None  # where the program's stdout, stderr and traceback are
    ops: list = field(default_factory=list)
    checks: List[Callable] = field(default_factory=list)  # of the records, giving problems

    @property
    def name(self):
        return f"{self.session.name} [go{self.go} {self.kind} lldb{self.lldb}]"


# Turning a session's lines into ops for the driver and checks of what it records.


class Planner:
    def __init__(self, case):
        self.case = case
        self.ops = case.ops
        self.checks = case.checks
        self.last_run = None
        self.snapshot = None

    def op(self, name, **more):
        self.ops.append({"op": name, **more})
        return len(self.ops) - 1

    def check(self, function):
        self.checks.append(function)

    def output(self, name):
        path = self.case.output_folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    def plan(self):
        steps = self.case.session.steps
        for i, step in enumerate(steps):
            getattr(self, "step_" + step.verb.lower())(step.argument, steps[i + 1 :])
        deferred = any(step.verb == "ORACLE" and step.argument.split()[0] in ("frame", "addresses") for step in steps)
        if deferred and self.case.session.target in ("launch", "remote"):
            self.op("finish")

    def step_stop_at(self, marker, _):
        self.op("stop", address=self.case.built.address(marker), marker=marker)

    def step_stop_signal(self, signal, _):
        self.op("signal", signal=signal)

    def step_stop_return(self, _, __):
        self.op("return")

    def step_frame(self, index, _):
        self.op("frame", index=int(index))

    def step_write(self, argument, _):
        register, value = argument.split()
        self.op("write", register=register, value=value)

    def step_poke(self, argument, _):
        offset, value = argument.split()
        self.op("poke", offset=int(offset, 0), value=value if value == "sp" else int(value, 0))

    def step_suppress(self, signal, _):
        self.op("suppress", signal=signal)

    def step_fill(self, size, _):
        self.op("fill", bytes=int(size, 0))

    def step_run(self, command, following):
        index = self.last_run = self.op("run", command=command)
        until = next((i for i, step in enumerate(following) if step.verb == "RUN"), len(following))
        if not any(step.verb == "EXPECT_ERROR" for step in following[:until]):
            self.check(lambda records: expectations.succeeded(records[index]))

    def expectation(self, function, argument):
        index = self.last_run
        self.check(lambda records: function(records[index], argument))

    def step_expect(self, argument, _):
        self.expectation(expectations.expect, argument)

    def step_expect_none(self, argument, _):
        self.expectation(expectations.expect_none, argument)

    def step_expect_error(self, argument, _):
        self.expectation(expectations.expect_error, argument)

    def step_expect_json(self, argument, _):
        self.expectation(expectations.expect_json, argument)

    def step_snapshot(self, _, __):
        self.snapshot = self.op("snapshot")

    def step_unchanged(self, _, __):
        before, after = self.snapshot, self.op("snapshot")
        self.check(lambda records: expectations.unchanged(records[before], records[after]))

    def step_step(self, argument, _):
        options = {}
        for word in argument.split():
            name, equals, value = word.partition("=")
            options[name] = True if not equals else value.split(",") if name == "only" else value
        for name in ("max", "min"):
            if name in options:
                options[name] = int(options[name])
        index = self.op("step", **options)
        self.check(lambda records: records[index]["problems"])

    def step_oracle(self, argument, _):
        kind, _, rest = argument.partition(" ")
        plan = getattr(self, "oracle_" + kind, None)
        if plan is None:
            raise ValueError(f"ORACLE {kind}: unknown")
        plan(rest)

    def document(self, record):
        problems = expectations.succeeded(record)
        if problems:
            return None, problems
        try:
            return json.loads(record["output"]), []
        except ValueError:
            return None, [f"not JSON: {record['output'][:300]!r}"]

    def documents(self, records):
        found, problems = [], []
        for record in records:
            document, wrong = self.document(record)
            problems += wrong
            if document:
                found.append(document)
        return found, problems

    def oracle_crash(self, _):
        everything = self.op("run", command="go-bt --all --raw --json")
        threads = self.op("threads", command="go-bt --raw --json")

        def check(records):
            document, problems = self.document(records[everything])
            each, more = self.documents(records[threads]["records"])
            if document:
                problems += stack_compare.compare_crash(self.output("stderr"), document, each)
            return problems + more

        self.check(check)

    def oracle_marker(self, after):
        everything = self.op("run", command="go-bt --all --json")
        here = self.op("run", command="go-bt --json")
        links = self.op("links")

        def check(records):
            documents, problems = self.documents([records[everything], records[here]])
            if not problems:
                running = documents[1]["stacks"][0]["goroutine"]
                problems += stack_compare.compare_marker(
                    self.output("traceback"), documents[0], after, self.case.built.go.version, running
                )
            return problems + records[links]["problems"]

        self.check(check)

    def oracle_links(self, _):
        links = self.op("links")
        self.check(lambda records: records[links]["problems"])

    def oracle_frame(self, name):
        index = self.op("run", command="go-frame --json")

        def check(records):
            document, problems = self.document(records[index])
            return problems or frame_checks.assembler_frame(
                document["frame"], self.output("stdout") + self.output("stderr"), name
            )

        self.check(check)

    def frames_of(self, index, records):
        document, problems = self.document(records[index])
        return (document or {}).get("frames", []), problems

    def must_name(self):
        """Optimised code's debug info may be silent about a slot; none at all names nothing."""
        return self.case.kind == "noopt"

    def oracle_addresses(self, _):
        index = self.op("run", command="go-frame --all --json")

        def check(records):
            frames, problems = self.frames_of(index, records)
            return problems or frame_checks.variable_addresses(frames, self.output("stderr"), self.must_name())

        self.check(check)

    def oracle_source(self, _):
        index = self.op("run", command="go-frame --all --json")

        def check(records):
            frames, problems = self.frames_of(index, records)
            listing = fixture.listing(self.case.built)
            return problems or frame_checks.listing_agrees(frames, listing, self.must_name())

        self.check(check)

    def oracle_cover(self, _):
        index = self.op("cover")

        def check(records):
            problems = list(records[index]["problems"])
            for frame in records[index]["frames"]:
                problems += frame_checks.cover(frame)
            if not records[index]["frames"]:
                problems.append("go-frame --all shows no frame")
            return problems

        self.check(check)


# Preparing what a case needs, and running it.


class Cores:
    """Core files are made once and used with every LLDB."""

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.made = {}

    def get(self, case):
        session = case.session
        key = (str(case.built.binary), session.arguments, tuple(sorted(session.env.items())), session.target, session.target_argument)
        with self.lock:
            entry = self.made.setdefault(key, [threading.Lock(), None])
            number = list(self.made).index(key)
        with entry[0]:
            if entry[1] is None:
                folder = self.folder / f"core{number}"
                folder.mkdir()
                try:
                    entry[1] = (folder, self.make(case, folder))
                except Exception as problem:
                    entry[1] = (folder, problem)
            folder, core = entry[1]
        if isinstance(core, core_file.NoCore):
            raise Skip(str(core))
        if isinstance(core, Exception):
            raise core
        return folder, core

    def make(self, case, folder):
        program, arguments = case.built.binary, list(case.session.arguments)
        env = {"LLDBGO_TRACEBACK": str(folder / "traceback"), **case.session.env}
        if case.session.target == "core":
            return core_file.kernel_core(program, arguments, env, folder)
        address = case.built.address(case.session.target_argument)
        return core_file.gdb_core(program, arguments, env, folder, address)


def prepare(case, work, cores):
    """Builds what the case needs and fills in its ops. Gives the driver's plan of it."""
    session = case.session
    case.folder = Path(tempfile.mkdtemp(dir=work))
    case.output_folder = case.folder
    program = None
    if session.fixture:
        go = toolchain.go(case.go)
        if session.fixture.endswith(".c"):
            program = fixture.build_c(session.fixture)
        else:
            case.built = fixture.build(session.fixture, go, case.kind)
            program = case.built.binary
    if session.target in ("core", "gcore"):
        case.output_folder, case.core = cores.get(case)
    if session.mangle:
        if case.core:
            case.core = mangle.mangle(session.mangle, case.core, case.folder / "core.mangled")
        else:
            program = mangle.mangle(session.mangle, program, case.folder / program.name)
    Planner(case).plan()
    kind = "core" if session.target == "gcore" else session.target
    target = {"kind": kind, "program": str(program), "args": list(session.arguments), "cwd": str(case.folder)}
    target["env"] = {"LLDBGO_TRACEBACK": str(case.folder / "traceback"), **session.env}
    target["core"] = str(case.core)
    target["server"] = toolchain.lldb(case.lldb).server
    return {"target": target, "ops": case.ops}


def judge(case, records, error):
    """All problems of a session that ran, or did not."""
    if error:
        return [error]
    problems = []
    for check in case.checks:
        try:
            problems += check(records)
        except (KeyError, TypeError, IndexError, ValueError) as wrong:
            problems.append(f"a command's answer has another shape than its contract: {wrong!r}")
    return problems


class Chunk:
    """Cases of one Go and one LLDB, run in as few LLDB processes as possible."""

    def __init__(self, cases, work, cores, plugin):
        self.cases, self.work, self.cores, self.plugin = cases, work, cores, plugin

    def run(self, report):
        plans, waiting = {}, []
        for number, case in enumerate(self.cases):
            start = time.time()
            try:
                plans[number] = {"id": number, **prepare(case, self.work, self.cores)}
                waiting.append(number)
            except (Skip, toolchain.Missing) as reason:
                report(case, Result(case.name, "skipped", [str(reason)]))
            except Exception as problem:
                report(case, Result(case.name, "failed", [f"{type(problem).__name__}: {problem}"], time.time() - start))
        while waiting:
            waiting = self.run_process(plans, waiting, report)
        for case in self.cases:
            if case.folder:
                shutil.rmtree(case.folder, ignore_errors=True)

    def run_process(self, plans, waiting, report):
        """One LLDB. Gives the sessions that it did not get to."""
        lldb = toolchain.lldb(self.cases[0].lldb)
        folder = Path(tempfile.mkdtemp(dir=self.work))
        plan, events, log = folder / "plan.json", folder / "events", folder / "log"
        plan.write_text(json.dumps([plans[number] for number in waiting]))
        events.touch()
        start_script = f"script import driver; driver.main({str(plan)!r}, {str(events)!r}, {str(self.plugin)!r})"
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [lldb.command, "--no-lldbinit", "--batch", "--no-use-colors",
                 "-o", f"command script import {SUPPORT / 'driver.py'}", "-o", start_script],
                env=lldb.env(NO_COLOR="1", TERM="dumb", LC_ALL="C.UTF-8"),
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        try:
            return self.follow(process, events, log, waiting, report)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            _end_group(process.pid)

    def follow(self, process, events, log, waiting, report):
        """Reads the driver's events until LLDB ends, dies or takes too long over a session."""
        waiting = list(waiting)
        running, since, position = None, time.time(), 0
        while True:
            ended = process.poll() is not None  # asked first, so that nothing written is missed
            text = events.read_text()
            complete = text.rfind("\n") + 1
            lines, position = text[position:complete].splitlines(), complete
            for line in lines:
                event = json.loads(line)
                if event["event"] == "start":
                    running, since = event["id"], time.time()
                    waiting.remove(running)
                elif event["event"] == "done":
                    case = self.cases[event["id"]]
                    problems = judge(case, event["records"], event["error"])
                    outcome = "failed" if problems else "passed"
                    report(case, Result(case.name, outcome, problems, time.time() - since), event["records"])
                    running, since = None, time.time()
                elif event["event"] == "fatal":
                    for number in waiting:
                        report(self.cases[number], Result(self.cases[number].name, "failed", [event["error"]]))
                    return []
                elif event["event"] == "end":
                    return []
            if ended:
                said = log.read_text(errors="replace")[-2500:]
                if running is None and not lines:
                    for number in waiting:
                        report(self.cases[number], Result(self.cases[number].name, "failed", [f"LLDB did not start: {said}"]))
                    return []
                return self.lost(running, f"LLDB ended with {process.returncode}: {said}", waiting, report)
            limit = self.cases[running].session.timeout if running is not None else 60
            if time.time() - since > limit:
                return self.lost(running, f"not done within {limit} s{where(process.pid)}", waiting, report)
            time.sleep(0.02)

    def lost(self, running, why, waiting, report):
        if running is None:
            for number in waiting:
                report(self.cases[number], Result(self.cases[number].name, "failed", [why]))
            return []
        case = self.cases[running]
        report(case, Result(case.name, "failed", [why], case.session.timeout))
        return waiting


def where(pid):
    """What the threads of a debugger that stands still are doing, where gdb is there to look."""
    if shutil.which("gdb") is None:
        return ""
    look = ["gdb", "--batch", "--nx", "-ex", "thread apply all backtrace 24", "--pid", str(pid)]
    found = subprocess.run(look, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=60)
    return "; its threads:\n" + "\n".join(line[:160] for line in found.stdout.splitlines() if line.startswith(("Thread", "#")))


def _end_group(leader):
    """Ends what this LLDB started: its own process group, and its debug servers' programs."""
    try:
        os.killpg(leader, 9)
    except ProcessLookupError:
        pass


def expand(sessions, go_versions, lldb_versions, kinds=None, pattern=None):
    """The matrix. The last LLDB runs everything, the others what is marked `LLDB all`."""
    cases = []
    for session in sessions:
        for go in go_versions:
            try:
                version = toolchain.go(go).version
            except toolchain.Missing:
                version = tuple(int(part) for part in go.split("."))
            if session.fixture and not session.wants_go(version):
                continue
            for kind in session.kinds:
                if kinds and kind not in kinds and session.fixture and not session.fixture.endswith(".c"):
                    continue
                for lldb in lldb_versions:
                    if lldb != lldb_versions[-1] and not session.every_lldb:
                        continue
                    case = Case(session, go, kind, lldb)
                    if pattern is None or re.search(pattern, case.name):
                        cases.append(case)
            if not session.fixture or session.fixture.endswith(".c"):
                break  # no Go in it: once is enough
    return cases


def chunks(cases, size=CHUNK):
    groups = {}
    for case in cases:
        groups.setdefault((case.go, case.lldb), []).append(case)
    for group in groups.values():
        for start in range(0, len(group), size):
            yield group[start : start + size]


def _normal(text):
    """An output without what may differ between two debuggers of one core file."""
    return text.rstrip()


def compare_everywhere(collected):
    """`collected`: {(session name, go, kind): {lldb: [records]}} of sessions marked SAME."""
    results = []
    for (name, go, kind), by_lldb in sorted(collected.items()):
        title = f"{name}: the same in LLDB {', '.join(sorted(by_lldb))} [go{go} {kind}]"
        if len(by_lldb) < 2:
            results.append(Result(title, "skipped", ["there is only one LLDB to compare"]))
            continue
        versions = sorted(by_lldb)
        problems = []
        for other in versions[1:]:
            for one, two in zip(by_lldb[versions[0]], by_lldb[other]):
                if "command" in one and _normal(one["output"]) != _normal(two["output"]):
                    problems += [f"{one['command']} in LLDB {versions[0]} (-) and {other} (+):"]
                    problems += stack_compare._diff(one["command"], one["output"].splitlines(), two["output"].splitlines())
        results.append(Result(title, "failed" if problems else "passed", problems))
    return results
