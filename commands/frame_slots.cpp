// The words of a frame, highest address first, as rows. What stands in a word is one cell whose parts (kind, name,
// type, register, liveness, value) are aligned by hand, so that a return address may use the whole width.
#include <fmt/format.h>

#include <algorithm>

#include "commands/backtrace.h"
#include "commands/frame_view.h"
#include "commands/table.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr std::size_t kIndent = 2, kGap = 2;
constexpr std::size_t kFoldAbove = 8, kKeepBefore = 2, kKeepAfter = 1;
constexpr std::size_t kLeastText = 16, kLeastValue = 10;

// Locals as the assembler writes them: n-8(SP), from the pseudo SP. For the others a column has the offset already.
std::string shown_name(const Slot& s) {
  return s.kind == SlotKind::local && !s.name.empty() ? fmt::format("{}{:+d}(SP)", s.name, s.offset_psp) : s.name;
}

Line word_cell(const Slot& s) {
  if (!s.value) return {"unreadable", Style::warning};
  std::string text = s.size > 8 ? hex(*s.value) : fmt::format("0x{:0{}x}", *s.value, 2 * s.size);
  return {text, s.live == Liveness::no ? Style::dead : Style::plain};
}

// What a run of slots must share to be folded into one line; empty: this slot is always shown.
std::string fold_key(const Slot& s) {
  if (s.kind == SlotKind::unknown && s.pointer != Pointerness::pointer) return "unknown";
  if (s.kind == SlotKind::outgoing && s.name.empty() && s.value == 0u) return "outgoing, zero";
  std::size_t bracket = s.name.find('[');
  return bracket == std::string::npos || bracket == 0 ? std::string() : s.name.substr(0, bracket);
}

struct Widths {
  std::size_t kind = 0, name = 0, type = 0, reg = 0, live = 0;
};

const char* kind_text(SlotKind kind) {
  return kind == SlotKind::saved_bp ? "caller BP" : slot_kind_name(kind);
}

const char* live_text(const Slot& s) {
  if (s.kind == SlotKind::padding) return "";
  switch (s.live) {
    case Liveness::yes:
      return "live";
    case Liveness::no:
      return "dead";
    case Liveness::unknown:
      return "";
  }
  return "";
}

bool plain_kind(SlotKind kind) {
  return kind != SlotKind::return_address && kind != SlotKind::saved_bp;
}

// Names and types share what the other parts leave of `room`.
Widths measure(const std::vector<Slot>& slots, std::size_t room) {
  Widths w;
  for (const Slot& s : slots) {
    if (!plain_kind(s.kind)) continue;
    w.kind = std::max(w.kind, columns_of(kind_text(s.kind)));
    w.name = std::max(w.name, columns_of(shown_name(s)));
    w.type = std::max(w.type, columns_of(s.type));
    w.reg = std::max(w.reg, columns_of(s.reg));
    w.live = std::max(w.live, columns_of(live_text(s)));
  }
  std::size_t others = w.kind + w.reg + w.live + 4;
  std::size_t left = room > others + kLeastText ? room - others : kLeastText;
  w.name = std::min(w.name, std::max(left / 2, left - std::min(left, w.type)));
  w.type = std::min(w.type, left - w.name);
  return w;
}

Line slot_cell(const Slot& s, const Widths& w, std::size_t room) {
  Style faded = s.live == Liveness::no ? Style::dead : Style::plain;
  Line line;
  std::size_t column = 0;
  auto part = [&](std::string_view text, std::size_t width, Style style) {
    if (width == 0) return;
    if (!text.empty()) line.pad(column).add(shortened(text, width), style);
    column += width + 1;
  };
  bool known = s.kind != SlotKind::unknown && s.kind != SlotKind::padding;
  part(kind_text(s.kind), w.kind, known ? faded : Style::note);
  part(shown_name(s), w.name, faded == Style::plain ? Style::heading : faded);
  part(s.type, w.type, Style::type);
  part(s.reg, w.reg, Style::reg);
  part(live_text(s), w.live, s.live == Liveness::yes ? Style::live : Style::dead);
  if (known || s.pointer == Pointerness::pointer) {
    std::string tail = s.text;
    if (tail.empty() && s.type.empty() && s.pointer != Pointerness::unknown) tail = pointerness_name(s.pointer);
    bool fits = column + std::min(columns_of(tail), kLeastValue) <= room;
    if (!tail.empty() && fits) line.pad(column).add(shortened(tail, room - column), Style::value);
  }
  return line;
}

