#include "core/translate/stack_switches.h"

#include <dwarf.h>

#include "core/gofacts/frame_facts.h"
#include "core/insn/stack_switch.h"
#include "core/translate/bytes_out.h"

namespace lldbgo {
namespace {

constexpr std::uint8_t kRbp = 6, kRsp = 7, kRip = 16;
constexpr std::uint16_t kMostThreads = 4096;  // that an expression looks through; damage may have made a ring of them

struct Layout {
  std::uint64_t g0, curg, alllink;                                 // m
  std::uint64_t stack_lo, stack_hi, sched_sp, sched_pc, sched_bp;  // g
};

std::optional<Layout> read_layout(const GoImage& image) {
  Layout out{};
  struct Wanted {
    std::uint64_t Layout::*into;
    const char *type, *field;
  };
  for (auto [into, type, field] :
       {Wanted{&Layout::g0, "runtime.m", "g0"}, Wanted{&Layout::curg, "runtime.m", "curg"},
        Wanted{&Layout::alllink, "runtime.m", "alllink"}, Wanted{&Layout::stack_lo, "runtime.g", "stack.lo"},
        Wanted{&Layout::stack_hi, "runtime.g", "stack.hi"}, Wanted{&Layout::sched_sp, "runtime.g", "sched.sp"},
        Wanted{&Layout::sched_pc, "runtime.g", "sched.pc"}, Wanted{&Layout::sched_bp, "runtime.g", "sched.bp"}}) {
    auto offset = image.offset(type, field);
    if (!offset) return {};
    out.*into = offset->value;
  }
  return out;
}

/// A DWARF expression being written; branches are to labels in the same expression.
class Expression {
 public:
  Expression& op(std::uint8_t code) {
    out_.u8(code);
    return *this;
  }
  /// The register's value plus `offset`.
  Expression& reg(std::uint8_t number, std::int64_t offset = 0) {
    out_.u8(static_cast<std::uint64_t>(DW_OP_breg0) + number);
    out_.sleb(offset);
    return *this;
  }
  Expression& plus(std::uint64_t n) {
    if (n != 0) {
      out_.u8(DW_OP_plus_uconst);
      out_.uleb(n);
    }
    return *this;
  }
  Expression& load(std::uint64_t field = 0) { return plus(field).op(DW_OP_deref); }
  Expression& word(std::uint16_t n) {
    out_.u8(DW_OP_const2u);
    out_.u16(n);
    return *this;
  }
  /// DW_OP_skip or DW_OP_bra; answers where its distance goes.
  std::size_t jump(std::uint8_t code) {
    out_.u8(code);
    out_.u16(0);
    return out_.size();
  }
  std::size_t here() const { return out_.size(); }
  void land(std::size_t jump) { jump_to(jump, here()); }
  void jump_to(std::size_t jump, std::size_t target) {
    out_.put_u16(jump - 2, static_cast<std::uint64_t>(target) - jump);
  }
  Bytes view() const { return out_.view(); }

 private:
  BytesOut out_;
};

class Writer {
 public:
  Writer(const GoImage& image, const Layout& layout, FileAddr allm)
      : layout_(layout), allm_(allm), facts_(frame_facts(image.version())) {}

  /// systemstack: its own frame is on the goroutine's stack.
  std::vector<std::byte> systemstack(FileAddr return_address, std::uint64_t sp_delta) const {
    Expression cfa;
    goroutine(cfa, return_address);
    cfa.load(layout_.sched_sp).plus(sp_delta + 8);
    BytesOut out;
    say_cfa(out, cfa);
    return std::move(out).take();
  }

  /// morestack and mcall: what calls them next is in g.sched.
  std::vector<std::byte> gobuf(FileAddr return_address, bool pushed_goroutine) const {
    auto field = [&](std::uint64_t offset, std::uint64_t without) {
      Expression e;
      goroutine(e, return_address);
      if (pushed_goroutine) {  // is it the one that left by mcall?
        e.op(DW_OP_dup).reg(kRsp).op(DW_OP_deref).op(DW_OP_eq);
        std::size_t same = e.jump(DW_OP_bra);
        e.op(DW_OP_drop).op(DW_OP_lit0);
        e.land(same);
      }
      e.op(DW_OP_dup);
      std::size_t known = e.jump(DW_OP_bra);
      e.op(DW_OP_drop);
      if (without != 0)
        e.reg(kRsp, static_cast<std::int64_t>(without));
      else
        e.op(DW_OP_lit0);
      std::size_t end = e.jump(DW_OP_skip);
      e.land(known);
      e.load(offset);
      e.land(end);
      e.op(DW_OP_nop);
      return e;
    };
    BytesOut out;
    say_cfa(out, field(layout_.sched_sp, 16));
    say_value(out, kRip, field(layout_.sched_pc, 0));
    say_value(out, kRbp, field(layout_.sched_bp, 0));
    return std::move(out).take();
  }

  /// asmcgocall: two words above SP tell the goroutine (none: it was called on g0) and its depth (its SP).
  std::vector<std::byte> asmcgocall(std::uint64_t sp_delta) const {
    auto slot = [](std::uint64_t offset) { return static_cast<std::int64_t>(offset); };
    Expression cfa;
    cfa.reg(kRsp, slot(facts_.asmcgocall_g_slot)).op(DW_OP_deref).op(DW_OP_dup);
    std::size_t goroutine = cfa.jump(DW_OP_bra);
    cfa.op(DW_OP_drop).reg(kRsp, slot(facts_.asmcgocall_depth_slot)).op(DW_OP_deref);
    std::size_t end = cfa.jump(DW_OP_skip);
    cfa.land(goroutine);
    cfa.load(layout_.stack_hi).reg(kRsp, slot(facts_.asmcgocall_depth_slot)).op(DW_OP_deref).op(DW_OP_minus);
    cfa.land(end);
    cfa.plus(sp_delta + 8);
    BytesOut out;
    say_cfa(out, cfa);
    return std::move(out).take();
  }

