"""The part of bench_lldb that runs inside LLDB: times commands the way LLDB runs them for its user."""
import json
import os
import statistics
import time

import lldb


def resident_kib():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


class Bench:
    def __init__(self, debugger, plan):
        self.debugger = debugger
        self.interpreter = debugger.GetCommandInterpreter()
        self.plan = plan
        self.rows = []

    def run(self, command):
        result = lldb.SBCommandReturnObject()
        start, cpu = time.perf_counter(), time.process_time()
        self.interpreter.HandleCommand(command, result, False)
        took = ((time.perf_counter() - start) * 1000, (time.process_time() - cpu) * 1000)
        if not result.Succeeded():
            raise RuntimeError(f"{command}: {result.GetError()}")
        return took

    def row(self, where, what, times):
        """`times`: pairs of wall-clock and processor milliseconds."""
        wall, cpu = zip(*times)
        self.rows.append(
            {"where": where, "what": what, "runs": len(times), "wall": statistics.median(wall), "cpu": statistics.median(cpu)}
        )

    def once(self, where, command, name=None):
        before = resident_kib()
        self.row(where, name or command, [self.run(command)])
        self.rows[-1]["rss"] = resident_kib() - before

    def again(self, where, command, runs):
        self.row(where, command, [self.run(command) for _ in range(runs)])

    def after_steps(self, where, commands, runs):
        """Each time at a new stop, so that nothing kept for the last one counts."""
        times = {c: [] for c in commands}
        for i in range(runs):
            for command in commands if i % 2 == 0 else reversed(commands):
                self.debugger.GetSelectedTarget().process.GetSelectedThread().StepInstruction(False)
                times[command].append(self.run(command))
        for command in commands:
            self.row(where, command, times[command])

    def launch(self, arguments=(), stop_at_entry=False, folder="/"):
        target = self.debugger.GetSelectedTarget()
        info = lldb.SBLaunchInfo(list(arguments))
        info.SetWorkingDirectory(folder)
        info.SetEnvironmentEntries([*(f"{k}={v}" for k, v in os.environ.items()), "GODEBUG=asyncpreemptoff=1"], False)
        if stop_at_entry:
            info.SetLaunchFlags(lldb.eLaunchFlagStopAtEntry)
        for fd in (1, 2):
            info.AddOpenFileAction(fd, "/dev/null", False, True)
        error = lldb.SBError()
        process = target.Launch(info, error)
        if not error.Success():
            raise RuntimeError(f"launch: {error}")
        return process

    # Scenarios

    def fixture(self):
        self.run(f"target create {self.plan['program']}")
        self.run(f"breakpoint set --name {self.plan['function']}")
        process = self.launch()
        for command in ("go-info", "go-bt", "go-frame"):
            self.once("a program with DWARF, first", command)
        # LLDB 14 runs its own `bt` without a target here.
        own = [] if "version 14" in lldb.SBDebugger.GetVersionString() else ["bt"]
        for command in ["go-frame", "go-frame -f 1", "go-duff explain main.main", "go-bt", "go-bt --all", "go-info", "go-frame --json", *own]:
            self.run(command)
            self.again("the same stop again", command, 51)
        self.after_steps("each time at a new stop", ["go-frame", "go-bt", *own], 31)
        process.Kill()

    def many(self):
        where = f"{self.plan['goroutines']} goroutines"
        self.run(f"target create {self.plan['many']}")
        self.run("breakpoint set --name main.ready")
        process = self.launch([str(self.plan["goroutines"])])
        self.once(where, "go-bt")
        for command in ("go-info", "go-bt -g 50", "go-bt --all --limit 3", "go-bt --all"):
            self.once(where, command)
        process.Kill()

    def stripped(self):
        """A stripped program of 50 MB: LLDB alone first, then what lldb-go takes on top."""
        where = os.path.basename(self.plan["stripped"]) + ", stripped"
        self.once(where, f"target create {self.plan['stripped']}", "target create (LLDB alone)")
        self.debugger.SetAsync(True)
        process = self.launch(self.plan["arguments"], folder=self.plan["folder"])
        for _ in range(40):  # let it settle; LLDB stops at the signals Go uses
            time.sleep(0.05)
            if process.GetState() == lldb.eStateStopped:
                process.Continue()
        process.Stop()
        for _ in range(100):
            if process.GetState() == lldb.eStateStopped:
                break
            time.sleep(0.05)
        self.debugger.SetAsync(False)
        for thread in process:
            for frame in thread:
                frame.GetFunctionName()
        alone = resident_kib()
        self.once(where, f"plugin load {self.plan['plugin']}", "plugin load")
        first = self.plan["first"]
        self.once(where, first, f"{first}, the first Go command")
        for command in ("go-info", "go-bt", "go-frame", "go-bt --all"):
            if command != first:
                self.once(where, command, f"{command}, its first time after {first}")
        self.rows.append({"where": where, "what": "all of lldb-go on top of LLDB", "rss": resident_kib() - alone})
        for command in ("go-frame", "go-bt", "go-bt --all"):
            self.again(where, command, 21)
        process.Kill()


def main(plan_file, result_file):
    with open(plan_file) as f:
        plan = json.load(f)
    debugger = lldb.debugger
    debugger.SetAsync(False)
    bench = Bench(debugger, plan)
    try:
        if plan["scenario"] != "stripped":
            bench.run(f"plugin load {plan['plugin']}")
        getattr(bench, plan["scenario"])()
        error = None
    except Exception as e:
        error = f"{type(e).__name__}: {e}"
    with open(result_file, "w") as f:
        json.dump({"rows": bench.rows, "error": error}, f)
