#include "core/insn/plan9_prefixes.h"

namespace lldbgo {

LegacyPrefixes read_prefixes(Bytes code) {
  LegacyPrefixes out;
  std::size_t limit = code.size() < 15 ? code.size() : 15;
  std::size_t n = 0;
  auto once = [&](bool& seen) {
    if (seen) out.plain = false;
    seen = true;
  };
  for (; n < limit; ++n) {
    switch (std::to_integer<std::uint8_t>(code[n])) {
      case 0xf0:
        out.lock = true;
        out.plain = false;
        continue;
      case 0xf2:
      case 0xf3:
        if (out.repeat_at >= 0) out.plain = false;
        out.repeat_at = static_cast<int>(n);
        continue;
      case 0x26:
      case 0x2e:
      case 0x36:
      case 0x3e:
        out.plain = false;
        continue;
      case 0x64:
      case 0x65:
        if (out.segment_at >= 0) out.plain = false;
        out.segment_at = static_cast<int>(n);
        continue;
      case 0x66:
        once(out.operand_size);
        continue;
      case 0x67:
        once(out.address_size);
        continue;
      default:
        break;
    }
    break;
  }
  out.bytes = code.first(n);
  if (n < limit && (std::to_integer<std::uint8_t>(code[n]) & 0xf0) == 0x40) {
    out.rex = std::to_integer<std::uint8_t>(code[n]);
  }
  return out;
}

namespace {

const char* prefix_name(std::uint8_t byte) {
  switch (byte) {
    case 0x26:
      return "ES ";
    case 0x2e:
      return "CS ";
    case 0x36:
      return "SS ";
    case 0x3e:
      return "DS ";
    case 0x64:
      return "FS ";
    case 0x65:
      return "GS ";
    case 0xf0:
      return "LOCK ";
    default:
      return "";  // 0x66 and 0x67 show in the operands, and are never named
  }
}

}  // namespace

// Of all prefixes but the repeats only the last is shown, and 0x66 and 0x67 count as one that has no name: in
// `f0 66 ..` LOCK disappears, in `66 f0 ..` it is shown.
void append_prefixes(const LegacyPrefixes& prefixes, const PrefixUse& use, std::string& out) {
  int hint = -1, last = -1, repeat = -1, lock_at = -1;
  for (int i = 0; i < static_cast<int>(prefixes.bytes.size()); ++i) {
    if (prefixes.at(i) == 0xf0) lock_at = i;
  }
  for (int i = 0; i < static_cast<int>(prefixes.bytes.size()); ++i) {
    std::uint8_t byte = prefixes.at(i);
    if (byte == 0xf2 || byte == 0xf3) {
      if (i != prefixes.repeat_at || !use.repeat) repeat = i;
      continue;
    }
    if (i == prefixes.segment_at && use.segment) continue;
    if (byte == 0xf0 && use.lock && i == lock_at) continue;
    if (byte == 0x2e || byte == 0x3e) hint = i;
    last = i;
  }
  if (repeat >= 0) out += prefixes.at(repeat) == 0xf3 ? "REP; " : "REPNE; ";
  if (last < 0) return;
  if (use.conditional && last == hint) {
    out += prefixes.at(last) == 0x2e ? "PN " : "PT ";
  } else {
    out += prefix_name(prefixes.at(last));
  }
}

}  // namespace lldbgo
