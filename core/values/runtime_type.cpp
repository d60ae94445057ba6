// internal/abi/type.go: Type is {Size, PtrBytes, Hash u32, TFlag, Align, FieldAlign, Kind u8, Equal, GCData, Str i32,
// PtrToThis i32} in every version from 1.15 to 1.27, then what its kind needs: {Elem} of a pointer, slice or channel,
// {Elem, Slice, Len} of an array, {PkgPath, Fields} of a struct, {PkgPath, Methods} of an interface. A name is one flag
// byte, its length, its bytes. TFlagExtraStar says that the name has a `*` in front which is not part of it: the string
// is shared with the pointer type's. That an interface holds the value itself is bit 0x20 of Kind until 1.25 and of
// TFlag since 1.26; neither has another meaning where it is not that.
#include "core/values/runtime_type.h"

#include <algorithm>
#include <bit>

#include "core/base/byte_reader.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr std::size_t kHead = 48, kField = 24;
constexpr std::uint64_t kTflag = 20, kAlign = 21, kKind = 23, kStr = 40;
constexpr std::uint64_t kElem = 48, kArrayLen = 64, kListAt = 56, kListLen = 64;
constexpr std::uint8_t kTflagExtraStar = 2, kDirect = 0x20, kKindMask = 0x1f;
constexpr std::size_t kMaxName = 1024, kMaxFields = 1024;
constexpr std::uint32_t kMaxParts = 1 << 12;
constexpr unsigned kMaxDepth = 16;
constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 47;

bool is_alignment(std::uint8_t align) { return std::has_single_bit(align) && align <= 8; }

}  // namespace

bool may_be_descriptor(Memory& memory, LoadAddr descriptor) {
  auto bytes = memory.bytes(descriptor, kHead);
  if (!bytes) return false;
  ByteReader r(*bytes);
  std::uint64_t size = r.u64(), pointer_bytes = r.u64();
  r.seek(kAlign);
  std::uint8_t align = r.u8(), field_align = r.u8(), kind = r.u8() & kKindMask;
  return size <= kMaxSize && pointer_bytes <= size && is_alignment(align) && is_alignment(field_align) &&
         kind_of_reflect(kind) != TypeKind::unknown;
}

Result<std::string> RuntimeTypeReader::name_at(LoadAddr at, std::string_view what) {
  auto absurd = [&] { return fail(Errc::malformed, std::string(what) + ": absurd name"); };
  if (!types_.section.contains(at)) return absurd();
  std::byte head[12]{};
  auto got = memory_.read(at, head);
  if (!got) return pass(got);
  ByteReader r(Bytes(head, *got));
  r.skip(1);
  std::uint64_t length = 0;
  if (types_.varint_names) {
    length = r.uvarint();
  } else {
    length = r.u8();
    length = length << 8 | r.u8();
  }
  if (!r.ok() || length == 0 || length > kMaxName) return absurd();
  auto bytes = memory_.bytes(at + r.offset(), length);
  if (!bytes) return pass(bytes);
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

Result<RuntimeType> RuntimeTypeReader::read(LoadAddr descriptor, unsigned depth) {
  std::string what = "type descriptor " + hex(descriptor.value);
  if (!types_.section.contains(descriptor)) return fail(Errc::not_found, what + ": outside of the program's types");
  auto bytes = memory_.bytes(descriptor, kHead);
  if (!bytes) return pass(bytes);
  ByteReader r(*bytes);
  auto made = std::make_shared<Type>();
  made->size = r.u64();
  r.seek(kTflag);
  std::uint8_t tflag = r.u8();
  r.seek(kAlign);
  made->align = std::max<std::uint64_t>(r.u8(), 1);
  r.seek(kKind);
  std::uint8_t kind = r.u8();
  r.seek(kStr);
  auto name = name_at(types_.section.lo + r.u32(), what);
  if (!name) return pass(name);
  RuntimeType out{std::move(*name), nullptr, ((tflag | kind) & kDirect) != 0};
  if ((tflag & kTflagExtraStar) != 0 && out.name[0] == '*') out.name.erase(0, 1);

  made->descriptor = descriptor.value - types_.section.lo.value;
  if (types_.described) out.type = types_.described(made->descriptor);
  if (out.type) return out;
  made->name = out.name;
  if (made->size <= kMaxSize) made->kind = kind_of_reflect(kind & kKindMask);
  if (made->kind == TypeKind::array) read_array(descriptor, *made, depth);
  if (made->kind == TypeKind::structure) read_struct(descriptor, *made, depth);
  if (made->kind == TypeKind::interface) made->empty_interface = memory_.u64(descriptor + kListLen).value_or(1) == 0;
  out.type = made;
  return out;
}

/// A type that lies within `whole`; null, and `whole` of unknown kind, where it cannot.
TypePtr RuntimeTypeReader::part(LoadAddr descriptor, unsigned depth, Type& whole) {
  auto found = depth < kMaxDepth ? read(descriptor, depth + 1) : Result<RuntimeType>(fail(Errc::limit, ""));
  if (found) whole.parts += found->type->parts;
  if (found && whole.parts <= kMaxParts) return found->type;
  whole.kind = TypeKind::unknown;
  whole.fields.clear();
  return nullptr;
}

void RuntimeTypeReader::read_array(LoadAddr descriptor, Type& type, unsigned depth) {
  auto element = memory_.pointer(descriptor + kElem);
  auto length = memory_.u64(descriptor + kArrayLen);
  type.element = element && length ? part(*element, depth, type) : nullptr;
  std::uint64_t bytes = 0;
  if (!type.element || __builtin_mul_overflow(*length, type.element->size, &bytes) || bytes > type.size)
    type.kind = TypeKind::unknown;
  else
    type.count = *length;
}

void RuntimeTypeReader::read_struct(LoadAddr descriptor, Type& type, unsigned depth) {
  auto list = memory_.pointer(descriptor + kListAt);
  auto count = memory_.u64(descriptor + kListLen);
  auto bytes = list && count && *count <= kMaxFields ? memory_.bytes(*list, *count * kField)
                                                     : Result<std::vector<std::byte>>(fail(Errc::malformed, ""));
  if (!bytes) {
    type.kind = TypeKind::unknown;
    return;
  }
  ByteReader r(*bytes);
  for (std::uint64_t i = 0; i < *count; ++i) {
    auto name = name_at(LoadAddr(r.u64()), "field");
    TypePtr field = part(LoadAddr(r.u64()), depth, type);
    std::uint64_t offset = r.u64();
    if (types_.shifted_field_offsets) offset >>= 1;
    if (!field) return;
    if (!name || offset > type.size || field->size > type.size - offset) {
      type.kind = TypeKind::unknown;
      type.fields.clear();
      return;
    }
    type.fields.push_back({std::move(*name), offset, std::move(field), false});
  }
}

Result<TypePtr> RuntimeTypeReader::target(LoadAddr descriptor) {
  auto element = memory_.pointer(descriptor + kElem);
  if (!element) return pass(element);
  auto found = read(*element);
  if (!found) return pass(found);
  return found->type;
}

}  // namespace lldbgo
