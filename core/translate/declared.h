// From where on a variable of a function that is not optimised holds what its declaration gave it.
//
// Without optimisation (-N) gc keeps each variable in one place for all of its block, and debug information names that
// place for all of the block, too: a debugger shows what the stack happened to hold until the declaration has run, and
// of results until the code of the function's first line has cleared them. What is always executed first is laid out
// first (cmd/compile/internal/ssa/layout.go, Go 1.15 - 1.27; the pass that rotates loops needs optimisation), so
// nothing in front of the first code for the declaration's line uses the variable. The declaration is done where code
// for a later line follows; moves of values to registers keep the lines of those values in between. Nothing on an
// earlier line uses the variable, wherever it is laid out. What the rule cannot tell: a declaration of several lines
// may be called done while its later lines run, and a branch that jumps over it keeps the old contents.
#pragma once

#include <optional>
#include <vector>

#include "core/base/address.h"
#include "core/pclntab/pclntab.h"
#include "core/translate/die_cursor.h"

namespace lldbgo {

/// What the debug sections themselves do not say of a function.
class LineSource {
 public:
  virtual ~LineSource() = default;
  /// Its lines as pclntab has them, ascending; empty where that has none.
  virtual std::vector<LineRange> lines(FileAddr entry) const = 0;
};

class Declarations {
 public:
  /// `addresses`: .debug_addr; `ranges`: .debug_ranges. All must outlive the object.
  Declarations(Bytes debug_info, Bytes addresses, Bytes ranges, const LineSource& lines)
      : info_(debug_info), addresses_(addresses), ranges_(ranges), source_(lines) {}

  /// To be called for every DIE of a Go unit, and every end of children, in the order of the file.
  void pass(const DieCursor& die);
  /// Where the place of the variable, which has a name and one place in the frame, is its own, ascending. Empty:
  /// everywhere, or nothing tells.
  std::vector<Range<FileAddr>> pcs_of(const DieCursor& variable);

 private:
  using Code = std::vector<Range<FileAddr>>;

  void enter_unit(const DieCursor& compile_unit);
  void enter_function(const DieCursor& subprogram);
  std::optional<Range<FileAddr>> low_to_high(const DieCursor& die) const;
  Code listed(std::uint64_t offset) const;
  /// Code of one line of the function's file.
  struct Stretch {
    Range<FileAddr> pcs;
    std::uint64_t line = 0;      ///< 0: of another file
    std::uint64_t earliest = 0;  ///< line from here to the end of the function
  };

  std::optional<Code> behind(std::uint64_t declared);
  const std::vector<Stretch>& lines();

  Bytes info_, addresses_, ranges_;
  const LineSource& source_;
  std::uint64_t base_ = 0, address_base_ = 0;  // of the unit
  bool optimized_ = true;
  std::optional<Range<FileAddr>> function_;  // of a unit that is not optimised
  std::vector<Code> scopes_;                 // of the DIEs around the current one, in that function
  std::vector<Stretch> lines_;
  std::vector<std::uint64_t> numbers_;  // the line of each
  bool lines_read_ = false;
  std::size_t lines_left_ = 1 << 26;  // to be read, whatever the file says
};

}  // namespace lldbgo
