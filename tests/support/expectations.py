"""What an EXPECT line says, applied to what a command printed. No LLDB here.

Every function returns a list of problems, empty when the expectation holds.
"""
import json
import re


def _matches(pattern, text):
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return re.search(pattern[1:-1], text, re.MULTILINE) is not None
    return pattern in text


def _shown(record):
    text = (record["output"] + record["error"]).rstrip()
    return "\n    ".join([f"`{record['command']}` printed:"] + text.splitlines()[:60])


def succeeded(record):
    return [] if record["ok"] else [f"the command failed; {_shown(record)}"]


def expect(record, pattern):
    return [] if _matches(pattern, record["output"]) else [f"no {pattern}; {_shown(record)}"]


def expect_none(record, pattern):
    return [f"{pattern} should not be there; {_shown(record)}"] if _matches(pattern, record["output"]) else []


def expect_error(record, pattern):
    """The command failed, and says so as `<what>: <why>; <what to do>`."""
    if record["ok"]:
        return [f"the command succeeded; {_shown(record)}"]
    problems = [] if _matches(pattern, record["error"]) else [f"no {pattern}; {_shown(record)}"]
    message = re.sub(r"^error: ", "", record["error"])
    if not re.search(r"\S: .+; \S", message, re.DOTALL):
        problems.append(f"not a message of the form `what: why; what to do`; {_shown(record)}")
    return problems


class PathError(ValueError):
    pass


def values_at(document, path):
    """All values that a path leads to: `stacks[0].frames[*].function`."""
    found = [document]
    for part in re.findall(r"\[\*\]|\[-?\d+\]|[^.\[\]]+", path):
        following = []
        for value in found:
            if part == "[*]":
                if not isinstance(value, list):
                    raise PathError(f"{path}: [*] of what is no list")
                following += value
            elif part.startswith("["):
                index = int(part[1:-1])
                if not isinstance(value, list) or not -len(value) <= index < len(value):
                    raise PathError(f"{path}: no element {part}")
                following.append(value[index])
            else:
                if not isinstance(value, dict) or part not in value:
                    raise PathError(f"{path}: no field {part!r}")
                following.append(value[part])
        found = following
    return found


_OPERATORS = {
    "==": lambda value, wanted: value == wanted and isinstance(value, bool) == isinstance(wanted, bool),
    "!=": lambda value, wanted: value != wanted,
    ">=": lambda value, wanted: value is not None and value >= wanted,
    "<=": lambda value, wanted: value is not None and value <= wanted,
}


def expect_json(record, text):
    """`path == JSON value`; != and ~ (regular expression) likewise. With [*] in the path any
    element will do, except for != which all must satisfy."""
    found = re.match(r"(\S+)\s+(==|!=|>=|<=|~)\s+(.+)$", text)
    if not found:
        return [f"EXPECT_JSON {text}: not `path == value`"]
    path, operator, wanted = found.groups()
    try:
        document = json.loads(record["output"])
    except ValueError:
        return [f"not one JSON object; {_shown(record)}"]
    try:
        values = values_at(document, path)
    except PathError as problem:
        return [str(problem)]
    if operator == "~":
        pattern = wanted[1:-1] if wanted.startswith("/") and wanted.endswith("/") else wanted
        holds = any(isinstance(value, str) and re.search(pattern, value) for value in values)
    else:
        try:
            wanted = json.loads(wanted)
        except ValueError:
            return [f"EXPECT_JSON {text}: {wanted} is not JSON"]
        quantifier = all if operator == "!=" else any
        holds = quantifier(_OPERATORS[operator](value, wanted) for value in values)
    return [] if holds else [f"{text}: the values are {json.dumps(values)[:400]}"]


def unchanged(before, after):
    """Two snapshots of the driver."""
    problems = []
    for key in before:
        if before[key] != after[key]:
            problems.append(f"{key} changed: {json.dumps(before[key])[:300]} became {json.dumps(after[key])[:300]}")
    return problems
