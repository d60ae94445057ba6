#include "core/base/text.h"

#include <fmt/format.h>

namespace lldbgo {
namespace {

struct Rune {
  char32_t value = 0;
  std::size_t length = 0;  // 0: invalid UTF-8 here
};

Rune decode_rune(std::string_view s) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  unsigned char b0 = byte(0);
  if (b0 < 0x80) return {b0, 1};
  std::size_t length = b0 >= 0xf0 ? 4 : b0 >= 0xe0 ? 3 : 2;
  if (b0 < 0xc2 || b0 > 0xf4 || s.size() < length) return {};
  char32_t value = b0 & (0xff >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3f);
  }
  bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (overlong || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return {};
  return {value, length};
}

// C0, DEL and C1 controls steer terminals; U+2028.. and the bidirectional controls reorder what a reader sees.
bool is_control(char32_t r) {
  return r < 0x20 || (r >= 0x7f && r < 0xa0) || (r >= 0x200b && r <= 0x200f) || (r >= 0x2028 && r <= 0x202e) ||
         (r >= 0x2066 && r <= 0x2069) || r == 0x61c || r == 0xfeff;
}

/// What strconv.Quote escapes besides: of the blanks, only the ASCII one is kept as it is.
bool is_quoted(char32_t r) {
  return is_control(r) || r == 0xa0 || r == 0xad || r == 0x1680 || (r >= 0x2000 && r <= 0x200f) || r == 0x202f ||
         (r >= 0x205f && r <= 0x206f) || r == 0x3000 || (r >= 0xe000 && r <= 0xf8ff) ||
         (r >= 0xfdd0 && r <= 0xfdef) || (r & 0xfffe) == 0xfffe || (r >= 0xe0000 && (r < 0xe0100 || r > 0xe01ef));
}

}  // namespace

std::string printable(std::string_view raw, std::size_t limit) {
  std::string out;
  bool cut = raw.size() > limit;
  if (cut) raw = raw.substr(0, limit);
  while (!raw.empty()) {
    Rune r = decode_rune(raw);
    std::size_t n = r.length == 0 ? 1 : r.length;
    if (r.length != 0 && !is_control(r.value)) {
      out += raw.substr(0, n);
    } else {
      for (std::size_t i = 0; i < n; ++i) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(raw[i]));
    }
    raw.remove_prefix(n);
  }
  if (cut) out += "...";
  return out;
}

std::string safe_json(std::string_view json) {
  std::string out;
  while (!json.empty()) {
    Rune r = decode_rune(json);
    std::size_t n = r.length == 0 ? 1 : r.length;
    if (r.length != 0 && is_control(r.value))
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(r.value));
    else
      out += json.substr(0, n);
    json.remove_prefix(n);
  }
  return out;
}

std::string go_quote(std::string_view raw, bool cut) {
  std::string out = "\"";
  while (!raw.empty()) {
    Rune r = decode_rune(raw);
    std::size_t n = r.length == 0 ? 1 : r.length;
    unsigned char first = static_cast<unsigned char>(raw[0]);
    if (r.length == 0) {
      out += fmt::format("\\x{:02x}", first);
    } else if (r.value == '"' || r.value == '\\') {
      out += '\\';
      out += raw[0];
    } else if (!is_quoted(r.value)) {
      out += raw.substr(0, n);
    } else {
      switch (r.value) {
        case '\a': out += "\\a"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '\v': out += "\\v"; break;
        default:
          out += r.value < 0x80 ? fmt::format("\\x{:02x}", first)
          : r.value < 0x10000  ? fmt::format("\\u{:04x}", static_cast<std::uint32_t>(r.value))
                               : fmt::format("\\U{:08x}", static_cast<std::uint32_t>(r.value));
      }
    }
    raw.remove_prefix(n);
  }
  out += '"';
  if (cut) out += "...";
  return out;
}

std::string hex(std::uint64_t value) { return fmt::format("{:#x}", value); }

std::string signed_hex(std::int64_t value) {
  std::uint64_t magnitude = value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  return fmt::format("{}{:#x}", value < 0 ? '-' : '+', magnitude);
}

}  // namespace lldbgo
