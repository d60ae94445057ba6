"""A thousand expressions, and every variable of every frame of every thread: LLDB survives, and sums are right."""
import json
import subprocess
from pathlib import Path

import fixture
import runner
import toolchain

HOST = Path(__file__).parent.parent / "support" / "lldb_expressions.py"


def expressions(go_name, lldb_name, plugin, kind):
    lldb = toolchain.lldb(lldb_name)
    found = subprocess.run([lldb.python, "-c", "import lldb"], env=lldb.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if lldb_name == toolchain.LOCAL and found.returncode != 0:
        raise runner.Skip("this machine's own Python cannot import its lldb: " + found.stderr.strip().splitlines()[-1][:100])
    program = fixture.build("tests/fixtures/kinds", toolchain.go(go_name), kind).binary
    done = subprocess.run(
        [lldb.python, str(HOST), str(program), str(plugin)],
        env=lldb.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
    if done.returncode != 0 or not answers:
        return [f"the host ended with {done.returncode}: {done.stdout[-300:]}{done.stderr[-1500:]}"]
    answer = json.loads(answers[0][len("ANSWER ") :])
    problems = [f"{name} is {value}, plus 1 is {total} {error}" for name, value, total, error in answer["wrong"]]
    least = {"expressions": 1000, "answered": 200, "sums": 20, "variables": 300} if kind == "noopt" else {"expressions": 1000, "variables": 200}
    problems += [f"{answer[what]} {what}, wanted {least[what]}" for what in least if answer[what] < least[what]]
    return problems


def cases(go, lldb, plugin):
    for version in lldb:
        for kind in ("opt", "noopt"):
            name = f"a thousand expressions [go{go[-1]} lldb{version} {kind}]"
            yield name, lambda version=version, kind=kind: expressions(go[-1], version, plugin, kind)
