"""Core files of fixtures: by the kernel when the program dies, or by gdb at a marker."""
import os
import resource
import shutil
import subprocess
from pathlib import Path

import disk


class NoCore(Exception):
    """This machine does not make such a core file: what needs it is skipped."""


def _unlimited():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def kernel_core(program, arguments, env, folder):
    """Runs a program that aborts. Its output is in the folder's `stdout` and `stderr`."""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern.startswith("|") or "/" in pattern or not pattern:
        raise NoCore(f"kernel core files go to {pattern!r}, not into the current folder")
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        raise NoCore("the hard limit of core files is 0 here")
    with open(folder / "stdout", "wb") as out, open(folder / "stderr", "wb") as err:
        subprocess.run(
            [program, *arguments],
            cwd=folder,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            preexec_fn=_unlimited,
            timeout=60,
        )
    cores = [path for path in folder.iterdir() if path.name.startswith("core")]
    if len(cores) != 1:
        said = (folder / "stderr").read_text(errors="replace")[:500]
        raise RuntimeError(f"{program} {arguments}: {len(cores)} core files; it said: {said}")
    return cores[0]


def gdb_core(program, arguments, env, folder, address):
    """Runs a program to a file address in gdb and takes its core with `gcore`."""
    if not shutil.which("gdb"):
        raise NoCore("gdb is not installed")
    core = folder / "core.gdb"
    commands = [
        "set confirm off",
        "set startup-with-shell off",
        "handle SIGURG nostop noprint pass",
        f"set cwd {folder}",
        *(f"set environment {name} {value}" for name, value in env.items()),
        "starti > stdout 2> stderr",
    ]
    script = folder / "gdb.py"
    # In a PIE the file address moves by the slide, which the auxiliary vector's entry point tells.
    script.write_text(
        "import gdb, re, struct\n"
        f"entry = struct.unpack_from('<Q', open({str(program)!r}, 'rb').read(64), 24)[0]\n"
        "auxv = gdb.execute('info auxv', to_string=True)\n"
        "slide = int(re.search(r'AT_ENTRY.*?(0x[0-9a-f]+)', auxv)[1], 16) - entry\n"
        f"gdb.execute('tbreak *%d' % ({address} + slide))\n"
        "gdb.execute('continue')\n"
        f"gdb.execute('gcore {core}')\n"
        "gdb.execute('kill')\n"
    )
    # gdb redirects only through a shell; the program's arguments are plain words.
    commands[1] = "set startup-with-shell on"
    commands[-1] = "set args " + " ".join(arguments) + f" > {folder}/stdout 2> {folder}/stderr"
    command = ["gdb", "-nx", "-batch"]
    for line in commands + ["starti", f"source {script}"]:
        command += ["-ex", line]
    done = subprocess.run(
        command + [str(program)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, cwd=folder
    )
    if not core.exists():
        raise RuntimeError(f"gcore of {program}: {done.stdout[-600:]}{done.stderr[-600:]}")
    disk.dig_holes(core)
    return core
