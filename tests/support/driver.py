"""Runs sessions inside LLDB: `command script import driver.py`, then `script driver.main(...)`.

One LLDB runs many sessions, because starting it costs more than most of them. The plan is a
JSON list of sessions, each with a `target` and `ops`; for every op one record is kept. Events
go to a file, a line of JSON each, so that the runner outside knows where LLDB was when it died.
Nothing is judged here but what needs a live process: single steps, and memory links.
"""
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import traceback

import lldb

import go_traceback
import stack_compare

# Go programs live with these; stopping at one would only be noise.
PASSED_SIGNALS = ("SIGURG", "SIGQUIT", "SIGUSR1", "SIGSEGV", "SIGPIPE", "SIGPROF", "SIGCHLD")


_VERSION = int(lldb.SBDebugger.GetVersionString().split("version ")[1].split(".")[0])


class SessionError(Exception):
    """The session could not be carried out as written."""


def _wait_for(condition, seconds, what):
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            return
        time.sleep(0.02)
    raise SessionError(f"{what} within {seconds} s")


class Session:
    def __init__(self, debugger, plan):
        self.debugger = debugger
        self.interpreter = debugger.GetCommandInterpreter()
        self.plan = plan
        self.target = None
        self.process = None
        self.breakpoint = None
        self.children = []
        self.callers = None  # the reference of the last step op

    # Targets

    def open(self):
        getattr(self, "open_" + self.plan["target"]["kind"])()

    def open_none(self):
        pass

    def open_file(self):
        error = lldb.SBError()
        self.target = self.debugger.CreateTarget(self.plan["target"]["program"], None, None, False, error)
        if not self.target.IsValid():
            raise SessionError(f"no target: {error.GetCString()}")
        self.debugger.SetSelectedTarget(self.target)

    def environment(self):
        return {**os.environ, **self.plan["target"]["env"]}

    def open_launch(self):
        self.open_file()
        target = self.plan["target"]
        info = lldb.SBLaunchInfo([str(a) for a in target["args"]])
        info.SetWorkingDirectory(target["cwd"])
        info.SetEnvironmentEntries([f"{k}={v}" for k, v in self.environment().items()], False)
        info.SetLaunchFlags(lldb.eLaunchFlagStopAtEntry)
        info.AddOpenFileAction(0, "/dev/null", True, False)
        info.AddOpenFileAction(1, os.path.join(target["cwd"], "stdout"), False, True)
        info.AddOpenFileAction(2, os.path.join(target["cwd"], "stderr"), False, True)
        error = lldb.SBError()
        self.process = self.target.Launch(info, error)
        if error.Fail():
            raise SessionError(f"launch: {error.GetCString()}")
        self.pass_signals()

    def spawn(self, command):
        cwd = self.plan["target"]["cwd"]
        with open(os.path.join(cwd, "stdout"), "wb") as out, open(os.path.join(cwd, "stderr"), "wb") as err:
            child = subprocess.Popen(
                command, cwd=cwd, env=self.environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )
        self.children.append(child)
        return child

    def open_attach(self):
        """The program is running on its own and says that it waits."""
        target = self.plan["target"]
        child = self.spawn([target["program"], *target["args"]])
        said = os.path.join(target["cwd"], "stderr")
        _wait_for(lambda: "waiting" in open(said, errors="replace").read(), 10, "the program did not say 'waiting'")
        self.open_file()
        error = lldb.SBError()
        self.process = self.target.AttachToProcessWithID(lldb.SBListener(), child.pid, error)
        if error.Fail():
            raise SessionError(f"attach: {error.GetCString()}")
        self.pass_signals()

    def open_remote(self):
        target = self.plan["target"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = [target["server"], "gdbserver", f"127.0.0.1:{port}", "--", target["program"], *target["args"]]
        self.spawn(server)
        self.open_file()
        # By the command: SBTarget.ConnectRemote leaves the first stop to LLDB's event thread, which then handles it (stop
        # hooks, for one) while the script already resumes.
        for _ in range(100):
            connected = self.command(f"process connect --plugin gdb-remote connect://127.0.0.1:{port}")
            if connected["ok"]:
                break
            time.sleep(0.05)
        else:
            raise SessionError(f"connect: {connected['error'].strip()}")
        self.process = self.target.GetProcess()
        if self.process.GetState() != lldb.eStateStopped:
            raise SessionError(f"connected: {self.why_stopped()}")
        self.pass_signals()

    def open_core(self):
        self.open_file()
        self.process = self.target.LoadCore(self.plan["target"]["core"])
        if not self.process or not self.process.IsValid():
            raise SessionError("LLDB does not load the core file")

    def pass_signals(self):
        signals = self.process.GetUnixSignals()
        for name in PASSED_SIGNALS:
            number = signals.GetSignalNumberFromName(name)
            signals.SetShouldStop(number, False)
            signals.SetShouldNotify(number, False)
            signals.SetShouldSuppress(number, False)

    def close(self):
        if self.target is not None and self.target.IsValid():
            if self.process is not None and self.process.IsValid() and self.plan["target"]["kind"] != "core":
                self.process.Kill()
                # LLDB 22's thread for this process still uses it for a moment: deleting the target at
                # once crashes one time in twenty, without any plugin; LLDB 19 on a busy machine, one
                # time in some hundred. LLDB 14 and 16 have not been seen to.
                if _VERSION >= 19:
                    time.sleep(0.1)
            self.debugger.DeleteTarget(self.target)
        for child in self.children:
            child.kill()
            child.wait()

    # Ops: each returns its record.

    def run_op(self, op):
        return getattr(self, "op_" + op["op"])(op)

    def thread(self):
        return self.process.GetSelectedThread()

    def command(self, text):
        result = lldb.SBCommandReturnObject()
        context = self.debugger.GetSelectedTarget()
        if self.process is not None and self.process.IsValid() and self.thread().IsValid():
            context = lldb.SBExecutionContext(self.thread().GetSelectedFrame())
        elif context.IsValid():
            context = lldb.SBExecutionContext(context)
        else:
            context = lldb.SBExecutionContext()
        start = time.time()
        self.interpreter.HandleCommand(text, context, result, False)
        return {
            "command": text,
            "ok": result.Succeeded(),
            "output": result.GetOutput() or "",
            "error": result.GetError() or "",
            "ms": round((time.time() - start) * 1000, 2),
        }

    def json_of(self, text):
        record = self.command(text)
        if not record["ok"]:
            raise SessionError(f"{text}: {record['error'].strip()}")
        try:
            return json.loads(record["output"])
        except ValueError:
            raise SessionError(f"{text}: not JSON: {record['output'][:200]!r}")

    def op_run(self, op):
        return self.command(op["command"])

    def op_threads(self, op):
        """The command on every thread in turn."""
        selected = self.thread()
        records = []
        for thread in list(self.process):
            self.process.SetSelectedThread(thread)
            records.append(self.command(op["command"]))
        self.process.SetSelectedThread(selected)
        return {"records": records}

    def load_address(self, file_address):
        address = self.target.GetModuleAtIndex(0).ResolveFileAddress(file_address)
        at = address.GetLoadAddress(self.target)
        if at == lldb.LLDB_INVALID_ADDRESS:
            raise SessionError(f"0x{file_address:x} is nowhere in the process")
        return at

    def why_stopped(self):
        state = self.process.GetState()
        if state == lldb.eStateExited:
            return f"the process exited with {self.process.GetExitStatus()}: {self.said()}"
        if state != lldb.eStateStopped:
            return "the process is " + lldb.SBDebugger.StateAsCString(state)
        reasons = []
        for thread in self.process:
            if thread.GetStopReason() not in (lldb.eStopReasonNone, lldb.eStopReasonInvalid):
                reasons.append(f"thread {thread.GetIndexID()}: {thread.GetStopDescription(200)} at 0x{thread.GetFrameAtIndex(0).GetPC():x}")
        return "stopped by " + ("; ".join(reasons) or "nothing known")

    def said(self):
        try:
            with open(os.path.join(self.plan["target"]["cwd"], "stderr"), errors="replace") as file:
                return file.read()[:400]
        except OSError:
            return ""

    def resume(self):
        error = self.process.Continue()
        if error.Fail():
            raise SessionError(f"continue: {error.GetCString()}")

    def run_to(self, address, what):
        """Continues until some thread is at the address, and selects that thread."""
        if self.breakpoint is not None:
            self.target.BreakpointDelete(self.breakpoint.GetID())
        self.breakpoint = self.target.BreakpointCreateByAddress(address)
        for _ in range(20):  # LLDB may report a stop that is not ours (of a breakpoint just deleted, say)
            self.resume()
            if self.process.GetState() != lldb.eStateStopped:
                break
            for thread in self.process:
                if thread.GetStopReason() == lldb.eStopReasonBreakpoint and thread.GetFrameAtIndex(0).GetPC() == address:
                    self.process.SetSelectedThread(thread)
                    return {"stopped": what, "pc": f"0x{address:x}", "tid": thread.GetThreadID()}
            if any(thread.GetStopReason() == lldb.eStopReasonSignal for thread in self.process):
                break
        raise SessionError(f"{what} was not reached: {self.why_stopped()}")

    def op_stop(self, op):
        return self.run_to(self.load_address(op["address"]), op["marker"])

    def op_signal(self, op):
        """Continues until this signal stops the process."""
        if self.breakpoint is not None:
            self.target.BreakpointDelete(self.breakpoint.GetID())
            self.breakpoint = None
        self.resume()
        number = self.process.GetUnixSignals().GetSignalNumberFromName(op["signal"]) if self.process.IsValid() else 0
        for thread in self.process:
            if thread.GetStopReason() == lldb.eStopReasonSignal and thread.GetStopReasonDataAtIndex(0) == number:
                self.process.SetSelectedThread(thread)
                return {"stopped": op["signal"], "tid": thread.GetThreadID()}
        raise SessionError(f"no {op['signal']}: {self.why_stopped()}")

    def op_return(self, op):
        """Continues until the innermost function has returned."""
        frames = self.json_of("go-bt --raw --json")["stacks"][0]["frames"]
        caller = next(f for f in frames[1:] if not f["inlined"] and f["pc"] != frames[0]["pc"])
        return self.run_to(int(caller["pc"], 16), f"the return to {caller['function']}")

    def op_finish(self, op):
        if self.breakpoint is not None:
            self.target.BreakpointDelete(self.breakpoint.GetID())
            self.breakpoint = None
        self.resume()
        if self.process.GetState() != lldb.eStateExited:
            raise SessionError(f"the process did not end: {self.why_stopped()}")
        return {"status": self.process.GetExitStatus()}

    def op_frame(self, op):
        self.thread().SetSelectedFrame(op["index"])
        return {}

    def op_write(self, op):
        """Puts a value into a register: a hostile state that no program would reach."""
        value = op["value"]
        record = self.command(f"register write {op['register']} {value}")
        if not record["ok"]:
            raise SessionError(f"register write: {record['error'].strip()}")
        return {}

    def op_poke(self, op):
        """Writes a word relative to SP."""
        address = self.thread().GetFrameAtIndex(0).GetSP() + op["offset"]
        value = op["value"] if op["value"] != "sp" else address
        error = lldb.SBError()
        self.process.WriteMemory(address, int(value).to_bytes(8, "little"), error)
        if error.Fail():
            raise SessionError(f"write memory: {error.GetCString()}")
        return {}

    def op_suppress(self, op):
        """From now on this signal does not reach the program."""
        signals = self.process.GetUnixSignals()
        signals.SetShouldSuppress(signals.GetSignalNumberFromName(op["signal"]), True)
        return {}

    def op_fill(self, op):
        """Repeats the word at SP above itself: a stack that never seems to end."""
        sp = self.thread().GetFrameAtIndex(0).GetSP()
        error = lldb.SBError()
        self.process.WriteMemory(sp, self.read_word(sp).to_bytes(8, "little") * (op["bytes"] // 8), error)
        if error.Fail():
            raise SessionError(f"write memory: {error.GetCString()}")
        return {}

    def registers(self, thread):
        for group in thread.GetFrameAtIndex(0).GetRegisters():
            if "general" in group.GetName().lower():
                return {r.GetName(): r.GetValueAsUnsigned() for r in group}
        return {}

    def op_snapshot(self, op):
        """Everything of the process that a command might disturb."""
        threads = {}
        for thread in self.process:
            sp = thread.GetFrameAtIndex(0).GetSP()
            error = lldb.SBError()
            memory = self.process.ReadMemory(sp, 2048, error) or b""
            threads[str(thread.GetThreadID())] = [self.registers(thread), hashlib.sha256(memory).hexdigest()]
        return {
            "threads": threads,
            "stop_id": self.process.GetStopID(),
            "thread": self.thread().GetThreadID(),
            "frame": self.thread().GetSelectedFrame().GetFrameID(),
            "breakpoints": self.target.GetNumBreakpoints(),
            "target": self.debugger.GetSelectedTarget() == self.target,
        }

    def read_word(self, address):
        error = lldb.SBError()
        word = self.process.ReadPointerFromMemory(address, error)
        return word if error.Success() else None

    def op_links(self, op):
        """Every return address in memory is the pc of the next frame, on every goroutine."""
        problems, frames = [], 0
        for stack in self.json_of("go-bt --all --raw --json")["stacks"]:
            frames += len(stack["frames"])
            for problem in stack_compare.compare_links(stack, self.read_word):
                problems.append(f"goroutine {stack['goroutine']}: {problem}")
        if frames == 0:
            problems.append("go-bt --all shows no frame at all")
        return {"problems": problems, "frames": frames}

    def op_cover(self, op):
        """go-frame of every frame of every goroutine."""
        frames, failures = [], []
        for stack in self.json_of("go-bt --all --json")["stacks"]:
            if stack["goroutine"] is None:
                continue
            record = self.command(f"go-frame --all --json -g {stack['goroutine']}")
            if record["ok"]:
                found = json.loads(record["output"])["frames"]
                frames += found
                if len(found) != len(stack["frames"]) and not any(f["inlined"] for f in stack["frames"]):
                    failures.append(f"goroutine {stack['goroutine']}: {len(stack['frames'])} frames in go-bt, {len(found)} in go-frame")
            else:
                failures.append(f"goroutine {stack['goroutine']}: {record['error'].strip()}")
        return {"frames": frames, "problems": failures}

    def op_step(self, op):
        import step_proof

        return step_proof.run(self, op)


def main(plan_file, events_file, plugin):
    debugger = lldb.debugger
    debugger.SetAsync(False)
    events = open(events_file, "a", buffering=1)
    emit = lambda **event: events.write(json.dumps(event) + "\n")
    loaded = lldb.SBCommandReturnObject()
    debugger.GetCommandInterpreter().HandleCommand(f'plugin load "{plugin}"', loaded)
    if not loaded.Succeeded():
        emit(event="fatal", error=f"plugin load: {loaded.GetError()}")
        return
    with open(plan_file) as file:
        plan = json.load(file)
    for session in plan:
        emit(event="start", id=session["id"])
        records, error = [], None
        running = Session(debugger, session)
        try:
            running.open()
            for op in session["ops"]:
                records.append(running.run_op(op))
        except SessionError as problem:
            error = str(problem)
        except Exception:
            error = "the driver failed: " + traceback.format_exc()
        try:
            running.close()
        except Exception:
            error = error or "closing failed: " + traceback.format_exc()
        emit(event="done", id=session["id"], records=records, error=error)
    emit(event="end")
    events.close()
