import copy
import unittest

import frame_checks


def slot(address, size, kind, name=None, sp=0x1000, psp=0x1010, fp=0x1020):
    return {
        "address": f"0x{address:x}", "size": size, "kind": kind, "name": name,
        "offset_sp": address - sp, "offset_psp": address - psp, "offset_fp": address - fp,
    }  # fmt: skip


FRAME = {
    "function": "main.f", "hardware_sp": "0x1000", "pseudo_sp": "0x1010", "pseudo_fp": "0x1020", "frame_size": 0x18,
    "return_address": {"slot": "0x1018"},
    "slots": [
        slot(0x1020, 8, "arg", "a"),
        slot(0x1018, 8, "return_address"),
        slot(0x1010, 8, "saved_bp"),
        slot(0x1008, 8, "local", "s.len"),
        slot(0x1000, 8, "local", "s.ptr"),
    ],
}  # fmt: skip


class Cover(unittest.TestCase):
    def problems(self, change=lambda frame: None):
        frame = copy.deepcopy(FRAME)
        change(frame)
        return frame_checks.cover(frame)

    def test_covered(self):
        self.assertEqual(self.problems(), [])

    def test_gap_overlap_and_end(self):
        self.assertIn("gap", self.problems(lambda f: f["slots"].pop(3))[0])
        self.assertIn("overlap", self.problems(lambda f: f["slots"][3].__setitem__("size", 16))[0])
        self.assertTrue(self.problems(lambda f: f["slots"].pop()))
        self.assertTrue(self.problems(lambda f: f["slots"].clear()))
        self.assertTrue(self.problems(lambda f: f["slots"][0].__setitem__("size", 0)))

    def test_offsets(self):
        for field in ("offset_sp", "offset_psp", "offset_fp"):
            self.assertTrue(self.problems(lambda f: f["slots"][2].__setitem__(field, 5)), field)

    def test_return_address(self):
        self.assertTrue(self.problems(lambda f: f["slots"][1].__setitem__("kind", "local")))
        self.assertTrue(self.problems(lambda f: f["slots"][2].__setitem__("kind", "return_address")))
        self.assertTrue(self.problems(lambda f: f["return_address"].__setitem__("slot", "0x1010")))
        self.assertTrue(self.problems(lambda f: f.__setitem__("frame_size", 0x20)))


class Assembler(unittest.TestCase):
    text = "noise\noracle f sp=0x1000 psp=0x1010 fp=0x1020\n"

    def test_same(self):
        self.assertEqual(frame_checks.assembler_frame(FRAME, self.text, "f"), [])

    def test_other(self):
        for field in ("hardware_sp", "pseudo_sp", "pseudo_fp"):
            self.assertTrue(frame_checks.assembler_frame({**FRAME, field: "0x1"}, self.text, "f"))
        self.assertTrue(frame_checks.assembler_frame(FRAME, "", "f"))


class Addresses(unittest.TestCase):
    def problems(self, text, frame=FRAME, must_name=True):
        return frame_checks.variable_addresses([frame], text, must_name)

    def test_same(self):
        self.assertEqual(self.problems("addr main.f s 0x1000\naddr main.f a 0x1020\naddr main.g x 0x5\n"), [])

    def test_other(self):
        self.assertTrue(self.problems("addr main.f s 0x1008\n"))  # a part, not where it begins
        self.assertTrue(self.problems("addr main.f t 0x1000\n"))
        self.assertTrue(self.problems("addr main.f s 0x5000\n"))
        self.assertTrue(self.problems("addr main.g x 0x1000\n"))  # nothing was checked
        self.assertTrue(self.problems(""))

    def test_unknown_is_allowed_only_where_debug_info_is_silent(self):
        frame = copy.deepcopy(FRAME)
        frame["slots"][3]["name"] = frame["slots"][4]["name"] = None
        self.assertTrue(self.problems("addr main.f s 0x1000\n", frame))
        self.assertEqual(self.problems("addr main.f s 0x1000\n", frame, must_name=False), [])


LISTING = """\
main.f STEXT size=10 args=0x8 locals=0x18
	0x0000 00000 (/a.go:3)	TEXT	main.f(SB), ABIInternal, $16-8
	0x0004 00004 (/a.go:3)	MOVQ	AX, main.a+32(SP)
	0x0008 00008 (/a.go:4)	LEAQ	main.s(SP), AX
	0x0008 00008 (/a.go:4)	MOVQ	AX, main.s+8(SP)
	0x0010 00016 (/a.go:4)	MOVQ	main..autotmp_3+0(SP), AX
	0x0014 00020 (/a.go:5)	RET
	0x0015 00021 (/a.go:3)	MOVQ	AX, main.a+8(SP)
	0x0019 00025 (/a.go:3)	CALL	runtime.morestack_noctxt(SB)
	0x0000 64 48 8b 0c 25 00 00 00 00                       dH..%
	rel 5+4 t=17 TLS+0
"".g STEXT size=10
	0x0004 00004 (/a.go:3)	MOVQ	AX, "".x-8(SP)
"""


class Listing(unittest.TestCase):
    def test_slots(self):
        slots = frame_checks.listed_slots(LISTING)
        self.assertEqual(slots["main.f"], {("a", 32), ("s", 8)})
        self.assertEqual(slots["main.g"], {("x", -8)})

    def test_agrees(self):
        self.assertEqual(frame_checks.listing_agrees([FRAME], LISTING, True), [])

    def test_disagrees(self):
        frame = copy.deepcopy(FRAME)
        frame["slots"][0]["name"] = "b"
        self.assertTrue(frame_checks.listing_agrees([frame], LISTING, False))
        frame["slots"][0]["name"] = None
        self.assertEqual(frame_checks.listing_agrees([frame], LISTING, True), [])
        for slot in frame["slots"]:
            slot["name"] = None
        self.assertTrue(frame_checks.listing_agrees([frame], LISTING, True))
        self.assertEqual(frame_checks.listing_agrees([frame], LISTING, False), [])
        self.assertTrue(frame_checks.listing_agrees([{**FRAME, "function": "main.h"}], LISTING, False))


if __name__ == "__main__":
    unittest.main()
