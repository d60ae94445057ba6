"""Programs that run in a Python with lldb: started by live tests, they answer with a line `ANSWER {json}`."""
import json
import subprocess

import runner
import toolchain


def lldb_with_python(name):
    """The LLDB of that name. Skips where its Python cannot import lldb: Debian 13's package has a link to nowhere."""
    lldb = toolchain.lldb(name)
    found = subprocess.run([lldb.python, "-c", "import lldb"], env=lldb.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if name == toolchain.LOCAL and found.returncode != 0:
        raise runner.Skip("this machine's own Python cannot import its lldb: " + found.stderr.strip().splitlines()[-1][:100])
    return lldb


def run(lldb, host, *arguments, timeout=120):
    """A host that takes longer is ended; TimeoutExpired then says in `stderr` where its threads were."""
    with subprocess.Popen(
        [lldb.python, str(host), *map(str, arguments)],
        env=lldb.env(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as started:  # fmt: skip
        try:
            out, error = started.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as problem:
            problem.stderr = f"{host.name} {arguments}{runner.where(started.pid)}"
            raise
        finally:
            started.kill()
    return subprocess.CompletedProcess(started.args, started.returncode, out, error)


def answer(done):
    """What the host answered, and what is wrong where it did not."""
    lines = [line for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
    if done.returncode != 0 or not lines:
        return None, f"the host ended with {done.returncode}: {done.stdout[-300:]}{done.stderr[-1500:]}"
    return json.loads(lines[0][len("ANSWER ") :]), None
