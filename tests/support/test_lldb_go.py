#!/usr/bin/env python3
"""The lldb-go command: test_lldb_go.py BUILT_COMMAND. LLDB is a script that prints its arguments."""
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

COMMAND = None  # set from the command line


class LldbGoTest(unittest.TestCase):
    def setUp(self):
        self.top = Path(os.path.realpath(tempfile.mkdtemp(prefix="lldb go ")))  # with a space
        self.addCleanup(shutil.rmtree, self.top)
        self.home = self.top / "home"
        self.init = self.home / ".lldbinit"
        self.home.mkdir()
        self.build = self.top / "build"
        self.build.mkdir()
        shutil.copy(COMMAND, self.build / "lldb-go")
        (self.build / "liblldb-go.so").touch()
        self.bin = self.top / "bin"
        self.fake(self.bin / "lldb")

    def fake(self, path):
        path.parent.mkdir(exist_ok=True)
        path.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@"\nexit 7\n')
        path.chmod(0o755)

    def lldb_go(self, *arguments, command=None, **environment):
        python = str(Path(sys.executable).parent)
        env = {"HOME": str(self.home), "PATH": f"{self.bin}:{python}", **environment}
        return subprocess.run([sys.executable, command or self.build / "lldb-go", *arguments], env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)

    def load(self, plugin=None):
        return f'plugin load "{plugin or self.build / "liblldb-go.so"}"'

    def assert_fails(self, done, *words):
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotIn("Traceback", done.stderr)


class Start(LldbGoTest):
    def test_loads_the_plugin_and_passes_the_rest_on(self):
        done = self.lldb_go("--batch", "-o", "run a b", "./program", "--", "--lldb", "")
        self.assertEqual(done.stdout.split("\n")[:-1], [
            str(self.bin / "lldb"), "-O", self.load(),
            "--batch", "-o", "run a b", "./program", "--", "--lldb", ""])

    def test_exit_code_is_lldbs(self):
        self.assertEqual(self.lldb_go().returncode, 7)

    def test_which_lldb(self):
        self.fake(self.top / "a/lldb")
        self.fake(self.top / "b/lldb")
        a, b = str(self.top / "a/lldb"), str(self.top / "b/lldb")
        first = lambda done: done.stdout.split("\n")[0]
        self.assertEqual(first(self.lldb_go(LLDB_GO_LLDB=a)), a)
        self.assertEqual(first(self.lldb_go("--lldb", b, LLDB_GO_LLDB=a)), b)
        self.assertEqual(first(self.lldb_go(f"--lldb={b}")), b)

    def test_newest_versioned_lldb_where_there_is_no_plain_one(self):
        only = self.top / "only"
        for name in ("lldb-9", "lldb-14", "lldb-server-19"):
            self.fake(only / name)
        done = self.lldb_go(PATH=str(only))
        self.assertEqual(done.stdout.split("\n")[0], str(only / "lldb-14"))

    def test_no_lldb(self):
        self.assert_fails(self.lldb_go(PATH=str(self.home)), "no lldb on PATH", "--lldb")
        self.assert_fails(self.lldb_go("--lldb", "/nonexistent/lldb"), "/nonexistent/lldb")
        self.assert_fails(self.lldb_go("--lldb"), "--lldb needs")

    def test_installed_prefix_and_a_link_to_it(self):
        prefix = self.top / "prefix"
        for folder in ("bin", "lib/lldb-go"):
            (prefix / folder).mkdir(parents=True)
        shutil.copy(COMMAND, prefix / "bin/lldb-go")
        (prefix / "lib/lldb-go/liblldb-go.so").touch()
        link = self.top / "link"
        link.symlink_to(prefix / "bin/lldb-go")
        for command in (prefix / "bin/lldb-go", link):
            self.assertIn(self.load(prefix / "lib/lldb-go/liblldb-go.so"),
                          self.lldb_go(command=command).stdout)

    def test_no_plugin(self):
        (self.build / "liblldb-go.so").unlink()
        self.assert_fails(self.lldb_go(), "liblldb-go.so", "build or install")
        self.assert_fails(self.lldb_go("install"), "liblldb-go.so")
        self.assertFalse(self.init.exists())

    def test_help_and_version(self):
        self.assertIn("usage: lldb-go", self.lldb_go("--help").stdout)
        self.assertRegex(self.lldb_go("--version").stdout, r"^lldb-go \d+\.\d+\.\d+\n$")