Line return_cell(const FrameMap& map, std::size_t room) {
  Line line("return address");
  if (!map.return_address) return line;
  const CodeLocation& at = *map.return_address;
  if (!at.pc) return line.add("  none: the outermost frame", Style::note);
  std::string where = at.file.empty() ? std::string() : fmt::format(" {}:{}", base_name(at.file), at.line);
  std::string target = code_text(traceback_name(at.function), at.offset, at.pc);
  if (line.columns() + 4 + columns_of(target) + columns_of(where) > room) line = Line("return");
  std::size_t used = line.columns() + 4 + columns_of(where);
  line.add(" -> ", Style::note);
  line.add(shortened(target, room > used + kLeastText ? room - used : kLeastText), Style::function);
  return line.add(where, Style::location);
}

class SlotRows {
 public:
  SlotRows(const FrameMap& map, const FrameTextOptions& options)
      : map_(map),
        options_(options),
        table_({{"address"},
                {"+FP", Table::Align::right},
                {"+SP", Table::Align::right},
                {"word", Table::Align::right},
                {"what"}}) {
    std::size_t fixed = kIndent + 4 * kGap;
    std::size_t address = 7, fp = 3, sp = 3, word = 4;
    for (const Slot& s : map.slots) {
      address = std::max(address, hex(s.address.value).size());
      fp = std::max(fp, fmt::format("{:+d}", s.offset_fp).size());
      sp = std::max(sp, signed_hex(s.offset_sp).size());
      word = std::max(word, word_cell(s).columns());
    }
    fixed += address + fp + sp + word;
    room_ = options.width > fixed + 24 ? options.width - fixed : 24;
    widths_ = measure(map.slots, room_);
  }

  Document lines() {
    for (std::size_t i = 0; i < map_.slots.size();) {
      std::string key = fold_key(map_.slots[i]);
      std::size_t n = 1;
      while (!key.empty() && i + n < map_.slots.size() && fold_key(map_.slots[i + n]) == key) ++n;
      if (n > kFoldAbove && !options_.all_words) {
        folded(i, n, key);
      } else {
        for (std::size_t k = 0; k < n; ++k) row(map_.slots[i + k]);
      }
      i += n;
    }
    return table_.lines(kIndent, kGap);
  }

 private:
  void row(const Slot& s) {
    Line what = s.kind == SlotKind::return_address ? return_cell(map_, room_)
                : s.kind == SlotKind::saved_bp     ? Line("caller BP")
                                                   : slot_cell(s, widths_, room_);
    table_.row({Line(hex(s.address.value), Style::address), Line(fmt::format("{:+d}", s.offset_fp), Style::number),
                Line(signed_hex(s.offset_sp), Style::number), word_cell(s), std::move(what)});
    if (options_.why && !s.why.empty()) table_.note(Line("    by " + s.why, Style::note));
  }

  void folded(std::size_t start, std::size_t n, const std::string& key) {
    for (std::size_t k = 0; k < kKeepBefore; ++k) row(map_.slots[start + k]);
    const Slot& high = map_.slots[start + kKeepBefore];
    const Slot& low = map_.slots[start + n - kKeepAfter - 1];
    table_.note(Line(fmt::format("... {} more, {}..{} ({}; --all-words shows them)", n - kKeepBefore - kKeepAfter,
                                 hex(low.address.value), hex(high.address.value), key),
                     Style::note));
    for (std::size_t k = n - kKeepAfter; k < n; ++k) row(map_.slots[start + k]);
  }

  const FrameMap& map_;
  const FrameTextOptions& options_;
  Table table_;
  std::size_t room_ = 0;  ///< columns for the last cell
  Widths widths_;
};

}  // namespace

Document slot_lines(const FrameMap& map, const FrameTextOptions& options) {
  return SlotRows(map, options).lines();
}

}  // namespace lldbgo
