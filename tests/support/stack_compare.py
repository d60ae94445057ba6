"""Compares go-bt's JSON with the runtime's own traceback of the same moment.

Every function returns a list of problems, empty when all is equal. Nothing here knows LLDB.
A debugger's stack is a dict as in the JSON of go-bt (`goroutine`, `status`, `wait_reason`, `frames`).
"""
import difflib

import go_traceback


def _hex(value):
    return "-" if value is None else f"0x{value:x}"


def _number(text):
    return None if text is None else int(text, 16)


def _oracle_line(frame, numbers=True):
    if frame.inlined:
        return f"{frame.function} {frame.file}:{frame.line} inlined"
    where = f"{frame.function} {frame.file}:{frame.line} +0x{frame.offset:x}"
    return f"{where} fp={_hex(frame.fp)} sp={_hex(frame.sp)} pc={_hex(frame.pc)}" if numbers else where


def _debugger_line(frame, numbers=True):
    function = go_traceback.printed_name(frame["function"] or "?")
    if frame["inlined"]:
        return f"{function} {frame['file']}:{frame['line']} inlined"
    where = f"{function} {frame['file']}:{frame['line']} +0x{frame['offset'] or 0:x}"
    if not numbers:
        return where
    fp, sp, pc = (_hex(_number(frame[key])) for key in ("fp", "sp", "pc"))
    return f"{where} fp={fp} sp={sp} pc={pc}"


def _go_frames(stack):
    """The runtime knows nothing of C, so its frames are left out."""
    return [frame for frame in stack["frames"] if frame.get("stack") != "c"]


def _diff(title, wanted, got):
    if wanted == got:
        return []
    lines = difflib.ndiff(wanted, got)
    kept = [line for line in lines if not line.startswith("? ")]
    return [f"{title}: - the runtime printed, + go-bt says\n    " + "\n    ".join(kept)]


def _status_problem(oracle, stack):
    said = stack["wait_reason"] if stack["status"] == "waiting" else stack["status"]
    if said != oracle.status:
        return [f"goroutine {oracle.goroutine}: the runtime says [{oracle.status}], go-bt says [{said}]"]
    return []


def _same_goroutines(wanted, stacks):
    got = sorted(stack["goroutine"] for stack in stacks if stack["goroutine"])
    if sorted(wanted) != got:
        return [f"goroutines: the runtime printed {sorted(wanted)}, go-bt --all lists {got}"]
    return []


def _entered_syscall(oracle, frames):
    """Of a goroutine in a system call the runtime shows the pc that entersyscall saved. A debugger
    with the thread's registers may know better: then the first frame is the same one further on,
    with deeper frames above. Gives where that frame is."""
    if oracle.status != "syscall" or oracle.frames[0].inlined:
        return None
    first = oracle.frames[0]
    for i, frame in enumerate(frames):
        if frame["function"] == first.function and (_number(frame["sp"]), _number(frame["fp"])) == (first.sp, first.fp):
            return i
    return None


def _anchor(oracle, frames):
    """Where the runtime's innermost frame is in the debugger's stack: its physical frame, and
    from there back over the frames inlined into it."""
    first = next((i for i, frame in enumerate(oracle.frames) if not frame.inlined), None)
    if first is None:
        return None
    wanted = _oracle_line(oracle.frames[first])
    for i, frame in enumerate(frames):
        if not frame["inlined"] and _debugger_line(frame) == wanted:
            return max(i - first, 0)
    return None


# What may lie above the frame at which the runtime begins its traceback of a crash.
_CRASH_FRAMES = {
    "runtime.raise", "runtime.raise.abi0", "runtime.raiseproc", "runtime.tgkill", "runtime.dieFromSignal",
    "runtime.crash", "runtime.fatalpanic", "runtime.fatalpanic.func1", "runtime.fatalpanic.func2",
    "runtime.fatalthrow", "runtime.fatalthrow.func1", "runtime.systemstack", "runtime.throw", "runtime.throw.func1",
    "runtime.fatal", "runtime.sighandler", "runtime.sigtrampgo", "runtime.sigtramp", "runtime.sigtramp.abi0",
    "runtime.sigreturn", "runtime.sigreturn__sigaction", "runtime.sigfwdgo", "runtime.usleep", "runtime.usleep.abi0",
    "runtime.cgoSigtramp",
}  # fmt: skip


def _crash_stack(oracle, frames, title):
    start = _anchor(oracle, frames)
    wanted = [_oracle_line(frame) for frame in oracle.frames]
    if start is None:
        entered = _entered_syscall(oracle, frames)
        if entered is not None:
            return _diff(title, wanted[1:], [_debugger_line(frame) for frame in frames[entered + 1 :]])
        return _diff(f"{title}: the innermost frame is missing", wanted, [_debugger_line(f) for f in frames])
    strangers = [f["function"] for f in frames[:start] if f["function"] not in _CRASH_FRAMES]
    problems = [f"{title}: {name} does not belong above the crash" for name in strangers]
    return problems + _diff(title, wanted, [_debugger_line(frame) for frame in frames[start:]])


