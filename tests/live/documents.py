"""The transcripts in the READMEs and in the commands' help are what LLDB prints."""
import toolchain
import transcripts


def cases(go, lldb, plugin):
    for document in transcripts.documents():
        if transcripts.GO in go:
            title = str(document.relative_to(toolchain.CHECKOUT))
            yield title, lambda document=document: transcripts.check(document, lldb[-1], plugin)