 private:
  /// Pushes m.curg of the m on whose g0 stack SP lies, 0 where there is none. A counter stays below it. runtime.allm is
  /// reached from the pc of this frame, so that a PIE needs no relocation.
  void goroutine(Expression& e, FileAddr return_address) const {
    e.word(kMostThreads).reg(kRip, allm_ - return_address).op(DW_OP_deref);
    std::size_t loop = e.here();
    e.op(DW_OP_dup).op(DW_OP_lit0).op(DW_OP_eq);
    std::size_t no_more = e.jump(DW_OP_bra);
    e.op(DW_OP_over).op(DW_OP_lit0).op(DW_OP_eq);
    std::size_t too_many = e.jump(DW_OP_bra);
    e.op(DW_OP_dup).load(layout_.g0);
    e.op(DW_OP_dup).load(layout_.stack_lo).reg(kRsp).op(DW_OP_le);
    e.op(DW_OP_swap).load(layout_.stack_hi).reg(kRsp).op(DW_OP_gt);
    e.op(DW_OP_and);
    std::size_t found = e.jump(DW_OP_bra);
    e.load(layout_.alllink).op(DW_OP_swap).op(DW_OP_lit1).op(DW_OP_minus).op(DW_OP_swap);
    e.jump_to(e.jump(DW_OP_skip), loop);
    e.land(no_more);
    e.land(too_many);
    e.op(DW_OP_drop).op(DW_OP_lit0);
    std::size_t end = e.jump(DW_OP_skip);
    e.land(found);
    e.load(layout_.curg);
    e.land(end);
  }

  static void block(BytesOut& out, const Expression& e) {
    out.uleb(e.view().size());
    out.bytes(e.view());
  }
  static void say_cfa(BytesOut& out, const Expression& e) {
    out.u8(DW_CFA_def_cfa_expression);
    block(out, e);
  }
  static void say_value(BytesOut& out, std::uint8_t reg, const Expression& e) {
    out.u8(DW_CFA_val_expression);
    out.uleb(reg);
    block(out, e);
  }

  Layout layout_;
  FileAddr allm_;
  FrameFacts facts_;
};

/// Where ucontext_t keeps registers (Linux, asm/sigcontext.h), by their DWARF numbers 0..16; it starts at the CFA of
/// the handler the kernel calls.
constexpr std::uint16_t kContext[17] = {144, 136, 152, 128, 112, 104, 120, 160, 40, 48, 56, 64, 72, 80, 88, 96, 168};

std::vector<std::byte> interrupted_registers() {
  BytesOut out;
  for (std::uint8_t reg = 0; reg <= kRip; ++reg) {
    Expression place;
    place.plus(kContext[reg]);  // the CFA is on the stack
    out.u8(DW_CFA_expression);
    out.uleb(reg);
    out.uleb(place.view().size());
    out.bytes(place.view());
  }
  return std::move(out).take();
}

}  // namespace

StackSwitches::StackSwitches(const GoImage& image) {
  const Pclntab& table = image.pclntab();
  auto allm = image.global("runtime.allm");
  auto layout = read_layout(image);
  std::optional<Writer> writer;
  if (allm && layout) writer.emplace(image, *layout, *allm);

  auto each = [&](std::string_view name, auto&& use) {
    for (const Func& f : table.named(name)) use(f, image.elf().bytes_from(f.entry, f.end.value - f.entry.value));
  };
  auto add_calls = [&](std::string_view name, auto&& applies, auto&& program) {
    if (!writer) return;
    each(name, [&](const Func& f, Bytes code) {
      for (const SwitchedCall& call : switched_calls(code)) {
        auto sp_delta = table.sp_delta(f, f.entry + call.end);
        if (!applies(call) || !sp_delta) continue;
        // A debugger may look a caller's rules up at the return address or one byte before it.
        frames_[f.entry].rules.push_back({call.end - 1, call.end + 1, program(f.entry + call.end, *sp_delta)});
      }
    });
  };
  auto away = [](const SwitchedCall& call) { return call.other_stack; };
  add_calls("runtime.systemstack", away,
            [&](FileAddr ret, std::uint64_t delta) { return writer->systemstack(ret, delta); });
  add_calls("runtime.morestack", away, [&](FileAddr ret, std::uint64_t) { return writer->gobuf(ret, false); });
  add_calls("runtime.mcall", away, [&](FileAddr ret, std::uint64_t) { return writer->gobuf(ret, true); });
  // It has a second call, for a caller that is on g0 already.
  add_calls(
      "runtime.asmcgocall", [](const SwitchedCall& call) { return call.indirect; },
      [&](FileAddr, std::uint64_t delta) { return writer->asmcgocall(delta); });

  each("runtime.sigtramp", [&](const Func& f, Bytes) {
    frames_[f.entry] = {true, {{0, f.end.value - f.entry.value, interrupted_registers()}}};
  });
  for (std::size_t i = 0; i < table.function_count(); ++i) {
    auto f = table.at(i);
    if (f && injects_call(image.version(), *f)) frames_[f->entry].signal_frame = true;
  }
}

}  // namespace lldbgo
