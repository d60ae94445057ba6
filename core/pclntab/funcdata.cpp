// FUNCDATA: pointer maps, stack objects, argument info. Formats: runtime/stack.go (stackmap, stackObjectRecord),
// internal/abi/symtab.go (traceArgs), compile/internal/liveness and compile/internal/ssagen which write them.
#include <algorithm>

#include "core/base/text.h"
#include "core/pclntab/tables.h"

namespace lldbgo {
namespace {

// A frame is at most 1 GB, yet no real map comes near; the bound keeps products below 2^32.
constexpr std::int32_t kMaxMapWords = 1 << 24;
constexpr std::int32_t kMaxMaps = 1 << 20;
constexpr std::uint64_t kMaxStackObjects = 1 << 16;
// compile/internal/ssagen emitArgInfo: at most 10 words and 5 levels, so the stream is shorter than this.
constexpr std::size_t kMaxArgInfo = 256;

namespace trace_args {
constexpr std::uint8_t kEndSeq = 0xff, kStartAgg = 0xfe, kEndAgg = 0xfd, kDotdotdot = 0xfc, kOffsetTooLarge = 0xfb;
}

}  // namespace

bool PointerMap::pointer(std::int32_t word) const {
  if (word < 0 || word >= words) return false;
  auto byte = static_cast<std::size_t>(word / 8);
  return byte < bits.size() && (std::to_integer<unsigned>(bits[byte]) >> (word % 8) & 1) != 0;
}

Result<std::optional<PointerMap>> Pclntab::Impl::pointer_map(std::optional<FileAddr> table, std::int32_t index) const {
  if (!table) return std::nullopt;
  auto head = elf->bytes(*table, 8);
  if (!head) return fail(Errc::malformed, "pclntab: pointer map is outside of the file");
  ByteReader r(*head);
  std::int32_t count = r.i32(), words = r.i32();
  if (count < 0 || count > kMaxMaps || words < 0 || words > kMaxMapWords) {
    return fail(Errc::malformed, "pclntab: pointer map has an absurd size");
  }
  index = std::max(index, 0);  // -1: the map at entry (runtime/stkframe.go getStackMap)
  if (index >= count) {
    return fail(Errc::malformed, "pclntab: pointer map " + std::to_string(index) + " of " + std::to_string(count));
  }
  std::uint64_t size = (static_cast<std::uint64_t>(words) + 7) / 8;
  if (size == 0) return PointerMap{words, {}};
  auto bits = elf->bytes(*table + 8 + size * static_cast<std::uint64_t>(index), size);
  if (!bits) return fail(Errc::malformed, "pclntab: pointer map is outside of the file");
  return PointerMap{words, *bits};
}

Result<std::optional<PointerMap>> Pclntab::args_map(const Func& f, std::int32_t index) const {
  return impl_->pointer_map(funcdata(f, impl_->layout.funcdata.args_pointer_maps), index);
}

Result<std::optional<PointerMap>> Pclntab::locals_map(const Func& f, std::int32_t index) const {
  return impl_->pointer_map(funcdata(f, impl_->layout.funcdata.locals_pointer_maps), index);
}

std::int64_t Pclntab::varp(const Func& f) const {
  return max_sp_delta(f).value_or(0) > 0 ? -16 : -8;
}

Result<std::vector<StackObject>> Pclntab::stack_objects(const Func& f) const {
  auto table = funcdata(f, impl_->layout.funcdata.stack_objects);
  std::vector<StackObject> out;
  if (!table) return out;
  StackObjectFormat format = impl_->layout.stack_objects;
  std::uint64_t record = format == StackObjectFormat::off_size_gcdata ? 24 : 16;
  auto head = impl_->elf->bytes(*table, 8);
  if (!head) return fail(Errc::malformed, "pclntab: stack objects are outside of the file");
  std::uint64_t count = ByteReader(*head).u64();
  if (count > kMaxStackObjects) return fail(Errc::malformed, "pclntab: absurd number of stack objects");
  if (count == 0) return out;
  auto bytes = impl_->elf->bytes(*table + 8, count * record);
  if (!bytes) return fail(Errc::malformed, "pclntab: stack objects are outside of the file");
  for (std::uint64_t i = 0; i < count; ++i) {
    ByteReader r(*bytes, i * record);
    StackObject object;
    if (format == StackObjectFormat::off_type) {
      object.offset = r.i64();
      // Word 0 of a type descriptor is the size of its values (runtime/type.go _type).
      if (auto type = impl_->elf->bytes(FileAddr(r.u64()), 8))
        object.size = static_cast<std::int64_t>(ByteReader(*type).u64());
    } else {
      object.offset = r.i32();
      object.size = r.i32();
    }
    if (object.size < 0 || object.size > std::int64_t(kMaxMapWords) * 8) {
      return fail(Errc::malformed, "pclntab: stack object of " + printable(f.name, 200) + " has an absurd size");
    }
    out.push_back(object);
  }
  return out;
}

Result<std::vector<ArgComponent>> Pclntab::arg_info(const Func& f) const {
  std::vector<ArgComponent> out;
  auto table = funcdata(f, impl_->layout.funcdata.arg_info);
  if (!table) return out;
  ByteReader r(impl_->elf->bytes_from(*table, kMaxArgInfo));
  using Kind = ArgComponent::Kind;
  while (true) {
    std::uint8_t op = r.u8();
    if (!r.ok()) return fail(Errc::malformed, "pclntab: argument info of " + printable(f.name, 200) + " does not end");
    switch (op) {
      case trace_args::kEndSeq:
        return out;
      case trace_args::kStartAgg:
        out.push_back({Kind::open});
        break;
      case trace_args::kEndAgg:
        out.push_back({Kind::close});
        break;
      case trace_args::kDotdotdot:
        out.push_back({Kind::dots});
        break;
      case trace_args::kOffsetTooLarge:
        out.push_back({Kind::offset_too_large});
        break;
      default:
        out.push_back({Kind::value, op, r.u8()});
    }
  }
}

Result<std::vector<bool>> Pclntab::arg_live(const Func& f, FileAddr lookup_pc, DictionaryBit dictionary) const {
  std::vector<bool> out;
  auto table = funcdata(f, impl_->layout.funcdata.arg_live_info);
  if (!table) return out;
  auto index = pcdata(f, impl_->layout.pcdata.arg_live, lookup_pc);
  if (!index) return pass(index);
  auto args = arg_info(f);
  if (!args) return pass(args);
  if (*index <= 0) return out;
  Bytes info = impl_->elf->bytes_from(*table, 1);
  if (info.empty()) return fail(Errc::malformed, "pclntab: argument liveness is outside of the file");
  auto first = std::to_integer<std::uint8_t>(info[0]);  // arguments below are in the caller's frame: always live
  std::size_t slot = 0;
  if (dictionary == DictionaryBit::skipped && f.name.find('[') != std::string_view::npos) {
    // The table begins with the first slot that needs it; where that is no argument's, it is the dictionary's.
    auto is_first = [&](const ArgComponent& a) { return a.kind == ArgComponent::Kind::value && a.offset == first; };
    if (std::none_of(args->begin(), args->end(), is_first)) slot = 1;
  }
  for (const ArgComponent& arg : *args) {
    if (arg.kind != ArgComponent::Kind::value) continue;
    bool live = true;
    if (arg.offset >= first) {
      Bytes byte = impl_->elf->bytes_from(*table + static_cast<std::uint64_t>(*index) + slot / 8, 1);
      if (byte.empty()) return fail(Errc::malformed, "pclntab: argument liveness is outside of the file");
      live = (std::to_integer<unsigned>(byte[0]) >> (slot % 8) & 1) != 0;
      ++slot;
    }
    out.push_back(live);
  }
  return out;
}

}  // namespace lldbgo
