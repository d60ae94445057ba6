import unittest

import session_file

GOOD = """\
# A comment.
SESSION one
FIXTURE examples/stacks blocked "two words"
KIND opt pie
GO >=1.17 <1.26
LLDB all
ENV A=b=c
STOP_AT main.markerPause
RUN go-bt --json
EXPECT_JSON stacks[0].goroutine == 1
EXPECT_NONE error

SESSION two
TARGET none
RUN go-bt
EXPECT_ERROR target
"""


class Parse(unittest.TestCase):
    def test_good(self):
        one, two = session_file.parse("x.test", GOOD)
        self.assertEqual((one.fixture, one.arguments), ("examples/stacks", ("blocked", "two words")))
        self.assertEqual((one.kinds, one.env, one.every_lldb), (["opt", "pie"], {"A": "b=c"}, True))
        self.assertEqual([s.verb for s in one.steps], ["STOP_AT", "RUN", "EXPECT_JSON", "EXPECT_NONE"])
        self.assertEqual((two.target, two.kinds), ("none", ["opt"]))
        self.assertEqual(one.name, "x: one")

    def test_go_conditions(self):
        one = session_file.parse("x.test", GOOD)[0]
        self.assertEqual([v for v in (15, 17, 25, 26) if one.wants_go((1, v))], [17, 25])

    def fails(self, text):
        with self.assertRaises(session_file.SessionFileError) as caught:
            session_file.parse("x.test", text)
        return str(caught.exception)

    def test_a_session_that_could_not_fail(self):
        self.assertIn("could not fail", self.fails("SESSION x\nFIXTURE a\nRUN go-bt\n"))
        self.assertIn("could not fail", self.fails("SESSION x\nFIXTURE a\nRUN go-bt\nEXPECT_NONE error\n"))
        self.assertIn("could not fail", self.fails("SESSION x\nFIXTURE a\nRUN go-bt\n\n" + GOOD.replace("one", "y")))

    def test_mistakes(self):
        self.assertIn("unknown word", self.fails("SESSION x\nFIXTURE a\nRUNN go-bt\n"))
        self.assertIn("no FIXTURE", self.fails("SESSION x\nRUN go-bt\nEXPECT a\n"))
        self.assertIn("without a RUN", self.fails("SESSION x\nFIXTURE a\nEXPECT a\nRUN go-bt\n"))
        self.assertIn("x.test:3", self.fails("SESSION x\nFIXTURE a\nEXPECT a\nRUN go-bt\n"))
        self.assertIn("SESSION", self.fails("RUN go-bt\n"))
        self.assertIn("no SESSION", self.fails("# nothing\n"))
        self.assertIn("condition", self.fails("SESSION x\nGO 1.17\n"))
        self.assertIn("TARGET", self.fails("SESSION x\nTARGET moon\n"))
        self.assertIn("two sessions", self.fails(GOOD + GOOD))


if __name__ == "__main__":
    unittest.main()