def compare_crash(text, everything, threads):
    """The process printed `text` at GOTRACEBACK=crash and stopped at SIGABRT.

    `everything`: JSON of go-bt --all --raw; `threads`: JSON of go-bt --raw on each thread.
    All goroutines and all threads that the runtime printed must be there, frame by frame.
    """
    oracle = [stack for stack in go_traceback.parse(text) if stack.frames]
    if not any(frame.fp for stack in oracle for frame in stack.frames):
        return ["the program printed no traceback with fp, sp and pc"]
    stacks = everything["stacks"]
    by_id = {stack["goroutine"]: stack for stack in stacks if stack["goroutine"]}
    thread_stacks = [stack for thread in threads for stack in thread["stacks"]]
    problems = _same_goroutines({s.goroutine for s in go_traceback.parse(text) if s.goroutine}, stacks)
    for stack in oracle:
        title = stack.name if stack.m is None else f"{stack.name} m={stack.m}"
        if stack.goroutine:
            if stack.goroutine not in by_id:
                continue
            found = by_id[stack.goroutine]
            problems += _status_problem(stack, found)
            problems += _crash_stack(stack, _go_frames(found), title)
        else:
            candidates = [s for s in thread_stacks if _anchor(stack, _go_frames(s)) is not None]
            if not candidates:
                problems.append(f"{title}: no thread has its innermost frame {_oracle_line(stack.frames[0])}")
            else:
                problems += _crash_stack(stack, _go_frames(candidates[0]), title)
    return problems


def _shown_names(frames, version):
    """The names that decide which frames users are shown. Go 1.15 asks for an inlined frame what it
    asks for the function that it is inlined into."""
    names = [frame["function"] for frame in frames]
    if version < (1, 18):
        for i in range(len(frames) - 2, -1, -1):
            if frames[i]["inlined"]:
                names[i] = names[i + 1]
    return names


def _after(frames, names, function):
    """What lies outside the first frame of `function`."""
    for i, name in enumerate(names):
        if name == function:
            return frames[i + 1 :]
    return None


def compare_marker(text, everything, after, version, running):
    """The process wrote runtime.Stack to a file and stopped at a marker soon after.

    `everything`: JSON of go-bt --all without --raw. `after`: the function that took the
    traceback; the goroutine `running` (an id) is compared from its caller on, all others whole.
    Only frames that users are shown are in `text`; the same ones are taken from go-bt.
    """
    problems = []
    oracle = {stack.goroutine: stack for stack in go_traceback.parse(text)}
    if running not in oracle:
        return [f"the traceback in the file has no goroutine {running}, only {sorted(oracle)}"]
    by_id = {stack["goroutine"]: stack for stack in everything["stacks"] if stack["goroutine"]}
    for goroutine, wanted in oracle.items():
        if goroutine not in by_id:
            problems.append(f"{wanted.name}: go-bt --all does not list it")
            continue
        frames = _go_frames(by_id[goroutine])
        names = [frame["function"] for frame in frames]
        expected = wanted.frames
        # Where users would see nothing at all, not even a wrapper, the runtime shows everything.
        everything_shown = bool(expected) and expected[-1].function == "runtime.goexit"
        if goroutine == running:
            frames = _after(frames, names, after)
            expected = _after(expected, [frame.function for frame in expected], after)
            if frames is None or expected is None:
                where = "go-bt" if frames is None else "the traceback"
                problems.append(f"{wanted.name}: no frame of {after} in {where}")
                continue
            shown = go_traceback.shown_to_users([after] + _shown_names(frames, version), version)[1:]
        else:
            problems += _status_problem(wanted, by_id[goroutine])
            shown = [everything_shown or keep for keep in go_traceback.shown_to_users(_shown_names(frames, version), version)]
            # Where users would see nothing the runtime shows everything, goexit too.
            if any(frame.function == "runtime.goexit" for frame in expected):
                shown = [True] * len(frames)
        problems += _diff(
            wanted.name,
            [_oracle_line(frame, numbers=False) for frame in expected],
            [_debugger_line(frame, numbers=False) for frame, keep in zip(frames, shown) if keep],
        )
    return problems


def compare_links(stack, read_word):
    """Ties a stack to memory, frame by frame: the word below a frame's fp is the pc of its
    caller, and the caller's sp is its fp. Where the stack switches, there is no such tie.

    `read_word(address)` gives the word or None.
    """
    problems = []
    physical = [frame for frame in stack["frames"] if not frame["inlined"]]
    for inner, outer in zip(physical, physical[1:]):
        exact = inner["stack"] == outer["stack"] == "goroutine"
        fp = _number(inner["fp"])
        if not exact or fp is None or fp != _number(outer["sp"]):
            if exact:
                problems.append(f"{inner['function']} fp={inner['fp']} but {outer['function']} sp={outer['sp']}")
            continue
        word = read_word(fp - 8)
        if word != _number(outer["pc"]):
            problems.append(f"{inner['function']}: the return address is {_hex(word)}, {outer['function']} has pc={outer['pc']}")
    return problems
