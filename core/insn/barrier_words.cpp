#include "core/insn/barrier_words.h"

#include <algorithm>

#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr std::string_view kPrefix = "runtime.gcWriteBarrier";
// runtime/mbarrier.go, mbitmap.go
constexpr std::string_view kBulk[] = {
    "runtime.typedmemmove",
    "runtime.typedmemclr",
    "runtime.typedmemclrpartial",
    "runtime.typedslicecopy",
    "runtime.wbMove",
    "runtime.wbZero",
    "runtime.bulkBarrierPreWrite",
    "runtime.bulkBarrierPreWriteSrcOnly",
    "runtime.memclrHasPointers",
    "runtime.reflect_typedmemmove",
};

}  // namespace

const char* barrier_role_name(BarrierRole role) {
  constexpr const char* kNames[] = {"new", "old", "value"};
  return kNames[static_cast<unsigned>(role)];
}

const std::vector<std::string_view>& barrier_routine_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> out(std::begin(kBulk), std::end(kBulk));
    constexpr std::string_view kSingle[] = {
        "runtime.gcWriteBarrier",   "runtime.gcWriteBarrierCX", "runtime.gcWriteBarrierDX", "runtime.gcWriteBarrierBX",
        "runtime.gcWriteBarrierBP", "runtime.gcWriteBarrierSI", "runtime.gcWriteBarrierR8", "runtime.gcWriteBarrierR9",
        "runtime.gcWriteBarrier1",  "runtime.gcWriteBarrier2",  "runtime.gcWriteBarrier3",  "runtime.gcWriteBarrier4",
        "runtime.gcWriteBarrier5",  "runtime.gcWriteBarrier6",  "runtime.gcWriteBarrier7",  "runtime.gcWriteBarrier8",
    };
    out.insert(out.end(), std::begin(kSingle), std::end(kSingle));
    return out;
  }();
  return names;
}

std::optional<BarrierRoutine> barrier_routine(std::string_view name) {
  using Form = BarrierRoutine::Form;
  if (std::find(std::begin(kBulk), std::end(kBulk), name) != std::end(kBulk))
    return BarrierRoutine{Form::bulk, Reg::rax, 0};
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  if (name.empty()) return BarrierRoutine{Form::pair, Reg::rax, 2};
  if (name.size() == 1 && name[0] >= '1' && name[0] <= '8')
    return BarrierRoutine{Form::words, Reg::r11, static_cast<unsigned>(name[0] - '0')};
  for (Reg reg : {Reg::rcx, Reg::rdx, Reg::rbx, Reg::rbp, Reg::rsi, Reg::r8, Reg::r9}) {
    if (name == go_reg_name(reg)) return BarrierRoutine{Form::pair, reg, 2};
  }
  return std::nullopt;
}

bool same_place(const BarrierOperand& a, const BarrierOperand& b) {
  using Kind = BarrierOperand::Kind;
  if (a.kind != b.kind || a.kind == Kind::unknown) return false;
  if (a.kind == Kind::reg) return a.reg == b.reg && a.reg_version == b.reg_version;
  if (a.kind == Kind::immediate) return a.displacement == b.displacement;
  return a.base == b.base && a.index == b.index && a.scale == b.scale && a.displacement == b.displacement &&
         a.absolute == b.absolute && a.base_version == b.base_version && a.index_version == b.index_version;
}

std::string operand_text(const BarrierOperand& operand, const std::function<std::string(FileAddr)>& name) {
  using Kind = BarrierOperand::Kind;
  std::string out;
  switch (operand.kind) {
    case Kind::unknown:
      return "?";
    case Kind::reg:
      return go_reg_name(operand.reg);
    case Kind::immediate:
      out = '$';
      return out.append(hex(static_cast<std::uint64_t>(operand.displacement)));
    case Kind::address:
      out = '$';
      break;
    case Kind::memory:
      break;
  }
  if (operand.absolute) {
    std::string symbol = name ? name(*operand.absolute) : std::string();
    return out.append(symbol.empty() ? hex(operand.absolute->value) : symbol).append("(SB)");
  }
  if (operand.displacement != 0 || !operand.base) {
    std::int64_t d = operand.displacement;
    if (d < 0) out += '-';
    out += hex(d < 0 ? 0 - static_cast<std::uint64_t>(d) : static_cast<std::uint64_t>(d));
  }
  if (operand.base) out.append("(").append(go_reg_name(*operand.base)).append(")");
  if (operand.index)
    out.append("(").append(go_reg_name(*operand.index)).append("*").append(std::to_string(operand.scale)).append(")");
  return out;
}

}  // namespace lldbgo
