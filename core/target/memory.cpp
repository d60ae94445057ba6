#include "core/target/memory.h"

#include <cstring>

#include "core/base/text.h"

namespace lldbgo {
namespace {

template <class T>
Result<T> read_value(Memory& memory, LoadAddr at) {
  std::byte raw[sizeof(T)];
  if (auto r = memory.read_exact(at, raw); !r) return pass(r);
  T value;
  std::memcpy(&value, raw, sizeof(T));
  return value;
}

}  // namespace

Result<> Memory::read_exact(LoadAddr at, std::span<std::byte> into) {
  auto n = read(at, into);
  if (!n) return pass(n);
  if (*n < into.size()) return fail(Errc::unreadable, "memory at " + hex((at + *n).value) + ": cannot be read");
  return {};
}

Result<std::uint8_t> Memory::u8(LoadAddr at) { return read_value<std::uint8_t>(*this, at); }
Result<std::uint32_t> Memory::u32(LoadAddr at) { return read_value<std::uint32_t>(*this, at); }
Result<std::uint64_t> Memory::u64(LoadAddr at) { return read_value<std::uint64_t>(*this, at); }

Result<LoadAddr> Memory::pointer(LoadAddr at) {
  auto value = u64(at);
  if (!value) return pass(value);
  return LoadAddr(*value);
}

Result<std::vector<std::byte>> Memory::bytes(LoadAddr at, std::size_t size) {
  std::vector<std::byte> out(size);
  if (auto r = read_exact(at, out); !r) return pass(r);
  return out;
}

}  // namespace lldbgo
