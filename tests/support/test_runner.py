"""The runner with a fake LLDB: what it does when a debugger dies, hangs, or a test is wrong."""
import json
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import runner
import session_file
import step_proof
import toolchain

# Reads the plan like the driver, and misbehaves as the session's program name says.
FAKE_LLDB = """\
#!{python}
import json, os, re, sys, time
plan, events = re.findall(r"'([^']*)'", [a for a in sys.argv if "driver.main" in a][0])[:2]
out = open(events, "a", buffering=1)
say = lambda **event: out.write(json.dumps(event) + "\\n")
for session in json.load(open(plan)):
    say(event="start", id=session["id"])
    how = session["target"]["args"][0] if session["target"]["args"] else "good"
    if how == "die":
        os.kill(os.getpid(), 11)
    if how == "hang":
        time.sleep(100)
    error = "main.marker was not reached" if how == "error" else None
    records = [dict(command=op.get("command"), ok=True, output="hello", error="") for op in session["ops"]]
    say(event="done", id=session["id"], records=records, error=error)
say(event="end")
"""


class RunnerTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.work = Path(self.folder.name)
        fake = self.work / "lldb"
        fake.write_text(FAKE_LLDB.format(python=sys.executable))
        fake.chmod(0o755)
        lldb = toolchain.Lldb("99", str(fake), "", "", "", (), 99)
        patch = mock.patch.object(toolchain, "lldb", lambda name: lldb)
        patch.start()
        self.addCleanup(patch.stop)

    def run_sessions(self, *sessions):
        """Gives {title: result}."""
        cases = []
        for title, arguments, steps in sessions:
            session = session_file.parse("x.test", f"SESSION {title}\nTARGET none\nTIMEOUT 2\n{steps}")[0]
            session.arguments = tuple(arguments)
            cases.append(runner.Case(session, "1.24", "opt", "99"))
        results = {}
        cores = runner.Cores(self.work)
        runner.Chunk(cases, self.work, cores, Path("plugin")).run(
            lambda case, result, records=None: results.__setitem__(case.session.title, result)
        )
        self.assertEqual(len(results), len(sessions))
        return {title: result.outcome for title, result in results.items()}, results

    RUN = "RUN go-bt\nEXPECT hello\n"

    def test_pass_and_fail(self):
        outcomes, _ = self.run_sessions(
            ("good", [], self.RUN), ("bad", [], "RUN go-bt\nEXPECT goodbye\n"), ("none", [], self.RUN + "EXPECT_NONE hello\n")
        )
        self.assertEqual(outcomes, {"good": "passed", "bad": "failed", "none": "failed"})

    def test_a_marker_that_is_not_reached(self):
        outcomes, results = self.run_sessions(("lost", ["error"], self.RUN))
        self.assertEqual(outcomes, {"lost": "failed"})
        self.assertIn("not reached", results["lost"].problems[0])

    def test_a_crash_costs_one_session(self):
        outcomes, results = self.run_sessions(("a", [], self.RUN), ("b", ["die"], self.RUN), ("c", [], self.RUN))
        self.assertEqual(outcomes, {"a": "passed", "b": "failed", "c": "passed"})
        self.assertIn("LLDB ended with -11", results["b"].problems[0])

    def test_a_hang_costs_one_session(self):
        outcomes, results = self.run_sessions(("a", ["hang"], self.RUN), ("b", [], self.RUN))
        self.assertEqual(outcomes, {"a": "failed", "b": "passed"})
        self.assertIn("not done within 2 s", results["a"].problems[0])

    def test_an_answer_of_another_shape(self):
        outcomes, _ = self.run_sessions(("x", [], "ORACLE cover\n"))
        self.assertEqual(outcomes, {"x": "failed"})

    def test_an_unknown_oracle(self):
        outcomes, _ = self.run_sessions(("x", [], "ORACLE moon\n"))
        self.assertEqual(outcomes, {"x": "failed"})

    def test_a_missing_toolchain_is_skipped(self):
        def missing(name):
            raise toolchain.Missing("lldb 99: gone")

        with mock.patch.object(toolchain, "lldb", missing):
            outcomes, results = self.run_sessions(("x", [], self.RUN))
        self.assertEqual(outcomes, {"x": "skipped"})
        self.assertEqual(results["x"].problems, ["lldb 99: gone"])

    def test_lldb_that_does_not_start(self):
        (self.work / "lldb").write_text("#!/bin/sh\necho broken; exit 3\n")
        outcomes, results = self.run_sessions(("x", [], self.RUN), ("y", [], self.RUN))
        self.assertEqual(outcomes, {"x": "failed", "y": "failed"})
        self.assertIn("broken", results["x"].problems[0])


