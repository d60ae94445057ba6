#!/usr/bin/env python3
"""tools/toolchains without a network: test_toolchains.py TOOL. The mirrors are empty or made-up folders."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOL = None  # set from the command line


class Toolchains(unittest.TestCase):
    def setUp(self):
        self.top = Path(tempfile.mkdtemp(prefix="toolchains"))
        self.addCleanup(shutil.rmtree, self.top)
        self.cache = self.top / "cache"

    def tool(self, *arguments, mirror="/nonexistent"):
        env = {**os.environ, "XDG_CACHE_HOME": str(self.cache), "LLDB_GO_DEBIAN_MIRROR": f"file:{mirror}"}
        return subprocess.run([TOOL, *arguments], env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)

    def test_wrong_usage(self):
        for arguments in ([], ["go"], ["go", "1.99"], ["lldb", "15"], ["rust", "1"], ["sdk", "19"], ["go", "../x"]):
            with self.subTest(arguments=arguments):
                done = self.tool(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertNotEqual(done.stderr, "")

    def test_list_names_every_version(self):
        rows = [line.split() for line in self.tool("list").stdout.splitlines()]
        self.assertEqual([row[1] for row in rows if row[0] == "go"],
                         "1.15 1.19 1.21 1.22 1.23 1.24 1.25 1.26 1.27".split())
        self.assertEqual([row[1] for row in rows if row[0] == "lldb"], "14 16 19 22".split())

    def test_the_readme_names_the_same(self):
        top = Path(__file__).resolve().parents[2]
        readme = (top / "README.md").read_text()
        rows = [line.split() for line in self.tool("list").stdout.splitlines()]
        for kind, row, end in (("go", "Go", ";"), ("lldb", "LLDB", ":")):
            said = re.search(rf"^\| {row} \| (.+?){end}", readme, re.M)[1].split(", ")
            self.assertEqual(said, [row[1] for row in rows if row[0] == kind])
        commands = lambda text: re.findall(r"^\| \[?`(go-[a-z]+)`", text, re.M)
        self.assertEqual(sorted(commands(readme)), sorted(commands((top / "docs" / "commands.md").read_text())))

    def test_what_is_in_the_cache_needs_no_mirror(self):
        (layout,) = {path.parent for path in [self.cached("go", "1.24"), self.cached("lldb", "22")]}
        for kind, version in (("go", "1.24"), ("lldb", "22")):
            (layout / f"{kind}-{version}").mkdir(parents=True)
            done = self.tool(kind, version)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(done.stdout, f"{layout}/{kind}-{version}\n")

    def cached(self, kind, version):
        """Where the tool would put it: `list` shows only what is there, so ask the tool's constant."""
        text = Path(TOOL).read_text()
        layout = text.split('LAYOUT = "')[1].split('"')[0]
        return self.cache / "lldb-go" / layout / f"{kind}-{version}"

    def test_a_suite_that_left_the_mirror_is_exit_3_and_leaves_nothing(self):
        empty = self.top / "mirror"
        empty.mkdir()
        for kind, version in (("go", "1.15"), ("lldb", "14")):
            done = self.tool(kind, version, mirror=empty)
            self.assertEqual((done.returncode, done.stdout), (3, ""))
            self.assertIn(f"{kind} {version}: not available", done.stderr)
            self.assertFalse(self.cached(kind, version).exists())
        self.assertEqual(list(self.cache.rglob(".new-*")), [])

    def test_all_goes_on_after_a_missing_one(self):
        empty = self.top / "mirror"
        empty.mkdir()
        self.cached("lldb", "19").mkdir(parents=True)
        done = self.tool("lldb", "all", mirror=empty)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stdout, f"{self.cached('lldb', '19')}\n")
        for version in ("14", "16", "22"):
            self.assertIn(f"lldb {version}: not available", done.stderr)


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main()
