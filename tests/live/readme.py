"""The transcripts in the READMEs are what LLDB prints."""
import toolchain
import transcripts


def cases(go, lldb, plugin):
    for readme in transcripts.documents():
        if transcripts.GO in go:
            yield str(readme.relative_to(toolchain.CHECKOUT)), lambda readme=readme: transcripts.check(readme, lldb[-1], plugin)