class Everywhere(unittest.TestCase):
    def results(self, one, two):
        records = lambda text: [{"command": "go-bt", "output": text}]
        return [r.outcome for r in runner.compare_everywhere({("s", "1.24", "opt"): {"14": records(one), "22": records(two)}})]

    def test_same(self):
        self.assertEqual(self.results("a\nb\n", "a\nb\n"), ["passed"])

    def test_different(self):
        self.assertEqual(self.results("a\nb\n", "a\nc\n"), ["failed"])

    def test_one_debugger_is_no_comparison(self):
        results = runner.compare_everywhere({("s", "1.24", "opt"): {"14": []}})
        self.assertEqual([r.outcome for r in results], ["skipped"])


class Matrix(unittest.TestCase):
    def test_expand(self):
        text = "SESSION a\nTARGET none\nLLDB all\nRUN x\nEXPECT y\n\nSESSION b\nTARGET none\nRUN x\nEXPECT y\n"
        with mock.patch.object(toolchain, "go", lambda name: mock.Mock(version=tuple(map(int, name.split("."))))):
            cases = runner.expand(session_file.parse("x.test", text), ["1.15", "1.24"], ["14", "22"])
        self.assertEqual([(c.session.title, c.go, c.lldb) for c in cases], [("a", "1.15", "14"), ("a", "1.15", "22"), ("b", "1.15", "22")])


def frame(function, pc, sp, fp):
    return {"function": function, "file": "f", "line": 1, "pc": pc, "sp": sp, "fp": fp, "inlined": False}


class StepProof(unittest.TestCase):
    callers = [frame("main.main", "0x10", "0x1000", "0x1020"), frame("runtime.goexit", "0x20", "0x1020", "0x1028")]
    inner = frame("main.f", "0x5", "0xff8", "0x1000")

    def problems(self, frames, moved=False):
        return step_proof.compare_callers(self.callers, frames, moved, 0x1028)

    def test_same(self):
        self.assertEqual(self.problems([self.inner] + self.callers), [])

    def test_other(self):
        for key, value in (("pc", "0x11"), ("sp", "0x1008"), ("fp", "0x1010"), ("function", "main.g")):
            changed = [self.inner, {**self.callers[0], key: value}, self.callers[1]]
            self.assertTrue(self.problems(changed), key)

    def test_lost(self):
        self.assertTrue(self.problems(self.callers))
        self.assertTrue(self.problems([self.inner, self.callers[1]]))

    def test_moved(self):
        up = [frame(f["function"], f["pc"], hex(int(f["sp"], 16) + 64), hex(int(f["fp"], 16) + 64)) for f in self.callers]
        self.assertTrue(self.problems([self.inner] + up))
        self.assertEqual(self.problems([self.inner] + up, moved=True), [])

    def test_arguments(self):
        def argument(name, value, kind="param"):
            return {"name": name, "value": value, "class": kind}

        outer = {"function": "main.f", "args": [argument("a", "1"), argument("b", None), argument("", "3"), argument("r", "4", "result")]}
        passed = step_proof.arguments_of([{"function": "main.g", "args": []}, outer], "main.f")
        self.assertEqual(passed, {"0 a": "1", "2 ": "3"})
        self.assertEqual(step_proof.arguments_of([outer], "main.h"), {})
        self.assertEqual(step_proof.compare_arguments(passed, {"0 a": "1"}), [])
        self.assertTrue(step_proof.compare_arguments(passed, {"0 a": "2"}))
        self.assertTrue(step_proof.compare_arguments(passed, {"1 b": "2"}))  # came from nowhere


if __name__ == "__main__":
    unittest.main()
