"""Transcripts in the READMEs, checked against what LLDB prints.

    python3 tests/support/transcripts.py build/liblldb-go.so      writes them anew

A README has, after a comment that says how to get there, a block with commands and their output:

    <!-- transcript: examples/calls STOP_AT main.markerSum -->
    ```console
    (lldb) go-bt
    goroutine 1 [running]: ...
    ```

Addresses differ from run to run, so they are compared by their first appearance: the same
address at the same places. Text is of one Go version, as file names and frame sizes depend on it.
"""
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import runner
import session_file
import stack_compare
import toolchain

GO = "1.24"
_BLOCK = re.compile(r"(<!-- transcript: (.+?) -->\n```console\n)(.*?)(```)", re.S)


@dataclass
class Transcript:
    how: str
    commands: list
    text: str


def transcripts(readme):
    for found in _BLOCK.finditer(readme):
        commands = re.findall(r"^\(lldb\) (.+)$", found[3], re.M)
        yield Transcript(found[2], commands, found[3])


def session_text(transcript):
    """`examples/x arguments STOP_AT a STOP_AT b` as a session."""
    fixture, *stops = re.split(r"\s+STOP_AT\s+", transcript.how)
    lines = ["SESSION transcript", "FIXTURE " + fixture, "ENV GODEBUG=asyncpreemptoff=1"]
    lines += ["STOP_AT " + stop for stop in stops]
    for command in transcript.commands:
        lines += ["RUN " + command, "EXPECT /./"]
    return "\n".join(lines) + "\n"


def run(transcript, go, lldb, plugin):
    """The transcript's text as it is now, and problems."""
    session = session_file.parse("README", session_text(transcript))[0]
    outcome = {}

    def report(case, result, records=None):
        outcome.update(problems=result.problems, records=records)

    with tempfile.TemporaryDirectory() as work:
        case = runner.Case(session, go, "opt", lldb)
        runner.Chunk([case], Path(work), runner.Cores(Path(work)), plugin).run(report)
    if outcome["problems"]:
        return "", outcome["problems"]
    text = ""
    for record in outcome["records"]:
        if "command" in record:
            text += f"(lldb) {record['command']}\n{clean(record['output'])}\n"
    return text, []


def clean(output):
    """Folders of this machine do not belong into a document."""
    output = output.replace(str(toolchain.CHECKOUT) + "/", "").replace(str(toolchain.go(GO).root), "$GOROOT")
    return "\n".join(line.rstrip() for line in output.strip().splitlines())


def normal(text):
    """Addresses by order of appearance, and columns that follow their width."""
    # What the runtime's functions are called with depends on the moment.
    text = re.sub(r"^(runtime\.[\w.*()]+?)\(.*\)$", r"\1(...)", text, flags=re.M)
    seen = {}
    name = lambda match: "@%d" % seen.setdefault(int(match[0], 16), len(seen))
    text = re.sub(r"\b0x[0-9a-f]{5,}\b", name, text)
    text = re.sub(r"\b(thread|m=|tid) ?\d+", r"\1 N", text)
    return [re.sub(r"[ ─-]{2,}", "  ", line).strip() for line in text.splitlines() if line.strip()]


def documents():
    return [toolchain.CHECKOUT / "README.md", *sorted((toolchain.CHECKOUT / "examples").glob("*/README.md"))]


def check(readme, lldb, plugin):
    problems = []
    found = list(transcripts(readme.read_text()))
    if not found:
        return [f"{readme}: no transcript"]
    for transcript in found:
        text, wrong = run(transcript, GO, lldb, plugin)
        problems += wrong or stack_compare._diff(f"{readme.relative_to(toolchain.CHECKOUT)}: {transcript.how}", normal(transcript.text), normal(text))
    return problems


def write(readme, lldb, plugin):
    def fresh(match):
        transcript = next(transcripts(match[0]))
        text, problems = run(transcript, GO, lldb, plugin)
        if problems:
            sys.exit(f"{readme}: {problems}")
        return match[1] + text + match[4]

    readme.write_text(_BLOCK.sub(fresh, readme.read_text()))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for readme in documents():
        write(readme, "19", Path(sys.argv[1]).resolve())


if __name__ == "__main__":
    main()
