"""What the live tests leave on the disk."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import disk


class DiskTest(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = Path(kept.name)

    def test_what_a_killed_run_left_goes_and_a_living_one_stays(self):
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        dead = self.folder / f"{disk.PREFIX}{gone.pid}-abc"
        alive = self.folder / f"{disk.PREFIX}{os.getpid()}-abc"
        other = self.folder / "lldb-something"
        for folder in (dead, alive, other):
            folder.mkdir()
        with disk.work_folder(self.folder) as work:
            self.assertEqual({path.name for path in self.folder.iterdir()}, {alive.name, other.name, work.name})
        self.assertFalse(work.exists())

    def test_the_folders_used_last_are_kept(self):
        for age, name in enumerate(["new", "middle", "old"]):
            (self.folder / name).mkdir()
            (self.folder / name / "binary").write_bytes(os.urandom(1 << 16))
            os.utime(self.folder / name, (1000 - age, 1000 - age))
        (self.folder / "locks").mkdir()
        disk.prune(self.folder, most=3 << 16)
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"new", "middle", "old", "locks"})
        disk.prune(self.folder, most=(2 << 16) + 1)
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"new", "middle", "locks"})
        disk.prune(self.folder / "missing")

    def test_too_little_room_says_how_much_and_what_to_do(self):
        disk.check(self.folder, needed=1)
        with self.assertRaisesRegex(disk.Full, "MiB free.*TMPDIR"):
            disk.check(self.folder, needed=1 << 62)


if __name__ == "__main__":
    unittest.main()
