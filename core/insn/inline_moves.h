// Recognises what the compiler writes in place of a call to clear or copy a block: runs of 16-byte moves, a loop of
// them, and REP.
#pragma once

#include <bitset>
#include <optional>
#include <vector>

#include "core/insn/register_values.h"

namespace lldbgo {

/// Fed with a function's instructions in their order.
class InlineMoves {
 public:
  /// `entry`: the link-time address of code offset 0.
  InlineMoves(FileAddr entry, bool x15_is_zero) : entry_(entry), x15_is_zero_(x15_is_zero) { start_block({}); }

  /// The next instruction is reached from elsewhere, too; `before`: what registers hold when it is reached from above.
  void start_block(std::optional<RegisterValues> before);
  /// The next instruction belongs to another source line.
  void start_line();
  /// `values`: before the instruction. Complete sites go to `out`.
  void next(const Instruction& in, const RegisterValues& values, std::vector<BlockSite>& out);
  void finish(std::vector<BlockSite>& out);

 private:
  struct Access {
    std::optional<Reg> base;  ///< absent: relative to the instruction, `at` is a code offset
    std::int64_t at = 0;
    bool operator==(const Access&) const = default;
  };
  struct Load {
    unsigned xmm = 0;
    Access from;
    std::uint64_t begin = 0;
    Place place;
  };
  struct Run {
    BlockSite site;
    Access first_to, first_from;
    std::int64_t lo = 0, last = 0, hi = 0;  ///< displacements from the destination register
    bool tail = false;
    std::uint64_t moved = 0, source_moved = 0, counted = 0;
    Reg counter = Reg::rcx;
  };
  struct Count {
    Reg reg = Reg::rcx;
    std::uint64_t n = 0, begin = 0;
  };
  /// How the block at `at` is entered from above.
  struct Entry {
    std::uint64_t at = 0;
    std::optional<RegisterValues> values;
    std::optional<Count> count;
  };

  std::optional<Access> access(const Instruction& in, unsigned operand) const;
  Place place(const Access& at, const RegisterValues& values) const;
  void store(const Instruction& in, const RegisterValues& values, const Access& to, bool copy,
             std::vector<BlockSite>& out);
  bool extends(const Access& to, bool copy) const;
  bool loops(const Instruction& in);
  void repeat(const Instruction& in, const RegisterValues& values, std::vector<BlockSite>& out);
  void flush(std::vector<BlockSite>& out);
  void note_zero(const Instruction& in);

  FileAddr entry_;
  bool x15_is_zero_;
  std::bitset<16> zero_;
  std::optional<Run> run_;
  std::optional<Load> load_;
  std::optional<Count> count_;
  std::optional<RegisterValues> before_block_;
  Entry block_;
  bool new_block_ = false, new_line_ = false;
};

}  // namespace lldbgo
