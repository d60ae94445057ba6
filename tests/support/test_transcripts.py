import tempfile
import unittest
from pathlib import Path

import transcripts

DOCUMENT = """# Title

<!-- transcript: one -->
```
(lldb) go-bt
main.f(0x7)
    #0  /work/main.go:7 fp=0xc000012345 pc=0x401234
(lldb) go-info
Go  go1.24.4
```
"""


class Transcripts(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "README.md"
        self.path.write_text(DOCUMENT)

    def tearDown(self):
        self.folder.cleanup()

    def records(self, *outputs):
        return [{"output": output, "error": ""} for output in outputs]

    def test_addresses_and_folders_may_differ(self):
        same = self.records("main.f(0x7)\n    #0  /tmp/main.go:7 fp=0xc000099999 pc=0x401239\n", "Go          go1.24.4\n")
        self.assertEqual([], transcripts.check(self.path, "one", same))

    def test_anything_else_must_not(self):
        for outputs in (
            ("main.f(0x8)\n    #0  /work/main.go:7 fp=0xc000012345 pc=0x401234\n", "Go  go1.24.4\n"),
            ("main.f(0x7)\n    #0  /work/main.go:8 fp=0xc000012345 pc=0x401234\n", "Go  go1.24.4\n"),
            ("main.f(0x7)\n    #0  /work/main.go:7 fp=0xc000012345 pc=0x401234\nmore\n", "Go  go1.24.4\n"),
            ("main.f(0x7)\n", "Go  go1.24.4\n"),
            ("main.f(0x7)\n    #0  /work/main.go:7 fp=0xc000012345 pc=0x401234\n", ""),
        ):
            self.assertEqual(1, len(transcripts.check(self.path, "one", self.records(*outputs))), outputs)

    def test_a_missing_block_is_an_error(self):
        with self.assertRaises(transcripts.NoTranscript):
            transcripts.commands(self.path, "two")

    def test_update_writes_what_was_printed(self):
        transcripts.update(self.path, "one", [("go-bt", "new\n"), ("go-info", "newer\n")])
        self.assertIn("```\n(lldb) go-bt\nnew\n(lldb) go-info\nnewer\n```\n", self.path.read_text())


if __name__ == "__main__":
    unittest.main()
