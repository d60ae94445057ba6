// The port that lists OS threads and their registers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/address.h"
#include "core/base/error.h"

namespace lldbgo {

/// amd64 registers in the SysV DWARF numbering (0..16), then what the unwinder needs besides.
enum class Reg : std::uint8_t {
  rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8, r9, r10, r11, r12, r13, r14, r15, rip, fs_base,
};
inline constexpr std::size_t kRegCount = 18;

/// Lower-case machine name ("rax", "fs_base"), and Go's assembler name ("AX", "R8", "SP").
const char* reg_name(Reg reg);
const char* go_reg_name(Reg reg);

/// Register contents; a register that the source cannot give is absent, never zero.
class Registers {
 public:
  std::optional<std::uint64_t> get(Reg reg) const { return values_[static_cast<std::size_t>(reg)]; }
  void set(Reg reg, std::optional<std::uint64_t> value) { values_[static_cast<std::size_t>(reg)] = value; }
  LoadAddr pc() const { return LoadAddr(get(Reg::rip).value_or(0)); }
  LoadAddr sp() const { return LoadAddr(get(Reg::rsp).value_or(0)); }
  std::optional<LoadAddr> bp() const {
    auto v = get(Reg::rbp);
    return v ? std::optional(LoadAddr(*v)) : std::nullopt;
  }

 private:
  std::array<std::optional<std::uint64_t>, kRegCount> values_{};
};

struct ThreadId {
  std::uint64_t value = 0;  ///< OS thread id
  auto operator<=>(const ThreadId&) const = default;
};

class Threads {
 public:
  virtual ~Threads() = default;
  virtual std::vector<ThreadId> threads() = 0;
  /// The thread the user has selected, if the host knows one.
  virtual std::optional<ThreadId> selected_thread() = 0;
  /// The registers of the thread's innermost frame. Errors: not_found, unreadable.
  virtual Result<Registers> registers(ThreadId thread) = 0;
  /// X0..X15 low 64 bits of the thread; absent where the host cannot give them.
  virtual std::optional<std::uint64_t> xmm_low(ThreadId thread, unsigned index) = 0;
};

}  // namespace lldbgo
