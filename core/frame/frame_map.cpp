// The frame map. Go's amd64 frame, addresses descending (cmd/internal/obj/x86/obj6.go, runtime/stkframe.go):
//
//        spill slots of register arguments      }
//        stack-assigned results                 }  _func.args bytes, in the caller's frame
//        stack-assigned arguments               }
//   fp ->  = pseudo-FP = CFA: just above the return address
//   fp-8   return address
//   fp-16  caller's BP, where the function saves it
//   psp ->  = pseudo-SP: fp-16 with a saved BP, fp-8 without; locals are below it
//        locals, temporaries
//        argument area of the largest call
//   sp ->  = hardware SP = fp - 8 - pcsp(pc)
#include "core/frame/frame_map.h"

#include "core/base/text.h"
#include "core/frame/arg_slots.h"
#include "core/frame/arguments.h"
#include "core/frame/local_slots.h"
#include "core/gofacts/frame_facts.h"

namespace lldbgo {
namespace {

std::string short_name(std::string_view function) {
  std::size_t slash = function.rfind('/');
  std::size_t dot = function.find('.', slash == std::string_view::npos ? 0 : slash);
  return printable(dot == std::string_view::npos ? function : function.substr(dot + 1), 200);
}

CodeLocation code_location(GoProcess& process, LoadAddr pc, bool is_return) {
  CodeLocation out;
  out.pc = pc;
  auto func = process.func(pc);
  if (!func) {
    auto native = process.native().at(pc, is_return ? pc - 1 : pc);
    if (native) {
      out.function = printable(native->symbol, 200);
      out.offset = native->offset;
    }
    return out;
  }
  FileAddr at = process.to_file(pc);
  out.function = printable(func->name);
  out.offset = at.value - func->entry.value;
  FileAddr lookup = is_return && at != func->entry ? at - 1 : at;
  auto logical = process.image().pclntab().logical_frames(*func, lookup);
  if (logical && !logical->empty()) {
    out.file = printable(logical->back().where.file);
    out.line = logical->back().where.line;
  }
  return out;
}

void anchors(const FrameContext& c, const Stack& stack, FrameMap& out) {
  const PhysicalFrame& f = c.frame;
  const LogicalEntry& physical = f.entries.back();
  out.function = physical.function;
  out.file = physical.file;
  out.line = physical.line;
  for (const LogicalEntry& e : f.entries) {
    if (e.inlined) out.inlined.push_back(e.function);
  }
  out.pc = f.pc;
  out.entry = c.process.to_load(c.func.entry);
  out.offset = c.offset;
  if (f.stack == StackKind::goroutine) out.goroutine = stack.goroutine;
  out.abi = f.abi;
  out.frame_size = *f.sp_delta;
  out.found_by = f.found_by;
  out.checks = f.checks;
  out.checked = f.checked;
  out.hardware_sp = f.sp;
  out.pseudo_fp = f.fp;
  out.pseudo_sp = f.fp.offset(c.pseudo_sp());
  out.bp = f.bp;
  out.return_slot = f.fp - 8;
  if (auto ra = c.bytes.word(-8, 8)) {
    out.return_address = code_location(c.process, LoadAddr(*ra), !injects_call(c.process.image().version(), c.func));
  }
  out.saved_bp_slot = f.bp_slot;
  if (f.bp_slot) {
    if (auto bp = c.bytes.word(*f.bp_slot - f.fp, 8)) out.saved_bp = LoadAddr(*bp);
  }
}

void claim_fixed_slots(const FrameContext& c, const FrameMap& map, SlotTable& table) {
  Slot ra;
  ra.kind = SlotKind::return_address;
  ra.offset_fp = -8;
  ra.pointer = Pointerness::scalar;
  ra.live = Liveness::yes;
  ra.why = "pcsp";
  if (map.return_address && !map.return_address->function.empty()) {
    ra.text = map.return_address->function + signed_hex(static_cast<std::int64_t>(map.return_address->offset));
  }
  table.claim(std::move(ra));
  if (map.saved_bp_slot) {
    Slot bp;
    bp.kind = SlotKind::saved_bp;
    bp.offset_fp = *map.saved_bp_slot - map.pseudo_fp;
    bp.pointer = Pointerness::pointer;
    bp.live = Liveness::yes;
    bp.why = "prologue";
    table.claim(std::move(bp));
  } else if (c.prologue.saves_bp && map.frame_size >= 8) {
    Slot bp;
    bp.kind = SlotKind::saved_bp;
    bp.offset_fp = -16;
    bp.live = Liveness::no;
    bp.why = "not saved yet at this pc";
    table.claim(std::move(bp));
  }
}

/// The slots that the next inner frame has in this one's bottom.
std::optional<Outgoing> outgoing_area(GoProcess& process, const Stack& stack, std::size_t physical) {
  if (physical == 0) return std::nullopt;
  const PhysicalFrame& callee = stack.frames[physical - 1];
  if (!callee.func || callee.fp != stack.frames[physical].sp) return std::nullopt;
  auto c = frame_context(process, stack, physical - 1);
  if (!c) return std::nullopt;
  Prototype proto = prototype(*c);
  if (proto.size == 0) return std::nullopt;
  c->bytes = FrameBytes(process.memory(), callee.fp, 0, proto.size);
  SlotTable table(0, proto.size);
  claim_arg_slots(*c, proto, table);
  return Outgoing{short_name(callee.func->name), table.finish()};
}

void chain(const Stack& stack, std::size_t physical, FrameMap& out) {
  for (std::size_t i = physical + 1; i < stack.frames.size(); ++i) {
    const PhysicalFrame& f = stack.frames[i];
    out.chain.push_back({f.pc, f.sp, f.fp, f.bp, f.entries.empty() ? "" : f.entries.back().function, f.pc_offset});
  }
}

void place_slots(const FrameContext& c, const SlotTable& table, FrameMap& out) {
  constexpr std::uint64_t kLongGap = 64 * 1024;
  bool huge = static_cast<std::uint64_t>(table.hi() - table.lo()) > kLongGap;
  out.slots = table.finish(huge ? 256 : kLongGap);
  for (Slot& s : out.slots) {
    s.address = out.pseudo_fp.offset(s.offset_fp);
    s.offset_sp = s.address - out.hardware_sp;
    s.offset_psp = s.address - out.pseudo_sp;
    s.value = c.bytes.word(s.offset_fp, s.size);
  }
}

}  // namespace

Result<FrameMap> build_frame_map(GoProcess& process, const Stack& stack, std::size_t physical) {
  auto context = frame_context(process, stack, physical);
  if (!context) return pass(context);
  FrameContext& c = *context;
  Prototype proto = prototype(c);

  std::int64_t lo = c.frame.sp - c.frame.fp;
  constexpr std::int64_t kMaxFrame = std::int64_t{1} << 30;  // runtime.maxstacksize
  if (lo > -8 || lo < -kMaxFrame) {
    return fail(Errc::malformed, "frame map: a frame of " + std::to_string(-lo) + " bytes in " +
                                     printable(c.func.name, 200) + " is absurd");
  }
  c.bytes = FrameBytes(process.memory(), c.frame.fp, lo, proto.size);

  FrameMap out;
  out.physical = physical;
  anchors(c, stack, out);
  chain(stack, physical, out);
  SlotTable table(lo, proto.size);
  claim_fixed_slots(c, out, table);
  claim_arg_slots(c, proto, table);
  auto outgoing = outgoing_area(process, stack, physical);
  claim_local_slots(c, outgoing ? &*outgoing : nullptr, table);
  if (table.overfull()) {
    c.problems.push_back("frame map: tables name more than " + std::to_string(SlotTable::kMaxClaims) +
                         " parts of this frame: the others are shown as unknown");
  }
  place_slots(c, table, out);
  out.args = arguments(c, proto);

  if (!proto.why.empty())
    out.why.push_back("arguments: " + proto.why);
  else if (!c.arg_info.empty())
    out.why.push_back("arguments: FUNCDATA ArgInfo");
  if (proto.why.empty() && !c.asm_operands.empty()) out.why.push_back("names: assembly source");
  out.why.push_back(c.prologue.saves_bp ? "pseudo-SP: fp-16, the prologue saves BP"
                                        : "pseudo-SP: fp-8, the function saves no BP");
  out.why.push_back(c.at_call ? "pointer maps: at the call before pc" : "pointer maps: not used, pc follows no call");
  if (!proto.size_known && proto.size == 0) out.why.push_back("argument area: unknown, the map ends at pseudo-FP");
  out.problems = std::move(c.problems);
  return out;
}

}  // namespace lldbgo
