#!/usr/bin/env python3
"""check_layers must find every wrong arrow in a tree that has it, and nothing in a tree that has none."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parent / "check_layers"

GOOD = {
    "core/base/error.h": "#include <string>\n",
    "core/elf/elf_file.cpp": '#include <libelf.h>\n#include "core/base/error.h"\nbool f(int version) { return version == 1; }\n',
    "core/dwarf/units.cpp": '#include <elfutils/libdw.h>\n#include <libelf.h>\n#include "core/elf/elf_file.h"\n',
    "core/gofacts/rows.cpp": "bool f(const GoVersion& version) { return version.minor >= 21; }\n",
    "core/frame/map.cpp": '#include "core/unwind/stack.h"\n#include "core/values/format.h"\n#include "core/base/error.h"\n'
    "// throw, \"go1.21\" and version >= 21 in a comment\n"
    'auto text = "a throw is no throw here";\nstd::optional<GoVersion> version;\n',
    "core/frame/CMakeLists.txt": "lldbgo_core_library(frame SOURCES map.cpp DEPENDS lldbgo::unwind lldbgo::values)\n",
    "plugin/plugin.cpp": '#include <lldb/API/LLDB.h>\n#include "commands/command.h"\nint main() { throw 1; }\n',
    "tests/unit/elf/x_test.cpp": '#include <libelf.h>\n#include "core/frame/frame_map.h"\n#include "tests/unit/catch.h"\n',
}

# Name, file, text, what the message must say.
BAD = [
    ("upwards", "core/base/x.h", '#include "core/elf/elf_file.h"\n', "core/base must not include core/elf"),
    ("sideways", "core/pclntab/x.cpp", '#include "core/dwarf/type.h"\n', "core/pclntab must not include core/dwarf"),
    ("insn to elf", "core/insn/x.cpp", '#include "core/elf/elf_file.h"\n', "core/insn must not include core/elf"),
    ("sched to unwind", "core/sched/x.h", '#include "core/unwind/stack.h"\n', "core/sched must not include core/unwind"),
    ("values to unwind", "core/values/x.h", '#include "core/unwind/stack.h"\n', "core/values must not include core/unwind"),
    ("core to commands", "core/frame/x.cpp", '#include "commands/table.h"\n', "core/frame must not include commands"),
    ("commands to plugin", "commands/x.cpp", '#include "plugin/session.h"\n', "commands must not include plugin"),
    ("core to tests", "core/unwind/x.cpp", '#include "tests/support/core_target.h"\n', "does not name a file"),
    ("relative", "core/unwind/x.cpp", '#include "walk.h"\n', "does not name a file"),
    ("after another", "core/base/x.h", '#include <map>\n  #  include "core/sched/goroutine.h"\n', "x.h:2: core/base"),
    ("libelf", "core/pclntab/x.cpp", "#include <gelf.h>\n", "must not include <gelf.h>"),
    ("libdw", "core/elf/x.cpp", "#include <elfutils/libdw.h>\n", "must not include <elfutils/libdw.h>"),
    ("Zydis", "core/unwind/x.cpp", "#include <Zydis/Zydis.h>\n", "must not include <Zydis/Zydis.h>"),
    ("lldb in commands", "commands/x.cpp", "#include <lldb/API/SBTarget.h>\n", "must not include <lldb/"),
    ("lldb in core", "core/target/x.h", '#include "lldb/API/SBTarget.h"\n', "must not include <lldb/"),
    ("lldb in tests", "tests/unit/x.cpp", "#include <lldb/API/SBTarget.h>\n", "must not include <lldb/"),
    ("json in core", "core/frame/x.cpp", "#include <nlohmann/json.hpp>\n", "must not include <nlohmann/"),
    ("unknown folder", "core/magic/x.h", "int x;\n", "core/magic has no place"),
    ("link edge", "core/elf/CMakeLists.txt", "lldbgo_core_library(elf SOURCES x.cpp\n  DEPENDS lldbgo::sched)\n", "must not link core/sched"),
    ("minor", "core/unwind/x.cpp", "bool f(const GoVersion& v) { return v.minor >= 21; }\n", "compares a Go version"),
    ("operator", "core/unwind/x.cpp", "bool f() { return image.version() >= limit; }\n", "compares a Go version"),
    ("other side", "core/frame/x.cpp", "bool f() { return kLimit <= process.image().version(); }\n", "compares a Go version"),
    ("literal", "commands/x.cpp", "auto limit = GoVersion{1, 21};\n", "compares a Go version"),
    ("text", "commands/x.cpp", 'bool f() { return version.text().starts_with("go1.2"); }\n', "compares a Go version"),
    ("throw", "core/base/x.cpp", "void f() { throw 1; }\n", "core throws"),
    ("print", "core/base/x.cpp", 'void f() { fmt::print("x"); }\n', "core prints"),
    ("abort", "core/base/x.cpp", "void f() { std::abort(); }\n", "core ends the process"),
]


def run(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = Path(root) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run([sys.executable, CHECK, root], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


class CheckLayers(unittest.TestCase):
    def test_clean_tree(self):
        self.assertEqual(run(GOOD), (0, "layers: clean\n"))

    def test_every_wrong_arrow(self):
        for name, path, text, message in BAD:
            with self.subTest(name):
                code, said = run({**GOOD, path: text})
                self.assertEqual(code, 1, said)
                self.assertIn(message, said)
                self.assertEqual(said.count("\n"), 1, said)

    def test_nothing_to_check(self):
        self.assertEqual(run({})[0], 2)


if __name__ == "__main__":
    unittest.main()
