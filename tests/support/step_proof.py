"""The step proof: whatever instruction a function is at, its callers are the same.

The reference is taken at the function's first instruction, where nothing has been pushed yet:
the word at SP is the return address and the caller's SP is 8 above. From there the thread is
stepped one instruction at a time; at each the callers in go-bt must be the reference.
"""


def _row(frame, base):
    sp, fp = (None if frame[key] is None else int(frame[key], 16) - base for key in ("sp", "fp"))
    return (frame["function"], frame["file"], frame["line"], frame["pc"], frame["inlined"], sp, fp)


def _base(frames):
    """Stacks are copied, so positions are counted from the outermost frame."""
    return int(frames[-1]["fp"], 16)


def compare_callers(reference, frames, moved_allowed, base_before):
    """Problems of one step. `reference` are the callers' frames at the function's entry, `frames`
    the whole stack now. `base_before` is where the stack ended a step ago."""
    if len(frames) <= len(reference):
        return [f"{len(frames)} frames, but the callers alone are {len(reference)}"]
    callers = frames[len(frames) - len(reference) :]
    problems = []
    base = _base(frames)
    if base != base_before and not moved_allowed:
        problems.append(f"the stack ends at 0x{base:x}, a step ago at 0x{base_before:x}")
    old = _base(reference)
    for wanted, got in zip(reference, callers):
        if _row(wanted, old) != _row(got, base):
            problems.append(f"caller {_row(wanted, old)} became {_row(got, base)}")
    return problems


def arguments_of(frames, function):
    """{"0 name": value} of what go-frame says of a function's arguments, in the outermost frame of it."""
    for frame in reversed(frames):
        if frame["function"] == function:
            parameters = [a for a in frame["args"] if a["class"] == "param"]
            return {f"{i} {a['name']}": a["value"] for i, a in enumerate(parameters) if a["value"] is not None}
    return {}


def compare_arguments(passed, said):
    """Of a function that never assigns to its arguments: whatever value is shown is the one passed."""
    return [f"{name} is {value}, passed was {passed.get(name)}" for name, value in said.items() if value != passed.get(name)]


def _word(session, address):
    return session.read_word(address)


def run(session, op):
    """op: max (steps), min, until (function whose entry ends the proof; default: the return),
    only (functions to step in; calls of others run to their return), moves (the stack may be
    copied, once), keep (use the reference of the step op before), args (the function never assigns
    to its arguments: go-frame's values of them are compared with those at its entry)."""
    thread = session.thread()
    stack = lambda: session.json_of("go-bt --raw --json")["stacks"][0]["frames"]
    frames = stack()
    top = thread.GetFrameAtIndex(0)
    problems = []
    function = frames[0]["function"]
    arguments = lambda: arguments_of(session.json_of("go-frame --all --json")["frames"], function)
    passed, shown = arguments() if op.get("args") else {}, {}
    if not op.get("keep"):
        skip = next((i for i, frame in enumerate(frames) if frame["pc"] != frames[0]["pc"]), len(frames))
        session.callers = frames[skip:]
        session.return_sp = top.GetSP() + 8
        session.return_pc = _word(session, top.GetSP())
        if not session.callers:
            return {"problems": ["go-bt shows no caller"], "steps": 0, "pcs": []}
        first = session.callers[0]
        said = (int(first["pc"], 16), int(first["sp"], 16))
        if said != (session.return_pc, session.return_sp):
            problems.append(f"the caller is at pc, sp {said}, memory says {(session.return_pc, session.return_sp)}")
        session.reference_base = _base(session.callers)
    base = _base(frames)
    pcs, functions, steps, ended, moves = [], {}, 0, False, 0
    while steps < op.get("max", 400) and len(problems) < 5:
        thread.StepInstruction(False)
        thread = session.thread()
        if session.process.GetState() == 5 and op.get("only"):
            entered = stack()
            if entered[0]["function"] not in op["only"] and entered[0]["offset"] == 0:
                session.run_to(_word(session, thread.GetFrameAtIndex(0).GetSP()), "the return of " + entered[0]["function"])
                thread = session.thread()
        top = thread.GetFrameAtIndex(0)
        steps += 1
        if session.process.GetState() != 5:  # stopped
            problems.append(f"after {steps} steps: {session.why_stopped()}")
            break
        frames = stack()
        pc, sp = top.GetPC(), top.GetSP()
        pcs.append(f"0x{pc:x}")
        functions[frames[0]["function"]] = functions.get(frames[0]["function"], 0) + 1
        shift = _base(frames) - session.reference_base
        if pc == session.return_pc and sp == session.return_sp + shift:
            ended = True
            break
        found = compare_callers(session.callers, frames, op.get("moves") and moves == 0, base)
        problems += [f"step {steps}, {frames[0]['function']} at 0x{pc:x}: {problem}" for problem in found]
        if op.get("args"):
            said = arguments()
            problems += [f"step {steps}, at 0x{pc:x}: {problem}" for problem in compare_arguments(passed, said)]
            for name in said:
                shown[name] = shown.get(name, 0) + 1
        moves += _base(frames) != base
        base = _base(frames)
        if op.get("until") and frames[0]["function"] == op["until"] and frames[0]["offset"] == 0:
            ended = True
            break
    if not ended and not problems:
        problems.append(f"not at the end after {steps} steps, but in {frames[0]['function']}")
    if steps < op.get("min", 3):
        problems.append(f"only {steps} steps")
    if op.get("args") and (not shown or shown.keys() != passed.keys()):
        problems.append(f"after the entry only these arguments were shown: {sorted(shown)}, of {sorted(passed)}")
    if op.get("moves") and moves != 1:
        problems.append(f"the stack moved {moves} times")
    return {"problems": problems, "steps": steps, "pcs": pcs, "functions": functions, "arguments": shown}
