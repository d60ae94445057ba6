#include "core/frame/variable_slots.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/values/format.h"

namespace lldbgo {
namespace {

std::string text_of(const FrameContext& c, const Type& type, std::int64_t offset) {
  ValueBytes bytes(type.size);
  c.bytes.copy(offset, type.size, bytes, 0);
  if (!bytes.has(0, type.size)) return "";
  ValueContext context = value_context(c.process, c.process.memory());
  context.limits.string_bytes = 64;
  context.limits.text = 200;
  return format_value(context, type, bytes);
}

/// Words whose type says nothing come eight bytes at a time.
void claim_words(SlotTable& table, Slot slot) {
  constexpr std::uint64_t kLong = 1024;
  if (slot.size <= 8 || slot.size > kLong) {
    table.claim(std::move(slot));
    return;
  }
  std::string name = slot.name;
  for (std::uint64_t at = 0; at < slot.size; at += 8) {
    Slot word = slot;
    word.offset_fp += static_cast<std::int64_t>(at);
    word.size = std::min<std::uint64_t>(8, slot.size - at);
    if (at != 0) word.name = name + "+" + std::to_string(at);
    table.claim(std::move(word));
  }
}

}  // namespace

void claim_variable(const FrameContext& c, const VariableClaim& claim, SlotTable& table) {
  auto components = components_of(claim.type);
  std::uint64_t end = claim.size > claim.type->size - std::min(claim.from, claim.type->size) ? claim.type->size
                                                                                             : claim.from + claim.size;
  auto inside = [&](const Component& x) { return x.offset >= claim.from && x.size <= end && x.offset <= end - x.size; };
  auto whole_live = [&](const Component& first) {
    for (const Component& x : components) {
      if (x.offset < first.offset || x.offset >= first.offset + first.whole->size) continue;
      if (!inside(x) || claim.live(x) != Liveness::yes) return false;
    }
    return true;
  };
  std::uint64_t at = claim.from;
  auto padding = [&](std::uint64_t to) {
    if (!claim.padding || to <= at) return;
    Slot gap;
    gap.kind = SlotKind::padding;
    gap.offset_fp = claim.offset + static_cast<std::int64_t>(at);
    gap.size = to - at;
    gap.live = Liveness::no;
    gap.pointer = Pointerness::scalar;
    gap.why = "alignment inside " + claim.name;
    table.claim(std::move(gap));
  };
  for (const Component& x : components) {
    if (!inside(x)) continue;
    padding(x.offset);
    at = x.offset + x.size;
    Slot slot;
    slot.kind = claim.kind;
    slot.offset_fp = claim.offset + static_cast<std::int64_t>(x.offset);
    slot.size = x.size;
    slot.name = claim.name + printable(x.suffix, 200);
    slot.type = printable(x.type, 200);
    if (claim.reg) slot.reg = claim.reg(x);
    slot.pointer = !x.known ? Pointerness::unknown : x.pointer ? Pointerness::pointer : Pointerness::scalar;
    slot.live = claim.live(x);
    slot.why = claim.why;
    if (x.leaf != nullptr && slot.live == Liveness::yes) slot.text = text_of(c, *x.leaf, slot.offset_fp);
    if (x.whole && x.whole->size <= 32 && whole_live(x)) slot.text = text_of(c, *x.whole, slot.offset_fp);
    claim_words(table, std::move(slot));
  }
  padding(end);
}

}  // namespace lldbgo
