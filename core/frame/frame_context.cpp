#include "core/frame/frame_context.h"

#include <algorithm>
#include <cstdint>

#include "core/base/text.h"
#include "core/frame/dwarf_repair.h"
#include "core/frame/result_homes.h"

namespace lldbgo {
namespace {

constexpr std::int64_t kReadAtOnce = 512 * 1024;

Phase phase_of(const FrameContext& c) {
  std::uint32_t depth = c.frame.sp_delta.value_or(0);
  if (c.grow && depth == 0 && c.offset >= c.grow->begin)
    return c.offset <= c.grow->end ? Phase::grow_before : Phase::grow_after;
  if (c.offset == 0 || c.offset < c.prologue.body_at) return Phase::prologue;
  if (!c.func.flags.assembly && depth < c.prologue.frame_bytes) return Phase::epilogue;
  return Phase::body;
}

void read_tables(FrameContext& c) {
  const Pclntab& table = c.process.image().pclntab();
  auto note = [&](const Error& e) { c.problems.push_back(e.text()); };
  if (auto info = table.arg_info(c.func))
    c.arg_info = std::move(*info);
  else
    note(info.error());
  int live_index = table.layout().funcdata.arg_live_info;
  c.has_arg_live_table = live_index >= 0 && table.funcdata(c.func, live_index).has_value();
  if (auto live = table.arg_live(c.func, c.lookup_pc, DictionaryBit::skipped))
    c.arg_live = std::move(*live);
  else
    note(live.error());
  if (auto objects = table.stack_objects(c.func))
    c.stack_objects = std::move(*objects);
  else
    note(objects.error());
  if (!c.at_call) return;
  auto index = table.pcdata(c.func, table.layout().pcdata.stack_map, c.lookup_pc);
  if (!index) {
    note(index.error());
    return;
  }
  auto args = table.args_map(c.func, *index);
  auto locals = table.locals_map(c.func, *index);
  if (args)
    c.args_map = *args;
  else
    note(args.error());
  if (locals)
    c.locals_map = *locals;
  else
    note(locals.error());
}

}  // namespace

FrameBytes::FrameBytes(Memory& memory, LoadAddr fp, std::int64_t lo, std::int64_t hi) {
  auto read = [&](std::int64_t from, std::int64_t to) {
    if (to <= from) return;
    std::vector<std::byte> bytes(static_cast<std::size_t>(to - from));
    std::size_t done = 0;
    while (done < bytes.size()) {
      auto got = memory.read(fp.offset(from) + done, std::span(bytes).subspan(done));
      if (got && *got > 0 && *got <= bytes.size() - done) {
        parts_.push_back({from + static_cast<std::int64_t>(done),
                          {bytes.begin() + static_cast<std::ptrdiff_t>(done),
                           bytes.begin() + static_cast<std::ptrdiff_t>(done + *got)}});
        done += *got;
      } else {
        // The next page may be there again.
        std::uint64_t at = fp.offset(from).value + done;
        done += 4096 - at % 4096;
      }
    }
  };
  if (hi - lo <= kReadAtOnce) {
    read(lo, hi);
  } else {
    read(lo, lo + kReadAtOnce / 2);
    read(hi - kReadAtOnce / 2, hi);
  }
}

void FrameBytes::copy(std::int64_t offset, std::uint64_t size, ValueBytes& into, std::uint64_t at) const {
  auto end = offset + static_cast<std::int64_t>(size);
  for (const Part& p : parts_) {
    std::int64_t from = std::max(offset, p.lo), to = std::min(end, p.lo + static_cast<std::int64_t>(p.bytes.size()));
    if (from >= to) continue;
    into.put(at + static_cast<std::uint64_t>(from - offset),
             Bytes(p.bytes).subspan(static_cast<std::size_t>(from - p.lo), static_cast<std::size_t>(to - from)));
  }
}

std::optional<std::uint64_t> FrameBytes::word(std::int64_t offset, std::uint64_t size) const {
  if (size == 0 || size > 8) return std::nullopt;
  ValueBytes out(size);
  copy(offset, size, out, 0);
  return out.word(0, size);
}

std::optional<bool> FrameContext::scanned_argument(std::int64_t at, std::uint64_t size) const {
  if (!args_map || size != 8 || at < 0 || at % 8 != 0 || at / 8 > INT32_MAX) return std::nullopt;
  return args_map->pointer(static_cast<std::int32_t>(at / 8));
}

bool FrameContext::in_stack_object(std::int64_t at) const {
  for (const StackObject& o : stack_objects) {
    std::int64_t start = o.offset < 0 ? varp() + o.offset : o.offset;
    if (start <= at && at < start + std::max<std::int64_t>(o.size, 8)) return true;
  }
  return false;
}

const FrameAccesses& FrameContext::accesses() const {
  constexpr std::size_t kMaxInstructions = 4096;  // about a millisecond
  if (!accesses_) {
    Bytes body = code.first(std::min<std::size_t>(code.size(), prologue.morestack_at.value_or(code.size())));
    accesses_ = frame_accesses(body, prologue.body_at, prologue.frame_bytes, kMaxInstructions);
  }
  return *accesses_;
}

bool FrameContext::address_taken(std::int64_t at, std::uint64_t size) const {
  if (in_stack_object(at)) return true;
  if (func.flags.assembly) return false;
  const auto& addressed = accesses().addressed;
  auto first = std::lower_bound(addressed.begin(), addressed.end(), at);
  return first != addressed.end() && *first < at + static_cast<std::int64_t>(size);
}

bool FrameContext::never_stored(std::int64_t at, std::uint64_t size) const {
  return !func.flags.assembly && accesses().complete && !accesses().first_store(at, size);
}

bool FrameContext::stored_before_here(std::int64_t at, std::uint64_t size) const {
  auto end = accesses().first_store(at, size);
  return end && *end <= offset;
}

bool FrameContext::stored_again(std::int64_t at, std::uint64_t size) const {
  return accesses().stores_before(offset, at, size) > 1;
}

bool FrameContext::just_overwritten(ArgRegister reg, std::string_view name) const {
  if (at_call || phase != Phase::body) return false;
  if (!before_) {
    before_.emplace();
    before_->instruction = preceding_instruction(code, offset);
    const DwarfInfo* info = process.image().dwarf();
    if (before_->instruction && info != nullptr) {
      if (auto there = repaired_function(*info, func.entry + before_->instruction->offset))
        before_->dwarf = std::move(*there);
    }
  }
  const auto& instruction = before_->instruction;
  if (!instruction) return offset > kPrecedingInstructionReach;  // nothing tells
  if (!instruction->call && !instruction->padded) return false;
  if (!instruction->writes[reg.number + (reg.xmm ? 16 : 0)]) return false;
  if (!before_->dwarf) return true;
  for (const Variable& v : before_->dwarf->parameters) {
    if (v.name != name) continue;
    for (const Piece& piece : v.pieces) {
      if (piece.where == Piece::Where::reg && dwarf_register(piece.dwarf_register) == reg) return true;
    }
  }
  return false;
}

bool FrameContext::lost_in_morestack(ArgRegister reg) const {
  if (!grow || !grow->ends_in_call || phase == Phase::grow_before) return false;
  auto kept = [&](ArgRegister r) {
    return std::any_of(grow->stores.begin(), grow->stores.end(), [&](const RegisterStore& s) { return s.reg == r; });
  };
  if (kept(reg)) return false;
  if (phase != Phase::prologue) return true;
  constexpr ArgRegister kBx{false, static_cast<unsigned>(Reg::rbx)};
  auto bx = register_value(kBx);
  std::uint64_t start = process.to_load(func.entry).value;
  return !kept(kBx) && bx && *bx > start + grow->end && *bx < start + code.size();
}

std::optional<std::uint64_t> FrameContext::register_value(ArgRegister reg) const {
  if (!reg.xmm) return frame.registers.get(static_cast<Reg>(reg.number & 15));
  return thread ? process.threads().xmm_low(*thread, reg.number) : std::nullopt;
}

std::optional<ArgRegister> FrameContext::dwarf_register(unsigned number) {
  if (number < 16) return ArgRegister{false, number};
  if (number >= 17 && number <= 32) return ArgRegister{true, number - 17};
  return std::nullopt;
}

Result<FrameContext> frame_context(GoProcess& process, const Stack& stack, std::size_t physical) {
  if (physical >= stack.frames.size()) return fail(Errc::not_found, "frame map: there is no such frame");
  const PhysicalFrame& frame = stack.frames[physical];
  if (!frame.func) {
    return fail(Errc::unsupported, "frame map: the frame at " + hex(frame.pc.value) + " is not Go code",
                "select a Go frame with -f (go-bt lists them)");
  }
  if (!frame.sp_delta || frame.fp <= frame.sp) {
    return fail(Errc::unsupported,
                "frame map: Go has no frame size for " + printable(frame.func->name) + " at this pc");
  }
  FrameContext c(process, frame);
  const GoImage& image = process.image();
  bool innermost = frame.found_by == FoundBy::registers && physical == 0;
  if (innermost) c.thread = stack.thread;
  c.pc = process.to_file(frame.pc);
  c.lookup_pc = frame.pc_is_return && c.pc != c.func.entry ? c.pc - 1 : c.pc;
  c.offset = c.pc.value - c.func.entry.value;
  c.at_call = frame.pc_is_return;
  c.code = image.elf().bytes_from(c.func.entry, c.func.end.value - c.func.entry.value);
  c.prologue = find_prologue(c.code);
  c.entry = straight_line(c.code, c.prologue.body_at, c.prologue.frame_bytes);
  if (c.prologue.morestack_at) c.grow = straight_line(c.code, *c.prologue.morestack_at, 0);
  c.phase = phase_of(c);
  if (const DwarfInfo* dwarf = image.dwarf()) {
    auto info = repaired_function(*dwarf, c.lookup_pc);
    if (info && info->go) {
      place_results(image, c.func, *info);
      c.dwarf = std::move(*info);
    } else if (!info && info.error().code != Errc::not_found) {
      c.problems.push_back(info.error().text());
    }
  }
  read_tables(c);
  if (!image.register_abi() || frame.abi != Abi::internal) {
    auto text = image.pclntab().line(c.func, c.func.entry);
    if (text) c.asm_operands = asm_operands_of_file(std::string(text->file), text->line, c.func.name);
  }
  return c;
}

}  // namespace lldbgo
