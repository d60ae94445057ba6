"""Runs inside a Python that has lldb: lldb_frames.py PROGRAM PLUGIN SCENARIO STOP...

Lets a program run from one breakpoint to the next and lays LLDB's frames beside go-bt's. Prints one line of JSON:
{"stops": n, "same": n, "different": [[where, go-bt's frames, LLDB's frames], ...], "lost": true or false}, functions from the first
that differs on; lost: LLDB reports a stop, a SIGTRAP, and has no registers, as the process runs.

    lldb_frames.py PROGRAM PLUGIN SCENARIO --interrupt AFTER FUNCTION...

Sends the thread a signal before each instruction of the functions, one run of the program each, the first time that it is executed
after a function AFTER was called, and lays the frames side by side in runtime.sighandler: {"same": n, "misled": n, "missed": n,
"different": [...]}, missed where the program did not come to the instruction or the handler did not run above it.

A stop counts as "misled" instead of "different" where LLDB leaves out the caller of an interrupted function, as it does by its own fault
(see leaves_out_the_caller)."""
import ctypes
import json
import signal
import sys

import lldb

MOST_STOPS, MOST_FRAMES = 12, 100


FRAME_POINTER_PROLOGUE = bytes.fromhex("554889e5")  # PUSHQ BP; MOVQ SP, BP
RETURN = b"\xc3"
TGKILL = 234


class Session:
    """A program in LLDB with the plugin and its bridge."""

    def __init__(self, program, plugin, scenario):
        self.debugger = lldb.SBDebugger.Create()
        self.debugger.SetAsync(False)
        self.scenario = scenario
        loaded = self.command('plugin load "%s"' % plugin)
        assert loaded.Succeeded(), loaded.GetError()
        self.target = self.debugger.CreateTarget(program)
        self.debugger.SetSelectedTarget(self.target)
        self.command("go-bridge on")

    def command(self, text):
        result = lldb.SBCommandReturnObject()
        self.debugger.GetCommandInterpreter().HandleCommand(text, result)
        return result

    def launch(self):
        launch = lldb.SBLaunchInfo([self.scenario])
        for descriptor in (1, 2):
            launch.AddOpenFileAction(descriptor, "/dev/null", False, True)
        return self.target.Launch(launch, lldb.SBError())

    def frames(self, thread):
        """go-bt's frames and LLDB's, functions; go-bt's error and None where it has none."""
        thread.GetProcess().SetSelectedThread(thread)
        asked = self.command("go-bt --raw --json")
        if not asked.Succeeded():
            return asked.GetError(), None
        go = [frame["function"] for frame in json.loads(asked.GetOutput())["stacks"][0]["frames"]][:MOST_FRAMES]
        return go, [thread.GetFrameAtIndex(i).GetFunctionName() for i in range(min(thread.GetNumFrames(), MOST_FRAMES))]

    def leaves_out_the_caller(self, thread, go, shown):
        """Does LLDB start from BP where a function was interrupted that has not pushed it yet, or popped it?

        LLDB takes BP for the frame's base in every caller whose function begins by pushing it, and forgets that the function below a
        signal frame is no caller: before its prologue is through, and at its return, BP is still or again its caller's.
        """
        process, frame = thread.GetProcess(), next((f for f in thread if f.GetFunctionName() == "runtime.sigtramp"), None)
        interrupted = thread.GetFrameAtIndex(frame.GetFrameID() + 1) if frame else None
        if not interrupted:
            return False
        start, pc = interrupted.GetFunction().GetStartAddress().GetLoadAddress(self.target), interrupted.GetPC()
        if process.ReadMemory(start, len(FRAME_POINTER_PROLOGUE), lldb.SBError()) != FRAME_POINTER_PROLOGUE:
            return False
        in_prologue = pc - start in (0, 1)
        left_out = interrupted.GetFrameID() + 1
        return (in_prologue or process.ReadMemory(pc, 1, lldb.SBError()) == RETURN) and go[:left_out] + go[left_out + 1 :] == shown


def difference(where, go, shown):
    if shown is None:
        return [where, go, None]
    first = next((i for i, pair in enumerate(zip(go, shown)) if pair[0] != pair[1]), min(len(go), len(shown)))
    at = max(first - 1, 0)
    return [where + ": " + go[0], go[at : at + 4], shown[at : at + 4]]


def compare(session, thread, where, answer):
    go, shown = session.frames(thread)
    if go == shown:
        answer["same"] += 1
    elif shown is not None and session.leaves_out_the_caller(thread, go, shown):
        answer["misled"] += 1
    else:
        answer["different"].append(difference(where, go, shown))


def stopped_thread(process):
    stopped = process.GetState() == lldb.eStateStopped
    reasons = (lldb.eStopReasonNone, lldb.eStopReasonInvalid)
    return next((t for t in process if t.GetStopReason() not in reasons), None) if stopped else None


def at_breakpoints(session, stops):
    for stop in stops:
        session.target.BreakpointCreateByName(stop)
    process = session.launch()
    answer = {"stops": 0, "same": 0, "misled": 0, "different": [], "lost": False}
    while answer["stops"] < MOST_STOPS:
        thread = stopped_thread(process)
        if thread is None:
            break
        if thread.GetFrameAtIndex(0).GetPC() == lldb.LLDB_INVALID_ADDRESS:  # of a process that LLDB takes for stopped
            answer["lost"] = True
            break
        answer["stops"] += 1
        compare(session, thread, session.scenario, answer)
        process.Continue()
    process.Kill()
    return answer


def interrupted(session, after, functions):
    answer = {"same": 0, "misled": 0, "missed": 0, "different": []}
    for function in functions:
        code = session.target.FindFunctions(function)[0].GetFunction()
        start = code.GetStartAddress().GetFileAddress()
        for at in [instruction.GetAddress().GetFileAddress() for instruction in code.GetInstructions(session.target)]:
            thread = in_handler_above(session, after, at)
            if thread is None:
                answer["missed"] += 1
            else:
                compare(session, thread, "%s+%d" % (function, at - start), answer)
            session.target.GetProcess().Kill()
    return answer


def in_handler_above(session, after, at):
    """The thread stopped in runtime.sighandler with the instruction at this file address interrupted below it; None if it does not come to that."""
    target = session.target
    target.DeleteAllBreakpoints()
    target.BreakpointCreateByName(after)
    process = session.launch()
    target.DeleteAllBreakpoints()
    target.BreakpointCreateByAddress(at)
    process.Continue()
    thread = stopped_thread(process)
    target.DeleteAllBreakpoints()
    if thread is None or thread.GetFrameAtIndex(0).GetPCAddress().GetFileAddress() != at:
        return None
    target.BreakpointCreateByName("runtime.sighandler")
    ctypes.CDLL(None).syscall(TGKILL, process.GetProcessID(), thread.GetThreadID(), signal.SIGURG)
    process.Continue()
    thread = stopped_thread(process)
    above = thread is not None and any(frame.GetPCAddress().GetFileAddress() == at for frame in thread)
    return thread if above else None


def main():
    program, plugin, scenario, *where = sys.argv[1:]
    session = Session(program, plugin, scenario)
    answer = interrupted(session, where[1], where[2:]) if where[0] == "--interrupt" else at_breakpoints(session, where)
    print("ANSWER " + json.dumps(answer))


if __name__ == "__main__":
    main()
