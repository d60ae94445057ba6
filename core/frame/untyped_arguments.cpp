// The runtime's own traceback knows no more than this: words in hex, aggregates in braces (runtime/traceback.go
// printArgs).
#include "core/frame/untyped_arguments.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/frame/arg_state.h"
#include "core/frame/argument_places.h"

namespace lldbgo {
namespace {

class Untyped {
 public:
  explicit Untyped(const FrameContext& c) : c_(c) {}

  std::vector<Argument> run() {
    using Kind = ArgComponent::Kind;
    std::size_t values = 0;
    for (const ArgComponent& a : c_.arg_info) {
      if (depth_ == 0) begin();
      if (a.kind == Kind::close) {
        text_ += "}";
        first_ = false;
        --depth_;
      } else {
        if (!first_) text_ += ", ";
        first_ = false;
        switch (a.kind) {
          case Kind::open:
            text_ += "{";
            ++depth_;
            first_ = true;
            break;
          case Kind::dots:
            text_ += "...";
            break;
          case Kind::offset_too_large:
            text_ += "_";
            break;
          default:
            value(a, values++);
        }
      }
      if (depth_ <= 0) end();
    }
    asm_results();
    return std::move(out_);
  }

 private:
  // The name that assembly gives to the first word, without what marks the part (go vet asmdecl: x_base, x_len, x_cap).
  std::string asm_name(std::int64_t offset) const {
    for (const AsmOperand& o : c_.asm_operands) {
      if (!o.fp || o.offset != offset) continue;
      for (std::string_view part : {"_base", "_type", "_itable", "_real"}) {
        if (o.name.ends_with(part)) return o.name.substr(0, o.name.size() - part.size());
      }
      return o.name;
    }
    return "";
  }

  void asm_results() {
    if (c_.arg_info.empty()) return;
    std::int64_t end = 0;
    for (const ArgComponent& a : c_.arg_info) {
      if (a.kind == ArgComponent::Kind::value) end = std::max<std::int64_t>(end, a.offset + a.size);
    }
    for (const AsmOperand& o : c_.asm_operands) {
      if (!o.fp || o.offset < end || o.size == 0 || (c_.func.args && o.offset >= *c_.func.args)) continue;
      Argument result;
      result.name = o.name;
      result.result = true;
      result.offset_fp = o.offset;
      result.size = o.size;
      result.unavailable = "nothing tells whether it is set";
      out_.push_back(std::move(result));
    }
  }

  void begin() {
    argument_ = {};
    argument_.status = ArgStatus::live;
    text_.clear();
    first_ = true;
    depth_ = 0;
  }

  void end() {
    depth_ = 0;
    if (argument_.size == 0 && text_ == "...") return;
    if (argument_.offset_fp) argument_.name = asm_name(*argument_.offset_fp);
    if (argument_.status == ArgStatus::live)
      argument_.value = argument_.brief = text_;
    else
      argument_.unavailable = "nothing tells whether its place holds it";
    out_.push_back(std::move(argument_));
  }

  void value(const ArgComponent& a, std::size_t index) {
    if (!argument_.offset_fp) argument_.offset_fp = a.offset;
    argument_.size = static_cast<std::uint64_t>(a.offset + a.size - *argument_.offset_fp);
    std::optional<ArgRegister> reg;
    if (c_.grow) {
      for (const RegisterStore& s : c_.grow->stores) {
        if (s.fp_offset == a.offset) reg = s.reg;
      }
    }
    std::optional<std::uint64_t> word;
    if (reg) {
      argument_.in_registers = true;
      argument_.registers.push_back(reg->go_name());
      bool early = c_.phase == Phase::prologue || c_.phase == Phase::grow_before;
      if (early && !c_.lost_in_morestack(*reg))
        word = c_.register_value(*reg);
      else if (slot_stored(c_, a.offset, a.size, false) == Liveness::yes)
        word = c_.bytes.word(a.offset, a.size);
    } else if (c_.stack_argument_unless_spilled() ||
               (c_.has_arg_live_table && c_.phase == Phase::body && index < c_.arg_live.size() && c_.arg_live[index])) {
      word = c_.bytes.word(a.offset, a.size);
    }
    if (!word) argument_.status = worse(argument_.status, ArgStatus::unknown);
    if (word && a.size < 8) *word &= (std::uint64_t{1} << (8 * a.size)) - 1;
    text_ += word ? hex(*word) : "?";
  }

  const FrameContext& c_;
  std::vector<Argument> out_;
  Argument argument_;
  std::string text_;
  int depth_ = 0;
  bool first_ = true;
};

}  // namespace

std::vector<Argument> untyped_arguments(const FrameContext& c) {
  return Untyped(c).run();
}

}  // namespace lldbgo
