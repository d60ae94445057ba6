#include "commands/duff_select.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "commands/select.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  bool hexadecimal = text.substr(0, 2) == "0x" || text.substr(0, 2) == "0X";
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// Calls that are made by name, and whose frame has the caller's return address at its top.
bool clears_or_copies(const ImageBlocks& blocks, const PhysicalFrame& frame, FileAddr pc) {
  if (blocks.duff_at(pc) != nullptr) return true;
  if (!frame.func) return false;
  std::string_view name = frame.func->name;
  return name == "runtime.memmove" || name == "runtime.memclrNoHeapPointers" || name == "runtime.memclrHasPointers";
}

}  // namespace

Result<DuffStop> selected_stop(Context& context, const Options& options, const ImageBlocks& blocks) {
  constexpr std::size_t kEnough = 64;
  std::size_t limit = kEnough;
  if (auto n = options.number("frame")) limit = std::max<std::size_t>(limit, *n + 2);
  auto stack = choose_stack(context, options, limit);
  if (!stack) return pass(stack);
  GoProcess& process = **context.host().process();
  std::vector<VisibleFrame> visible = visible_frames(*stack, false);
  auto index = choose_frame(context, options, *stack, visible);
  if (!index) return pass(index);

  DuffStop out;
  out.physical = visible[*index].physical;
  // A routine that runs, selected itself or as the innermost frame below the selected one.
  auto runs = [&](std::size_t i) {
    return i + 1 < stack->frames.size() &&
           clears_or_copies(blocks, stack->frames[i], process.to_file(stack->frames[i].pc));
  };
  bool routine = runs(out.physical);
  if (!routine && out.physical == 1 && runs(0)) {
    routine = true;
    out.physical = 0;
  }
  const PhysicalFrame& chosen = stack->frames[out.physical];
  if (routine) ++out.physical;
  const PhysicalFrame& frame = stack->frames[out.physical];
  if (!frame.func)
    return fail(Errc::unsupported, "frame: is not of a Go function", "select another one, or name an ADDRESS");
  out.func = *frame.func;
  out.stop.offset = frame.pc_offset;
  out.stop.fp = frame.fp;
  out.stop.registers = chosen.registers;
  out.stop.innermost = &chosen == &stack->frames.front() || !chosen.pc_is_return;
  if (routine) {
    out.stop.in_callee = process.to_file(chosen.pc).value - chosen.func->entry.value;
    out.call_end = frame.pc_offset;
  }
  out.stack = std::move(*stack);
  return out;
}

Result<FileAddr> parse_place(const DuffTarget& target, std::string_view text) {
  if (auto address = number(text)) return target.file(LoadAddr(*address));
  std::size_t plus = text.rfind('+');
  std::uint64_t offset = 0;
  std::string_view name = text;
  if (plus != std::string_view::npos) {
    if (auto n = number(text.substr(plus + 1))) {
      offset = *n;
      name = text.substr(0, plus);
    }
  }
  auto found = target.image->pclntab().named(name);
  if (found.empty()) {
    return fail(Errc::not_found,
                fmt::format("'{}': is neither an address nor a function of the program", printable(text, 200)),
                "say 0x... or a full name as go-bt prints it, such as main.main");
  }
  return found.front().entry + offset;
}

const BlockSite* nearest_site(const std::vector<BlockSite>& sites, std::uint64_t offset) {
  constexpr std::uint64_t kSmall = 64;
  auto distance = [&](const BlockSite& s) {
    return offset < s.lead ? s.lead - offset : offset >= s.end ? offset - s.end + 1 : 0;
  };
  auto minor = [&](const BlockSite& s) { return is_inline(s.device) && s.bytes.value_or(kSmall + 1) <= kSmall; };
  const BlockSite* best = nullptr;
  for (const BlockSite& s : sites) {
    auto rank = [&](const BlockSite& x) {
      return std::tuple(distance(x) != 0, distance(x) != 0 && minor(x), distance(x));
    };
    if (best == nullptr || rank(s) < rank(*best)) best = &s;
  }
  return best;
}

}  // namespace lldbgo
