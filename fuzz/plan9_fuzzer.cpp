// Instruction text of arbitrary bytes: it always goes on, stays inside, and prints no byte of the code itself. Seeds:
// functions of real binaries.
#include "core/insn/plan9_text.h"
#include "fuzz/input.h"

using namespace lldbgo;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes code = std::as_bytes(std::span(data, size));
  OperandNames names;
  names.symbol = [](std::uint64_t address) -> std::optional<CoveringSymbol> {
    if ((address & 0x100) == 0) return std::nullopt;
    return CoveringSymbol{"symbol", address & ~std::uint64_t{0xff}};
  };
  names.memory = [](const MemoryOperand& op) { return std::string(op.base == Reg::rsp ? "place" : ""); };
  std::string text;
  for (std::size_t at = 0; at < code.size();) {
    text.clear();
    std::size_t length = plan9_text(code.subspan(at), 0x401000 + at, names, text);
    fuzz::require(length >= 1 && length <= 15 && length <= code.size() - at);
    fuzz::require(!text.empty() && text.size() < 256);
    for (char c : text) fuzz::require(c >= ' ' && c <= '~');
    // What follows an instruction does not change it.
    std::string alone;
    fuzz::require(plan9_text(code.subspan(at, length), 0x401000 + at, names, alone) == length &&
                  (alone == text || text == "?"));
    at += length;
  }
  return 0;
}
