// The runtime's traceback prints argument words without knowing types (runtime/traceback.go, printArgs). From Go 1.17
// on the compiler writes a byte stream per function, FUNCDATA ArgInfo, that names the spill or stack slot of each
// scalar with braces around aggregates, at most ten of them; from 1.18 on ArgLiveInfo tells which spill slots hold a
// current value. Before 1.17 all arguments lie on the stack, and the first ten words of args+results are printed.
#include "commands/traceback_arguments.h"

#include "core/base/text.h"
#include "core/insn/prologue.h"

namespace lldbgo {
namespace {

constexpr int kMaxWords = 10;

std::string word(GoProcess& process, LoadAddr at, std::size_t size) {
  std::byte raw[8] = {};
  if (size > sizeof raw || !process.memory().read_exact(at, std::span(raw, size))) return "-";
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= std::to_integer<std::uint64_t>(raw[i]) << (8 * i);
  return hex(value);
}

std::string from_words(GoProcess& process, const PhysicalFrame& frame) {
  std::string out;
  int words = frame.func->args.value_or(0) / 8;
  for (int i = 0; i < words && i < kMaxWords; ++i) {
    if (i != 0) out += ", ";
    out += word(process, frame.fp + 8 * static_cast<std::uint64_t>(i), 8);
  }
  return words > kMaxWords ? out + ", ..." : out;
}

// Register arguments reach their slots behind the prologue; ArgLiveInfo begins there and says "live" before it. A stop
// in the prologue is something the runtime's traceback never sees.
bool slots_not_filled_yet(GoProcess& process, const PhysicalFrame& frame) {
  if (frame.pc_is_return || frame.abi == Abi::abi0) return false;
  const Func& func = *frame.func;
  Bytes code = process.image().elf().bytes_from(func.entry, func.end.value - func.entry.value);
  return frame.pc_offset <= find_prologue(code).body_at;
}

}  // namespace

std::string traceback_arguments(GoProcess& process, const PhysicalFrame& frame) {
  if (!frame.func) return {};
  const Pclntab& tables = process.image().pclntab();
  if (tables.layout().funcdata.arg_info < 0) return from_words(process, frame);
  auto components = tables.arg_info(*frame.func);
  if (!components) return "...";

  FileAddr pc = process.to_file(frame.pc);
  if (frame.pc_is_return && pc != frame.func->entry) pc = pc - 1;
  auto live = tables.arg_live(*frame.func, pc);
  bool unset = slots_not_filled_yet(process, frame);
  std::string out;
  bool first = true;  // of its aggregate
  std::size_t value = 0;
  for (const ArgComponent& c : *components) {
    bool close = c.kind == ArgComponent::Kind::close;
    if (!first && !close) out += ", ";
    first = c.kind == ArgComponent::Kind::open;
    switch (c.kind) {
      case ArgComponent::Kind::open:
        out += '{';
        break;
      case ArgComponent::Kind::close:
        out += '}';
        break;
      case ArgComponent::Kind::dots:
        out += "...";
        break;
      case ArgComponent::Kind::offset_too_large:
        out += '_';
        break;
      case ArgComponent::Kind::value:
        out += word(process, frame.fp + c.offset, c.size);
        if (unset || (live && value < live->size() && !(*live)[value])) out += '?';
        ++value;
        break;
    }
  }
  return out;
}

}  // namespace lldbgo
