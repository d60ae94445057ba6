"""Disk space of the live tests: cores and binaries are large, and a full disk fails every test after it."""
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

PREFIX = "lldb-go-live-"
NEEDED = 4 << 30  # bytes for one run of the whole matrix: cores, and every fixture built once
MOST_KEPT = 3 << 30  # bytes of fixtures in the cache, over all checkouts


class Full(Exception):
    pass


def check(*folders, needed=NEEDED):
    for folder in folders:
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise Full(f"{folder}: {free >> 20} MiB free, the live tests need {needed >> 20}; make room or set TMPDIR and XDG_CACHE_HOME")


@contextmanager
def work_folder(parent=None):
    """A folder that is removed at the end. What runs that were killed left behind is removed first."""
    parent = Path(parent or tempfile.gettempdir())
    for old in parent.glob(PREFIX + "*"):
        pid = old.name[len(PREFIX) :].partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prune(folder, most=MOST_KEPT):
    """Removes the folders used longest ago until the others take no more than `most` bytes."""
    if not folder.is_dir():
        return
    kept = 0
    entries = [entry for entry in folder.iterdir() if entry.is_dir() and entry.name != "locks"]
    for entry in sorted(entries, key=lambda entry: entry.stat().st_mtime, reverse=True):
        kept += sum(path.lstat().st_blocks * 512 for path in entry.rglob("*"))
        if kept > most:
            shutil.rmtree(entry, ignore_errors=True)


def dig_holes(path):
    """gdb writes reserved, never touched memory as zeros, over a gigabyte of them. File systems without holes keep them."""
    if shutil.which("fallocate"):
        subprocess.run(["fallocate", "--dig-holes", path], capture_output=True)