class Install(LldbGoTest):
    def done(self, *arguments):
        done = self.lldb_go(*arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_every_other_byte_stays(self):
        for before in (b"", b"settings set use-color false\n", b"no newline at the end",
                       b"\r\nwindows\r\n", b"\xff\x00 not text \xfe\n\n\n", b"\n", b"# lldb-go\n"):
            with self.subTest(before=before):
                self.init.write_bytes(before)
                self.done("install")
                after = self.init.read_bytes()
                self.assertEqual(after.count(self.load().encode()), 1)
                self.assertTrue(after.endswith(before))
                self.done("install")
                self.assertEqual(self.init.read_bytes(), after)
                self.done("uninstall")
                self.assertEqual(self.init.read_bytes(), before)
                self.done("uninstall")
                self.assertEqual(self.init.read_bytes(), before)

    def test_no_file_before_no_file_after(self):
        self.done("install")
        self.assertIn(self.load(), self.init.read_text())
        self.done("install")
        self.done("uninstall")
        self.assertFalse(self.init.exists())
        self.done("uninstall")
        self.assertFalse(self.init.exists())

    def test_a_file_we_created_is_kept_when_something_was_added(self):
        self.done("install")
        with open(self.init, "a") as file:
            file.write("mine\n")
        self.done("uninstall")
        self.assertEqual(self.init.read_text(), "mine\n")

    def test_block_is_replaced_in_its_place(self):
        self.init.write_text("")
        self.done("install")
        self.init.write_text("first\n" + self.init.read_text() + "last")
        moved = self.top / "moved"
        self.build.rename(moved)
        self.build = moved
        self.done("install")
        text = self.init.read_text()
        self.assertEqual(text.count("plugin load"), 1)
        self.assertIn(self.load(), text)
        self.done("uninstall")
        self.assertEqual(self.init.read_text(), "first\nlast")

    def test_mode_and_link_stay(self):
        target = self.top / "dotfiles"
        target.write_text("mine\n")
        target.chmod(0o640)
        self.init.symlink_to(target)
        for command, text in (("install", self.load()), ("uninstall", "mine\n")):
            self.done(command)
            self.assertTrue(self.init.is_symlink())
            self.assertEqual(stat.S_IMODE(target.stat().st_mode), 0o640)
            self.assertIn(text, target.read_text())
        self.assertEqual(target.read_text(), "mine\n")
        self.assertEqual(sorted(path.name for path in self.home.iterdir()), [".lldbinit"])

    def test_half_a_block_is_not_touched(self):
        self.done("install")
        whole = self.init.read_text()
        for text in (whole.replace("# <<< lldb-go <<<\n", ""), whole + whole,
                     whole.replace("# >>> lldb-go >>>\n", "")):
            self.init.write_text(text)
            for command in ("install", "uninstall"):
                self.assert_fails(self.lldb_go(command), str(self.init), "by hand")
                self.assertEqual(self.init.read_text(), text)

    def test_path_that_lldb_would_evaluate_is_refused(self):
        odd = self.top / "a`b"
        self.build.rename(odd)
        self.build = odd
        self.assert_fails(self.lldb_go("install"), "quotes")
        self.assertFalse(self.init.exists())

    def test_arguments_are_refused(self):
        self.assert_fails(self.lldb_go("install", "x"), "no arguments")


if __name__ == "__main__":
    COMMAND = sys.argv.pop(1)
    unittest.main()
