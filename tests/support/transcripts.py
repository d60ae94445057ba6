"""Transcripts in the READMEs and in the commands' help, checked against what LLDB prints.

    python3 tests/support/transcripts.py build/liblldb-go.so      writes those that differ

A README has, after a comment that says how to get there, a block with commands and their output:

    <!-- transcript: examples/calls STOP_AT main.markerSum -->
    ```console
    (lldb) go-bt
    goroutine 1 [running]: ...
    ```

The example in a command's help is the raw string after such a comment, `// transcript: ...`.

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
_BLOCKS = {
    ".md": re.compile(r"(<!-- transcript: (.+?) -->\n```console\n)(.*?)(```)", re.S),
    ".cpp": re.compile(r'(// transcript: (.+?)\n *R"\()(.*?)(\)")', re.S),
}


@dataclass
class Transcript:
    how: str
    commands: list
    text: str


def transcripts(document):
    for found in _BLOCKS[document.suffix].finditer(document.read_text()):
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
    output = re.sub(re.escape(str(toolchain.CACHE / "fixtures")) + "/[0-9a-f]+/", "", output)
    output = re.sub(re.escape(str(toolchain.CACHE)) + r"/translated/[0-9a-f]+-\d+/", "$CACHE/translated/", output)
    return "\n".join(line.rstrip() for line in output.strip().splitlines())


def normal(text):
    """Addresses by order of appearance, and columns that follow their width."""
    # What the runtime's functions are called with depends on the moment.
    text = re.sub(r"(`runtime\.\S+?)\(.*\) at ", r"\1(...) at ", text)
    text = re.sub(r"^(runtime\.[\w.*()]+?)\(.*\)$", r"\1(...)", text, flags=re.M)
    text = re.sub(r"^( *took +).*", r"\1N ms", text, flags=re.M)
    seen = {}
    name = lambda match: "@%d" % seen.setdefault(int(match[0], 16), len(seen))
    text = re.sub(r"\b0x[0-9a-f]{5,}\b", name, text)
    text = re.sub(r"\b(thread|m=|tid|live) ?\d+", r"\1 N", text)
    text = re.sub(r"\b\d+ goroutines\b", "N goroutines", text)
    # How full a buffer is, what the collector has done already, which m was free.
    text = re.sub(r"\b\d+( +(of )?512 words)", r"N\1", text)
    text = re.sub(r"\b(m|index )\d+\b", r"\1N", text)
    text = re.sub(r"\b(not )?marked\b", "(not) marked", text)
    text = re.sub(r"^ *\d+( +(?:new|old|value) )", r"N\1", text, flags=re.M)
    return [re.sub(r"[ ─-]{2,}", "  ", line).strip() for line in text.splitlines() if line.strip()]


def documents():
    top = toolchain.CHECKOUT
    return [top / "README.md", *sorted(top.glob("examples/*/README.md")), *sorted(top.glob("commands/go_*.cpp"))]


def check(document, lldb, plugin):
    problems = []
    found = list(transcripts(document))
    if not found:
        return [f"{document}: no transcript"]
    for transcript in found:
        text, wrong = run(transcript, GO, lldb, plugin)
        title = f"{document.relative_to(toolchain.CHECKOUT)}: {transcript.how}"
        problems += wrong or stack_compare._diff(title, normal(transcript.text), normal(text))
    return problems


def write(document, lldb, plugin):
    fresh = []
    for transcript in transcripts(document):
        text, problems = run(transcript, GO, lldb, plugin)
        if problems:
            sys.exit(f"{document}: {problems}")
        fresh.append(transcript.text if normal(text) == normal(transcript.text) else text)
    put = lambda match: match[1] + fresh.pop(0) + match[4]
    document.write_text(_BLOCKS[document.suffix].sub(put, document.read_text()))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for document in documents():
        write(document, "19", Path(sys.argv[1]).resolve())


if __name__ == "__main__":
    main()
