import copy
import unittest

import stack_compare

TEXT = """\
goroutine 1 gp=0x1 m=0 mp=0x2 [running]:
main.inner(...)
	/a.go:3
main.outer(0x1)
	/a.go:7 +0x10 fp=0xc120 sp=0xc100 pc=0x1010
main.main()
	/a.go:9 +0x20 fp=0xc160 sp=0xc120 pc=0x2020

goroutine 2 gp=0x3 m=nil [chan receive]:
runtime.gopark(0x0)
	/proc.go:1 +0x30 fp=0xd020 sp=0xd000 pc=0x3030
main.f()
	/a.go:4 +0x40 fp=0xd040 sp=0xd020 pc=0x4040

PC=0x5050 m=3 sigcode=0

goroutine 0 gp=0x5 m=3 mp=0x6 [idle]:
runtime.futex()
	/sys.s:9 +0x50 fp=0xe010 sp=0xe000 pc=0x5050
"""


def frame(function, file, line, offset, fp, sp, pc, inlined=False, stack="goroutine"):
    return {
        "function": function, "file": file, "line": line, "offset": offset, "fp": fp, "sp": sp, "pc": pc,
        "inlined": inlined, "stack": stack,
    }  # fmt: skip


def stack(goroutine, status, frames, wait_reason=None):
    return {"goroutine": goroutine, "status": status, "wait_reason": wait_reason, "frames": frames}


RUNNING = [
    frame("main.inner", "/a.go", 3, 0x10, "0xc120", "0xc100", "0x1010", inlined=True),
    frame("main.outer", "/a.go", 7, 0x10, "0xc120", "0xc100", "0x1010"),
    frame("main.main", "/a.go", 9, 0x20, "0xc160", "0xc120", "0x2020"),
]
CRASH = [frame("runtime.raise", "/sys.s", 1, 5, "0xf010", "0xf000", "0x9000", stack="signal")]
WAITING = [
    frame("runtime.gopark", "/proc.go", 1, 0x30, "0xd020", "0xd000", "0x3030"),
    frame("main.f", "/a.go", 4, 0x40, "0xd040", "0xd020", "0x4040"),
]
IDLE = [frame("runtime.futex", "/sys.s", 9, 0x50, "0xe010", "0xe000", "0x5050", stack="system")]


def answers():
    everything = {
        "stacks": [
            stack(1, "running", copy.deepcopy(CRASH + RUNNING)),
            stack(2, "waiting", copy.deepcopy(WAITING), "chan receive"),
        ]
    }
    threads = [{"stacks": [everything["stacks"][0]]}, {"stacks": [stack(None, "idle", copy.deepcopy(CRASH + IDLE))]}]
    return everything, threads


class Crash(unittest.TestCase):
    def problems(self, change=lambda everything, threads: None):
        everything, threads = answers()
        change(everything, threads)
        return stack_compare.compare_crash(TEXT, everything, threads)

    def test_equal(self):
        self.assertEqual(self.problems(), [])

    def test_every_field_of_every_frame_counts(self):
        for s, first in ((0, 1), (1, 0)):
            frames = answers()[0]["stacks"][s]["frames"]
            for i in range(first, len(frames)):
                for key, value in (("function", "main.x"), ("file", "/b.go"), ("line", 99), ("pc", "0x1"), ("sp", "0x2"), ("fp", "0x3"), ("offset", 1)):
                    if frames[i]["inlined"] and key in ("pc", "sp", "fp", "offset"):
                        continue  # the runtime prints none of these for an inlined frame
                    with self.subTest(stack=s, frame=i, key=key):
                        change = lambda everything, _: everything["stacks"][s]["frames"][i].__setitem__(key, value)
                        self.assertNotEqual(self.problems(change), [])

    def test_a_frame_too_many_or_too_few(self):
        for s in (0, 1):
            self.assertNotEqual(self.problems(lambda e, _: e["stacks"][s]["frames"].pop()), [])
            self.assertNotEqual(self.problems(lambda e, _: e["stacks"][s]["frames"].append(CRASH[0])), [])
        self.assertNotEqual(self.problems(lambda e, _: e["stacks"][1]["frames"].pop(0)), [])

    def test_a_missing_inlined_frame(self):
        self.assertNotEqual(self.problems(lambda e, _: e["stacks"][0]["frames"].pop(1)), [])

    def test_a_stranger_above_the_crash(self):
        change = lambda e, _: e["stacks"][0]["frames"][0].__setitem__("function", "main.invented")
        self.assertIn("does not belong above the crash", self.problems(change)[0])

    def test_a_missing_goroutine(self):
        self.assertNotEqual(self.problems(lambda e, _: e["stacks"].pop(1)), [])

    def test_an_invented_goroutine(self):
        self.assertNotEqual(self.problems(lambda e, _: e["stacks"].append(stack(3, "waiting", WAITING))), [])

    def test_a_missing_thread(self):
        self.assertNotEqual(self.problems(lambda _, threads: threads.pop(1)), [])

    def test_status(self):
        self.assertNotEqual(self.problems(lambda e, _: e["stacks"][1].__setitem__("wait_reason", "select")), [])
        self.assertNotEqual(self.problems(lambda e, _: e["stacks"][1].__setitem__("status", "runnable")), [])

    def test_c_frames_are_left_out(self):
        c = frame("write", None, None, None, None, None, "0x7f00", stack="c")
        self.assertEqual(self.problems(lambda e, _: e["stacks"][0]["frames"].insert(3, c)), [])

    def test_in_a_system_call_registers_may_know_more(self):
        text = TEXT.replace("[chan receive]", "[syscall]")
        everything, threads = answers()
        waiting = everything["stacks"][1]
        waiting.update(status="syscall", wait_reason=None)
        deeper = frame("syscall.Syscall6", "/s.s", 1, 2, "0xd000", "0xcff0", "0x1")
        waiting["frames"] = [deeper, {**waiting["frames"][0], "pc": "0x3040", "line": 2, "offset": 0x40}, waiting["frames"][1]]
        self.assertEqual(stack_compare.compare_crash(text, everything, threads), [])
        waiting["frames"][2]["pc"] = "0x4041"
        self.assertNotEqual(stack_compare.compare_crash(text, everything, threads), [])

    def test_no_traceback(self):
        everything, threads = answers()
        self.assertNotEqual(stack_compare.compare_crash("", everything, threads), [])
        self.assertNotEqual(stack_compare.compare_crash("goroutine 1 [running]:\nmain.f()\n\t/a.go:1 +0x1\n", everything, threads), [])


