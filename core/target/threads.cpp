#include "core/target/threads.h"

namespace lldbgo {

const char* reg_name(Reg reg) {
  static constexpr const char* kNames[kRegCount] = {"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8",
                                                    "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip", "fs_base"};
  return kNames[static_cast<std::size_t>(reg)];
}

const char* go_reg_name(Reg reg) {
  static constexpr const char* kNames[kRegCount] = {"AX", "DX",  "CX",  "BX",  "SI",  "DI",  "BP", "SP", "R8",
                                                    "R9", "R10", "R11", "R12", "R13", "R14", "R15", "PC", "FS"};
  return kNames[static_cast<std::size_t>(reg)];
}

}  // namespace lldbgo
