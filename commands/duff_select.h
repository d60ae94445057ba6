// Which function, and which place in it, a verb of go-duff is about.
#pragma once

#include <optional>
#include <vector>

#include "commands/duff_view.h"
#include "core/unwind/stack.h"

namespace lldbgo {

/// A frame of a function that has sites, and where the program stands in it.
struct DuffStop {
  Func func;
  BlockStop stop;
  Stack stack;
  std::size_t physical = 0;  ///< of the frame
  /// The call that led to the routine which runs, where one does.
  std::optional<std::uint64_t> call_end;
};

/// The selected frame; where a routine that clears or copies runs, its caller. Errors: those of choose_stack.
Result<DuffStop> selected_stop(Context& context, const Options& options, const ImageBlocks& blocks);

/// "0x401000", "main.f" or "main.f+0x1f" (or +31). Errors: not_found, invalid_argument.
Result<FileAddr> parse_place(const DuffTarget& target, std::string_view text);

/// The site at the offset or containing it; else the nearest, where single small moves count only if there is nothing
/// else.
const BlockSite* nearest_site(const std::vector<BlockSite>& sites, std::uint64_t offset);

}  // namespace lldbgo
