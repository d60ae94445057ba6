// A disassembled function as text and as the JSON of lldb-go/disasm/1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/command.h"
#include "core/frame/disassembly.h"

namespace lldbgo {

struct DisasmView {
  std::string function;  ///< safe to print
  std::string about;     ///< "ABIInternal, go1.24.4"
  Slide slide;           ///< of the process; 0 without one
  std::vector<DisassembledInstruction> instructions;
  std::optional<FileAddr> current;  ///< where the chosen frame stands
  std::string operands;             ///< what the current instruction's operands are worth, "AX=0x1  0x18(SP)=0x2"
};

Document disasm_text(const DisasmView& view);
Json disasm_json(const DisasmView& view);

}  // namespace lldbgo
