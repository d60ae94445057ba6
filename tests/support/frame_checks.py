"""Compares go-frame's JSON with addresses that the program itself printed, and with -gcflags=-S.

Every function returns a list of problems, empty when all is equal. No LLDB here.
"""
import re


def _number(text):
    return None if text is None else int(text, 16)


def assembler_frame(frame, printed, name):
    """`printed` has "oracle NAME sp=0x.. psp=0x.. fp=0x..": what the function computed itself."""
    found = re.search(rf"^oracle {re.escape(name)} sp=0x(\w+) psp=0x(\w+) fp=0x(\w+)$", printed, re.M)
    if not found:
        return [f"the program printed no line `oracle {name} ...`: {printed[:300]!r}"]
    problems = []
    for field, text in zip(("hardware_sp", "pseudo_sp", "pseudo_fp"), found.groups()):
        if _number(frame[field]) != int(text, 16):
            problems.append(f"{name}: {field} is {frame[field]}, the program computed 0x{text}")
    return problems + cover(frame)


def _slot_at(frame, address):
    for slot in frame["slots"]:
        if _number(slot["address"]) <= address < _number(slot["address"]) + slot["size"]:
            return slot
    return None


def _names(slot_name, variable):
    """A slot belongs to a variable if it is the variable or a part: x, x.len, x[2], x.a.b."""
    return slot_name is not None and re.match(rf"{re.escape(variable)}(?:$|[.\[])", slot_name) is not None


def variable_addresses(frames, printed, must_name=True):
    """`printed` has "addr FUNCTION VARIABLE 0x..". Of the functions in `frames`, every printed
    variable must lie where go-frame says."""
    by_function = {}
    for frame in frames:
        by_function.setdefault(frame["function"], frame)
    checked = 0
    problems = []
    for function, variable, address in re.findall(r"^addr (\S+) (\S+) 0x(\w+)$", printed, re.M):
        frame = by_function.get(function)
        if frame is None:
            continue
        checked += 1
        slot = _slot_at(frame, int(address, 16))
        if slot is None:
            problems.append(f"{function}: {variable} is at 0x{address}, outside the slots")
        elif slot["name"] is None and not must_name:
            continue
        elif not _names(slot["name"], variable):
            problems.append(f"{function}: {variable} is at 0x{address}, where go-frame has {slot['name']!r} ({slot['kind']})")
        elif int(address, 16) != min(_number(s["address"]) for s in frame["slots"] if _names(s["name"], variable)):
            problems.append(f"{function}: {variable} begins at 0x{address}, not where go-frame begins it")
    if checked == 0:
        problems.append("the program printed no address of any function in these frames")
    return problems


def cover(frame):
    """Slots cover every byte from the hardware SP up, without gap or overlap, highest first, and
    the three offsets of each are its address seen from the three anchors."""
    title = frame["function"]
    slots = frame["slots"]
    if not slots:
        return [f"{title}: no slots"]
    problems = []
    sp, psp, fp = (_number(frame[key]) for key in ("hardware_sp", "pseudo_sp", "pseudo_fp"))
    end = None
    for slot in slots:
        address = _number(slot["address"])
        if slot["size"] <= 0:
            problems.append(f"{title}: slot at {slot['address']} has size {slot['size']}")
        if end is not None and address + slot["size"] != end:
            what = "gap" if address + slot["size"] < end else "overlap"
            problems.append(f"{title}: {what} between {slot['address']} (size {slot['size']}) and 0x{end:x}")
        end = address
        for field, anchor in (("offset_fp", fp), ("offset_sp", sp), ("offset_psp", psp)):
            if anchor is not None and slot[field] != address - anchor:
                problems.append(f"{title}: slot {slot['address']} {field} is {slot[field]}, not {address - anchor}")
    if end != sp:
        problems.append(f"{title}: the lowest slot is at 0x{end:x}, the hardware SP is {frame['hardware_sp']}")
    returns = [slot for slot in slots if slot["kind"] == "return_address"]
    if len(returns) != 1 or _number(returns[0]["address"]) != fp - 8:
        problems.append(f"{title}: the return address is not exactly one slot at pseudo_fp-8")
    elif frame["return_address"] and _number(frame["return_address"]["slot"]) != fp - 8:
        problems.append(f"{title}: return_address.slot is {frame['return_address']['slot']}")
    if frame["frame_size"] is not None and fp is not None and sp is not None and frame["frame_size"] != fp - 8 - sp:
        problems.append(f"{title}: frame_size {frame['frame_size']}, but the return address is {fp - 8 - sp} above SP")
    return problems


_FUNCTION = re.compile(r'^(?:""|main)\.(\S+) STEXT ')
_OPERAND = re.compile(r'(?:""|main)\.([^\s(,+]+?)([+-]\d+)\((?:SP|FP)\)')


def listed_slots(listing):
    """{function: {(variable, offset from the hardware SP)}} of `go build -gcflags=-S` output.

    Offsets are those of the function's body: the spills before a call of morestack, which happen
    before the frame exists, are left out. So are ABI wrappers, which share their function's name.
    """
    slots = {}
    function, lines = None, []

    def close():
        if function is None or any("ABIWRAPPER" in line for line in lines[:1]):
            return
        end = len(lines)
        for i, line in enumerate(lines):
            if "CALL\truntime.morestack" in line:
                end = i
                while end > 0 and not re.search(r"\t(RET|UNDEF|JMP|XCHGL)\b", lines[end - 1]):
                    end -= 1
                break
        found = set()
        for line in lines[:end]:
            for variable, offset in _OPERAND.findall(line):
                if not variable.startswith("."):
                    found.add((variable, int(offset)))
        slots.setdefault("main." + function, set()).update(found)

    for line in listing.splitlines():
        header = _FUNCTION.match(line)
        if header or not line.startswith("\t"):
            close()
            function, lines = (header[1] if header else None), []
        elif re.match(r"\t0x\w+ \d{5} ", line):
            lines.append(line)
    close()
    return slots


def listing_agrees(frames, listing, must_name):
    """Where the compiler's listing names a stack variable, go-frame names the same one, or says that
    it does not know: debug info tells nothing of a variable outside its block. With `must_name`
    at least one must be named."""
    slots = listed_slots(listing)
    problems, checked, named = [], 0, 0
    for frame in frames:
        if frame["offset"] == 0:  # at its entry a function has no frame yet
            continue
        for variable, offset in sorted(slots.get(frame["function"], ())):
            address = _number(frame["hardware_sp"]) + offset
            slot = _slot_at(frame, address)
            checked += 1
            if slot is None:
                problems.append(f"{frame['function']}: {variable} at SP+{offset} lies outside the slots")
            elif slot["name"] is None:
                continue
            elif _names(slot["name"], variable):
                named += 1
            else:
                problems.append(f"{frame['function']}: the listing has {variable} at SP+{offset}, go-frame {slot['name']!r} ({slot['kind']})")
    if checked == 0:
        problems.append("the compiler's listing names no slot of these functions")
    elif must_name and named == 0 and not problems:
        problems.append("go-frame names none of the variables that the compiler's listing has")
    return problems
