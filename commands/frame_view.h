// A frame map as text and as the JSON of lldb-go/frame/1.
#pragma once

#include <cstddef>
#include <string>

#include "commands/command.h"
#include "core/frame/frame_map.h"

namespace lldbgo {

/// A frame map with what surrounds it.
struct FrameView {
  FrameMap map;
  std::size_t index = 0;  ///< in go-bt's numbering
  std::string go_version;
  std::string stack_title;  ///< "goroutine 1 [running]"
};

struct FrameTextOptions {
  std::size_t width = 100;
  bool why = false;        ///< where each fact comes from
  bool all_words = false;  ///< no folding of long runs
};

Document frame_text(const FrameView& view, const FrameTextOptions& options);
Json frame_json(const FrameView& view);

/// The slots of frame_text.
Document slot_lines(const FrameMap& map, const FrameTextOptions& options);

/// "main.f+0x1f", or the address where no function is known.
std::string code_text(std::string_view function, std::uint64_t offset, LoadAddr pc);
/// The last component of a path.
std::string_view base_name(std::string_view path);

}  // namespace lldbgo
