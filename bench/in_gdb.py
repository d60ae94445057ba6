"""The part of bench_lldb that runs inside gdb: the same questions to the peer, with Go's own runtime-gdb.py."""
import json
import os
import statistics
import time

import gdb


def times(command, runs):
    out = []
    for _ in range(runs):
        start = time.perf_counter()
        gdb.execute(command, to_string=True)
        out.append((time.perf_counter() - start) * 1000)
    return out


with open(os.environ["BENCH_PLAN"]) as f:
    plan = json.load(f)
rows, error = [], None
for command in ("set pagination off", "set confirm off", "handle SIGURG nostop noprint pass", "set debuginfod enabled off"):
    gdb.execute(command, to_string=True)
try:
    gdb.execute(f"source {plan['goroot']}/src/runtime/runtime-gdb.py", to_string=True)
    gdb.execute(f"break {plan['function']}", to_string=True)
    gdb.execute(f"run {plan['arguments']} > /dev/null 2>&1", to_string=True)
    if plan["arguments"]:
        rows.append({"where": f"{plan['arguments']} goroutines", "what": "info goroutines", "wall": times("info goroutines", 1)[0], "runs": 1})
    for command in () if plan["arguments"] else ("bt", "info goroutines", "goroutine 1 bt"):
        rows.append({"where": "gdb, first", "what": command, "wall": times(command, 1)[0], "runs": 1})
        rows.append({"where": "gdb, again", "what": command, "wall": statistics.median(times(command, 21)), "runs": 21})
except gdb.error as e:
    error = str(e)
with open(os.environ["BENCH_RESULT"], "w") as f:
    json.dump({"rows": rows, "error": error}, f)
gdb.execute("kill", to_string=True)
gdb.execute("quit")
