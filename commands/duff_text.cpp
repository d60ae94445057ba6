// go-duff explain in words.
#include <fmt/format.h>

#include <algorithm>

#include "commands/duff_view.h"
#include "commands/table.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

std::string count(std::uint64_t n, std::string_view what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

/// `text` broken at spaces.
Document paragraph(std::string_view text, std::size_t indent, std::size_t width, Style style = Style::plain) {
  std::vector<Line> words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t space = std::min(text.find(' ', at), text.size());
    words.emplace_back(text.substr(at, space - at), style);
    at = space + 1;
  }
  return wrapped(Line(std::string(indent, ' ')), words, " ", indent, width);
}

std::string range_text(const PlaceView& place, std::optional<std::uint64_t> bytes) {
  if (!place.first) return {};
  if (!bytes) return hex(place.first->value);
  return hex(place.first->value) + " .. " + hex((*place.first + *bytes).value);
}

/// What it does, in one clause.
std::string deed(const SiteView& view) {
  const BlockSite& s = view.site;
  std::string verb = is_copy(s.device) ? "copies " : "clears ";
  if (!view.bytes) return verb + "a number of bytes that is not known before it runs";
  std::string bytes = verb + count(*view.bytes, "byte");
  switch (s.device) {
    case BlockDevice::duffzero:
    case BlockDevice::inline_zero:
    case BlockDevice::duffcopy:
    case BlockDevice::inline_copy:
      return fmt::format("{}: {} of 16 bytes", bytes, count(s.stores.value_or(0), "store"));
    case BlockDevice::rep_stos:
    case BlockDevice::rep_movs:
      return fmt::format("{}: {} of 8 bytes, counted in CX", bytes, count(*view.bytes / 8, "word"));
    case BlockDevice::memclr:
    case BlockDevice::memmove:
      break;
  }
  return bytes;
}

/// Why the call goes to this entry and no other.
Document why_this_entry(const DuffInImage& duff, const BlockSite& site, std::size_t width) {
  const DuffRoutine& r = duff.routine;
  bool zero = r.kind == DuffKind::zero;
  std::uint64_t blocks = r.blocks(), whole = r.remaining(0);  // a decoded routine has several blocks, all alike
  std::uint64_t block_code = r.block_of(r.size() - 2) / (blocks - 1), bytes = whole / blocks;
  std::uint64_t offset = *site.offset, block = r.block_of(offset), skipped = block / block_code;
  Document out;
  auto say = [&](const std::string& text) { out.add(paragraph(text, 2, width)); };
  say(fmt::format("{} is {} of {} bytes of code, each {} {} bytes, and a RET: {} bytes of code for up to {} bytes.",
                  duff.name, count(blocks, "block"), block_code, zero ? "clears" : "copies", bytes, r.size(), whole));
  const DuffEntry* entry = r.entry(offset);
  if (entry == nullptr) {
    say(fmt::format("+{} is no entry that the compiler uses: what follows does not write one range.", offset));
    return out;
  }
  std::uint64_t in_block = 0;
  for (const DuffStep& s : r.steps) {
    if (s.offset >= offset && s.does == DuffStep::Does::store && r.block_of(s.offset) == block) ++in_block;
  }
  std::string text = fmt::format("The entry +{} skips {}", offset, count(skipped, "block"));
  std::uint64_t whole_blocks = blocks - skipped;
  if (offset != block) {
    --whole_blocks;
    text += fmt::format(" and {} of the next: {} {} left in it", count(bytes / 16 - in_block, "store"),
                        count(in_block, "store"), in_block == 1 ? "is" : "are");
  }
  text += fmt::format(", then {} {} before RET.", count(whole_blocks, offset != block ? "whole block" : "block"),
                      whole_blocks == 1 ? "runs" : "run");
  say(text);
  if (site.adjust != 0) {
    say(fmt::format("The first store it reaches is at {:#x}(DI), so DI comes {} too low: LEAQ -{:#x}(DI), DI.",
                    site.adjust, count(static_cast<std::uint64_t>(site.adjust), "byte"), site.adjust));
  }
  if (!duff.mismatch.empty()) out.line("  ").add("not what this Go version has: " + duff.mismatch, Style::warning);
  return out;
}

