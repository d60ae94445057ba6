"""Transcripts in the documentation: blocks that the live tests run again.

    <!-- transcript: a label -->
    ```
    (lldb) go-bt
    goroutine 1 [running]:
    ...
    ```

A block is compared line by line; what differs from run to run (addresses, thread and process ids, folders) is not. With
LLDBGO_UPDATE_TRANSCRIPTS=1 in the environment the block is written anew instead.
"""
import os
import re
from dataclasses import dataclass, field
from typing import List

PROMPT = "(lldb) "


class NoTranscript(Exception):
    pass


@dataclass
class Command:
    text: str
    output: List[str] = field(default_factory=list)


def _block(text, label, path):
    found = re.search(rf"<!-- transcript: {re.escape(label)} -->\n```\w*\n(.*?)^```$", text, re.S | re.M)
    if not found:
        raise NoTranscript(f"{path} has no transcript block labelled {label!r}")
    return found


def commands(path, label):
    """The commands of a block and what it says they print."""
    out = []
    for line in _block(path.read_text(), label, path)[1].splitlines():
        if line.startswith(PROMPT):
            out.append(Command(line[len(PROMPT):]))
        elif not out:
            raise NoTranscript(f"{path}: the transcript {label!r} does not start with {PROMPT!r}")
        else:
            out[-1].output.append(line)
    if not out:
        raise NoTranscript(f"{path}: the transcript {label!r} is empty")
    return out


def normal(line):
    """A line without what differs from run to run."""
    line = re.sub(r"/\S*/", "", line)
    line = re.sub(r"\b0x[0-9a-f]{5,}\b", "0x#", line)
    line = re.sub(r"\b(thread|live|core|remote) \d+", r"\1 #", line)
    return " ".join(line.split())


def difference(command, printed):
    """Problems, empty where the block still tells the truth."""
    wanted = [normal(line) for line in command.output if line.strip()]
    got = [normal(line) for line in printed.splitlines() if line.strip()]
    if wanted == got:
        return []
    first = next((i for i, (a, b) in enumerate(zip(wanted, got)) if a != b), min(len(wanted), len(got)))
    shown = [lines[first] if first < len(lines) else "(nothing)" for lines in (wanted, got)]
    return [f"`{command.text}`, line {first + 1}: the document says\n    {shown[0]}\n  printed was\n    {shown[1]}"]


def check(path, label, records):
    wanted = commands(path, label)
    if os.environ.get("LLDBGO_UPDATE_TRANSCRIPTS") == "1":
        update(path, label, [(c.text, r["output"]) for c, r in zip(wanted, records)])
        return []
    return [problem for c, r in zip(wanted, records) for problem in difference(c, r["output"] + r["error"])]


def update(path, label, outputs):
    text = path.read_text()
    body = "".join(f"{PROMPT}{command}\n{output.rstrip()}\n" for command, output in outputs)
    start, end = _block(text, label, path).span(1)
    path.write_text(text[:start] + body + text[end:])
