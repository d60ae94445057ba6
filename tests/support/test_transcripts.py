import tempfile
import unittest
from pathlib import Path

import transcripts

README = """\
Words.

<!-- transcript: examples/calls STOP_AT main.markerSum -->
```console
(lldb) go-bt
main.f() sp=0xc000046e90 pc=0x401000
main.g() sp=0xc000046ea8 pc=0x401000
(lldb) go-frame
x  0xc000046e90
```
"""


HELP = """\
      "words",
      // transcript: examples/calls STOP_AT main.markerSum
      R"((lldb) go-info
Go  go1.24.4
)",
"""


def found(text, name="README.md"):
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder, name)
        document.write_text(text)
        return list(transcripts.transcripts(document))


class Transcripts(unittest.TestCase):
    def test_found(self):
        (only,) = found(README)
        self.assertEqual((only.how, only.commands), ("examples/calls STOP_AT main.markerSum", ["go-bt", "go-frame"]))
        self.assertIn("STOP_AT main.markerSum\nRUN go-bt\n", transcripts.session_text(only))
        self.assertEqual(found("no block"), [])
        (only,) = found(HELP, "go_info.cpp")
        self.assertEqual((only.how, only.text), ("examples/calls STOP_AT main.markerSum", "(lldb) go-info\nGo  go1.24.4\n"))

    def same(self, one, two):
        return transcripts.normal(one) == transcripts.normal(two)

    def test_addresses_count_by_where_they_are(self):
        text = found(README)[0].text
        moved = text.replace("0xc000046e90", "0x7ffe1000").replace("0xc000046ea8", "0x7ffe1018").replace("0x401000", "0x555000")
        self.assertTrue(self.same(text, moved))
        self.assertFalse(self.same(text, moved.replace("x  0x7ffe1000", "x  0x7ffe1018")))

    def test_words_and_small_numbers_count(self):
        text = found(README)[0].text
        self.assertFalse(self.same(text, text.replace("main.g", "main.h")))
        self.assertFalse(self.same("SP+0x8", "SP+0x10"))
        self.assertFalse(self.same("a\nb", "a"))


if __name__ == "__main__":
    unittest.main()