Document inline_words(const SiteView& view) {
  const BlockSite& s = view.site;
  Document out;
  if (s.loop) {
    out.line(fmt::format("  a loop: {} of {} bytes, counted down in {}", count(s.loop->rounds, "round"), s.loop->step,
                         go_reg_name(s.loop->counter)));
    std::uint64_t tail = *s.bytes - s.loop->rounds * s.loop->step, stores = s.tail_stores.size();
    if (stores == 0) {
      out.line("  nothing is left behind it");
    } else if (stores * 16 == tail) {
      out.line(fmt::format("  and {} behind it for the last {}", count(stores, "store"), count(tail, "byte")));
    } else {
      out.line(fmt::format("  and {} behind it for the last {}: the last one overlaps", count(stores, "store"),
                           count(tail, "byte")));
    }
  } else if ((s.device == BlockDevice::inline_zero || s.device == BlockDevice::inline_copy) && s.stores &&
             *s.stores * 16 != s.bytes.value_or(*s.stores * 16)) {
    out.line("  stores overlap: the size is no multiple of 16");
  }
  return out;
}

Line state_line(const SiteView& view) {
  Line out("  ");
  const BlockState& state = *view.state;
  switch (state.where) {
    case BlockState::Where::before:
      return out.add("not reached yet: no branch lies between", Style::note);
    case BlockState::Where::after:
      return out.add("just done", Style::note);
    case BlockState::Where::elsewhere:
      return {};
    case BlockState::Where::inside:
      break;
  }
  if (state.done == 0u && !is_inline(view.site.device)) return out.add("about to begin", Style::live);
  if (!state.done || !state.remaining) return out.add("inside; how far it is, nothing tells", Style::note);
  out.add(fmt::format("{} of {} done, {} to go", *state.done, count(*state.done + *state.remaining, "byte"),
                      *state.remaining),
          Style::live);
  if (view.site.loop && state.rounds_left)
    out.add(fmt::format(", {} left", count(*state.rounds_left, "round")), Style::live);
  return out;
}

}  // namespace

Document explained(const DuffTarget& target, const ImageBlocks& blocks, const SiteView& view, std::size_t width) {
  const BlockSite& s = view.site;
  Document out;
  Line& title = out.line(block_device_name(s.device), Style::heading).add("  ");
  title.add(hex(view.address.value), Style::address)
      .add("  ")
      .add(view.function + signed_hex(static_cast<std::int64_t>(s.begin)), Style::function);
  if (!view.file.empty()) title.add("  ").add(fmt::format("{}:{}", view.file, view.line), Style::location);
  if (!view.statement.empty()) out.line("  ").add(view.statement, Style::value);
  out.line("  ").add(deed(view), Style::number);
  if (view.state) {
    if (Line state = state_line(view); !state.empty()) out.add(state);
  }
  out.blank();

  Table table({{}, {}, {}, {}});
  auto row = [&](std::string_view what, const PlaceView& place) {
    table.row({Line(what, Style::note), Line(place.expression, Style::reg),
               Line(range_text(place, view.bytes), Style::address),
               place.name.empty() ? Line() : Line(place.name, Style::value)});
  };
  row(is_copy(s.device) ? "to" : "clears", view.destination);
  if (view.source) row("from", *view.source);
  if (s.target) {
    std::string callee = view.symbol.empty() ? hex(target.load(*s.target).value) : view.symbol;
    if (s.offset) callee += fmt::format("+{}", *s.offset);
    table.row({Line("calls", Style::note), Line(callee, Style::function),
               Line(hex(target.load(*s.target).value), Style::address)});
  }
  out.add(table.lines(2));

  if (const DuffInImage* duff = s.offset ? blocks.duff_of(s.device) : nullptr) {
    out.blank();
    out.add(why_this_entry(*duff, s, width));
    if (s.saves_bp) {
      out.add(paragraph(
          "Around the call BP is saved at SP-0x10 and points there: with the return address at SP-0x8 that makes a "
          "frame for who follows frame pointers while the routine, which makes none, runs.",
          2, width));
    }
  } else if (is_inline(s.device)) {
    out.add(inline_words(view));
  }
  return out;
}

Document without_duff(const ImageBlocks& blocks, std::size_t width) {
  Document out;
  if (blocks.facts().exists) return out;
  std::string text =
      blocks.image().version().text() +
      " has no Duff's device on amd64. In its place: up to 191 bytes a run of 16-byte stores, up to 1408 bytes a loop "
      "of 64 "
      "bytes a round and a run for the rest, above that REP STOSQ or REP MOVSQ; all of it in the function itself.";
  return paragraph(text, 0, width, Style::note);
}

}  // namespace lldbgo
