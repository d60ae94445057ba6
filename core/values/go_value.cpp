#include "core/values/go_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/base/text.h"

namespace lldbgo {

std::string placeholder(const Error& error) {
  return (error.code == Errc::unreadable ? "<unreadable: " : "<unavailable: ") + printable(error.message, 200) + ">";
}

tl::unexpected<Error> unreadable(LoadAddr at) {
  return fail(Errc::unreadable, hex(at.value));
}

GoValue part_of(const GoValue& value, std::uint64_t offset, TypePtr type) {
  GoValue out{std::move(type), {}, {}};
  if (value.address)
    out.address = *value.address + offset;
  else
    out.bytes = value.bytes.part(offset, out.type->size);
  return out;
}

std::optional<GoValue> field_of(const GoValue& value, std::string_view path) {
  auto field = find_field(*value.type, path);
  return field ? std::optional(part_of(value, field->offset, field->type)) : std::nullopt;
}

Result<std::uint64_t> word_of(Memory& memory, const GoValue& value, std::uint64_t offset, std::size_t size) {
  if (!value.address) {
    if (auto word = value.bytes.word(offset, size)) return *word;
    return fail(Errc::not_found, value.bytes.why_missing.empty() ? "not available" : value.bytes.why_missing);
  }
  if (size == 0 || size > 8) return fail(Errc::malformed, fmt::format("no integer has {} bytes", size));
  LoadAddr at = *value.address + offset;
  std::byte raw[8];
  if (!memory.read_exact(at, std::span(raw, size))) return unreadable(at);
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size; ++i) out |= std::to_integer<std::uint64_t>(raw[i]) << (8 * i);
  return out;
}

Result<std::uint64_t> word_of(Memory& memory, const GoValue& value) {
  return word_of(memory, value, 0, value.type->size);
}

Result<std::uint64_t> word_at(Memory& memory, LoadAddr at) {
  auto word = memory.u64(at);
  if (!word) return unreadable(at);
  return *word;
}

namespace {

/// Cutting must not turn the last character into bytes.
std::size_t without_half_rune(std::string_view s) {
  for (std::size_t back = 1; back <= 3 && back <= s.size(); ++back) {
    auto c = static_cast<unsigned char>(s[s.size() - back]);
    if ((c & 0xc0) == 0x80) continue;
    std::size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
    return need > back ? s.size() - back : s.size();
  }
  return s.size();
}

}  // namespace

Result<GoString> string_of(Memory& memory, const GoValue& value, std::size_t limit) {
  auto length = word_of(memory, value, 8, 8);
  if (!length) return pass(length);
  if (*length == 0) return GoString{};
  auto data = word_of(memory, value, 0, 8);
  if (!data) return pass(data);
  // No Go string is longer than the address space; a length like this is not one.
  if (*length >> 47 != 0)
    return fail(Errc::malformed, fmt::format("length {} is impossible", static_cast<std::int64_t>(*length)));
  std::vector<std::byte> content(std::min<std::uint64_t>(*length, limit));
  auto got = memory.read(LoadAddr(*data), content);
  if (!got || *got == 0) return unreadable(LoadAddr(*data));
  std::size_t n = std::min(*got, content.size());
  GoString out{std::string(reinterpret_cast<const char*>(content.data()), n), n < *length};
  if (out.cut && n == content.size()) out.bytes.resize(without_half_rune(out.bytes));
  return out;
}

}  // namespace lldbgo
