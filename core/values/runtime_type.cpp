// internal/abi/type.go: Type is {Size, PtrBytes, Hash u32, TFlag, Align, FieldAlign, Kind u8, Equal, GCData, Str i32,
// PtrToThis i32} in every version from 1.15 to 1.27. A name is one flag byte, its length, its bytes. TFlagExtraStar says
// that the name has a `*` in front which is not part of it: the string is shared with the pointer type's. That an
// interface holds the value itself is bit 0x20 of Kind until 1.25 and of TFlag since 1.26; neither has another meaning
// where it is not that.
#include "core/values/runtime_type.h"

#include <iterator>

#include "core/base/byte_reader.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr std::size_t kDescriptorBytes = 48;
constexpr std::uint64_t kTflagOffset = 20, kKindOffset = 23, kStrOffset = 40;
constexpr std::uint8_t kTflagExtraStar = 2, kDirect = 0x20, kKindMask = 0x1f;
constexpr std::size_t kMaxName = 1024;

// By reflect.Kind; unknown where the descriptor must be asked for more.
// clang-format off
constexpr TypeKind kKinds[] = {
    TypeKind::unknown, TypeKind::boolean,
    TypeKind::signed_int, TypeKind::signed_int, TypeKind::signed_int, TypeKind::signed_int, TypeKind::signed_int,
    TypeKind::unsigned_int, TypeKind::unsigned_int, TypeKind::unsigned_int, TypeKind::unsigned_int,
    TypeKind::unsigned_int, TypeKind::unsigned_int,
    TypeKind::floating, TypeKind::floating, TypeKind::complex, TypeKind::complex,
    TypeKind::unknown, TypeKind::channel, TypeKind::function, TypeKind::unknown, TypeKind::map, TypeKind::pointer,
    TypeKind::unknown, TypeKind::string, TypeKind::unknown, TypeKind::unsafe_pointer,
};
// clang-format on

Result<std::string> name_at(Memory& memory, const RuntimeTypes& types, std::uint32_t offset, std::string_view what) {
  auto absurd = [&] { return fail(Errc::malformed, std::string(what) + ": absurd name"); };
  LoadAddr at = types.section.lo + offset;
  if (!types.section.contains(at)) return absurd();
  std::byte head[12]{};
  auto got = memory.read(at, head);
  if (!got) return pass(got);
  ByteReader r(Bytes(head, *got));
  r.skip(1);
  std::uint64_t length = 0;
  if (types.varint_names) {
    length = r.uvarint();
  } else {
    length = r.u8();
    length = length << 8 | r.u8();
  }
  if (!r.ok() || length == 0 || length > kMaxName) return absurd();
  auto bytes = memory.bytes(at + r.offset(), length);
  if (!bytes) return pass(bytes);
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

}  // namespace

Result<RuntimeType> runtime_type(Memory& memory, const RuntimeTypes& types, LoadAddr descriptor) {
  std::string what = "type descriptor " + hex(descriptor.value);
  if (!types.section.contains(descriptor)) return fail(Errc::not_found, what + ": outside of the program's types");
  auto bytes = memory.bytes(descriptor, kDescriptorBytes);
  if (!bytes) return pass(bytes);
  ByteReader r(*bytes);
  RuntimeType out;
  out.size = r.u64();
  r.seek(kTflagOffset);
  std::uint8_t tflag = r.u8();
  r.seek(kKindOffset);
  std::uint8_t kind = r.u8();
  r.seek(kStrOffset);
  auto name = name_at(memory, types, r.u32(), what);
  if (!name) return pass(name);
  out.name = std::move(*name);
  if ((tflag & kTflagExtraStar) != 0 && out.name[0] == '*') out.name.erase(0, 1);
  out.direct = ((tflag | kind) & kDirect) != 0;
  if ((kind & kKindMask) < std::size(kKinds)) out.kind = kKinds[kind & kKindMask];
  return out;
}

}  // namespace lldbgo
