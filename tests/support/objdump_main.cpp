// go-objdump PROGRAM: what `go tool objdump PROGRAM` prints, by our own code.
// go-objdump --symbolic PREFIX PROGRAM: a line per instruction of the functions whose name begins so, to be compared
// with the compiler's -S: name, offset, frame size there, text with the names of variables.
#include <fmt/format.h>

#include <cstring>

#include "core/frame/disassembly.h"
#include "tests/support/objdump.h"

using namespace lldbgo;

namespace {

Result<void> list_symbolic(const GoImage& image, std::string_view prefix) {
  for (std::size_t i = 0; i < image.pclntab().function_count(); ++i) {
    auto f = image.pclntab().at(i);
    if (!f) return pass(f);
    if (!f->name.starts_with(prefix)) continue;
    auto insns = disassemble(image, *f, image.elf().bytes_from(f->entry, code_size(image, *f)));
    if (!insns) return pass(insns);
    for (const DisassembledInstruction& insn : *insns) {
      auto depth = image.pclntab().sp_delta(*f, insn.pc);
      fmt::print("{}\t{}\t{}\t{}\t{}\n", f->name, insn.offset, depth ? static_cast<std::int64_t>(*depth) : -1,
                 insn.symbolic, insn.note);
    }
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  bool symbolic = argc == 4 && std::strcmp(argv[1], "--symbolic") == 0;
  if (argc != 2 && !symbolic) {
    fmt::print(stderr, "usage: go-objdump [--symbolic PREFIX] PROGRAM\n");
    return 2;
  }
  auto image = GoImage::open(argv[argc - 1]);
  Result<void> done;
  if (!image) {
    done = pass(image);
  } else if (symbolic) {
    done = list_symbolic(**image, argv[2]);
  } else {
    done = testing::list_program(**image, stdout);
  }
  if (done) return 0;
  fmt::print(stderr, "go-objdump: {}\n", done.error().text());
  return 1;
}
