// internal/abi/type.go: Type has TFlag at 20 and Str (a name offset) at 40, in every version from 1.15 to 1.27. A name
// is one flag byte, its length, its bytes. TFlagExtraStar says that the name has a `*` in front which is not part of
// it: the string is shared with the pointer type's.
#include "core/values/runtime_type.h"

#include "core/base/byte_reader.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kTflagOffset = 20, kStrOffset = 40;
constexpr std::uint8_t kTflagExtraStar = 2;
constexpr std::size_t kMaxName = 1024;

}  // namespace

Result<std::string> runtime_type_name(Memory& memory, const RuntimeTypes& types, LoadAddr descriptor) {
  if (!types.section.contains(descriptor)) {
    return fail(Errc::not_found, "type descriptor " + hex(descriptor.value) + ": outside of the program's types");
  }
  auto flag = memory.u8(descriptor + kTflagOffset);
  auto offset = memory.u32(descriptor + kStrOffset);
  if (!flag) return pass(flag);
  if (!offset) return pass(offset);
  LoadAddr at = types.section.lo + *offset;
  if (!types.section.contains(at))
    return fail(Errc::malformed, "type descriptor " + hex(descriptor.value) + ": absurd name");
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
  if (!r.ok() || length == 0 || length > kMaxName) {
    return fail(Errc::malformed, "type descriptor " + hex(descriptor.value) + ": absurd name");
  }
  auto bytes = memory.bytes(at + r.offset(), length);
  if (!bytes) return pass(bytes);
  std::string name(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  if ((*flag & kTflagExtraStar) != 0 && name[0] == '*') name.erase(0, 1);
  return name;
}

}  // namespace lldbgo