MARKER_TEXT = """\
goroutine 1 [running]:
main.dump()
	/t.go:1 +0x1
main.pause()
	/t.go:5 +0x9
main.main()
	/a.go:9 +0x20

goroutine 2 [chan receive]:
main.f()
	/a.go:4 +0x40
"""


class Marker(unittest.TestCase):
    def problems(self, change=lambda everything: None, running=1):
        frames = [
            frame("main.markerPause", "/t.go", 9, 0, "0xc080", "0xc078", "0x77"),
            frame("main.pause", "/t.go", 6, 0x15, "0xc120", "0xc080", "0x88"),
            frame("main.main", "/a.go", 9, 0x20, "0xc160", "0xc120", "0x2020"),
            frame("runtime.goexit", "/asm.s", 1, 1, "0xc170", "0xc160", "0x99"),
        ]
        everything = {"stacks": [stack(1, "running", frames), stack(2, "waiting", copy.deepcopy(WAITING), "chan receive")]}
        change(everything)
        return stack_compare.compare_marker(MARKER_TEXT, everything, "main.pause", (1, 24), running)

    def test_equal(self):
        self.assertEqual(self.problems(), [])

    def test_the_caller_counts(self):
        for key, value in (("line", 10), ("function", "main.x"), ("file", "/x.go"), ("offset", 0x21)):
            self.assertNotEqual(self.problems(lambda e: e["stacks"][0]["frames"][2].__setitem__(key, value)), [])

    def test_other_goroutines_count(self):
        self.assertNotEqual(self.problems(lambda e: e["stacks"][1]["frames"][1].__setitem__("line", 5)), [])
        self.assertNotEqual(self.problems(lambda e: e["stacks"].pop(1)), [])

    def test_where_nothing_would_be_shown_all_is(self):
        goexit = frame("runtime.goexit", "/asm.s", 1, 1, "0xd050", "0xd040", "0x99")
        text = MARKER_TEXT + "runtime.goexit({})\n\t/asm.s:1 +0x1\n"
        frames = answers()[0]["stacks"][1]["frames"][1:] + [goexit]
        everything = {"stacks": [stack(1, "running", []), stack(2, "waiting", frames, "chan receive")]}
        compare = lambda: stack_compare.compare_marker(text, everything, "main.pause", (1, 24), 1)
        self.assertEqual(len(compare()), 1)  # only that goroutine 1 has no main.pause here
        frames.pop()
        self.assertEqual(len(compare()), 2)

    def test_the_function_must_be_there(self):
        self.assertNotEqual(self.problems(lambda e: e["stacks"][0]["frames"].pop(1)), [])

    def test_the_goroutine_must_be_in_the_file(self):
        self.assertNotEqual(self.problems(running=7), [])


class ShownNames(unittest.TestCase):
    frames = [{"function": "runtime.goparkunlock", "inlined": True}, {"function": "sync.wait", "inlined": False}]

    def test_go_1_15_asks_the_physical_function(self):
        self.assertEqual(stack_compare._shown_names(self.frames, (1, 15)), ["sync.wait", "sync.wait"])
        self.assertEqual(stack_compare._shown_names(self.frames, (1, 19)), ["runtime.goparkunlock", "sync.wait"])


class Links(unittest.TestCase):
    def problems(self, change=lambda frames: None, memory={0xC118: 0x2020}):
        frames = copy.deepcopy(RUNNING)
        change(frames)
        return stack_compare.compare_links({"frames": frames}, memory.get)

    def test_tied(self):
        self.assertEqual(self.problems(), [])

    def test_another_return_address(self):
        self.assertNotEqual(self.problems(memory={0xC118: 0x2021}), [])
        self.assertNotEqual(self.problems(memory={}), [])

    def test_a_gap(self):
        self.assertNotEqual(self.problems(lambda frames: frames[2].__setitem__("sp", "0xc128")), [])


if __name__ == "__main__":
    unittest.main()
