// The linker describes the record behind each map type anew, with the real types of key and element put in (cmd/link
// dwarf.go synthesizemaptypes): map<K,V> with table<K,V> and groupReference<K,V> for Swiss maps, hash<K,V> with
// bucket<K,V> for classic ones. Which of the two it is, is told by the fields; no version is asked.
#include "core/values/map_layout.h"

#include <fmt/format.h>

#include <optional>

namespace lldbgo {
namespace {

constexpr std::uint64_t kSlots = 8;
constexpr std::uint64_t kMaxGroup = 1 << 16;  // 8 * (128 + 128) bytes and a little

/// Follows fields and pointers from one record to the next; the first miss ends it.
class Finder {
 public:
  explicit Finder(const DwarfInfo& dwarf) : dwarf_(dwarf) {}

  bool failed() const { return failed_; }
  Field field(const TypePtr& type, std::string_view path) {
    auto found = type ? find_field(*type, path) : std::nullopt;
    if (!found) failed_ = true;
    return found.value_or(Field{});
  }
  std::uint64_t offset(const TypePtr& type, std::string_view path) { return field(type, path).offset; }
  TypePtr pointee(const TypePtr& type) {
    auto found = type ? dwarf_.pointee(*type) : Result<TypePtr>(fail(Errc::not_found, ""));
    if (found) return *found;
    failed_ = true;
    return nullptr;
  }
  /// Eight items in an array, or, with `part`, one field of each of eight structures.
  MapRow row(const TypePtr& type, std::string_view array, std::string_view part, const Type& item) {
    Field found = field(type, array);
    MapRow out{found.offset, 0, false};
    TypePtr stored = found.type ? found.type->element : nullptr;
    if (!stored || found.type->count != kSlots) {
      failed_ = true;
      return out;
    }
    out.stride = stored->size;
    if (!part.empty()) {
      Field inner = field(stored, part);
      out.first += inner.offset;
      stored = inner.type;
    }
    if (!stored) return out;
    out.indirect = stored->size != item.size;
    std::uint64_t end = out.first + (kSlots - 1) * out.stride + stored->size;
    if ((out.indirect && stored->size != 8) || type->size > kMaxGroup || end > type->size) failed_ = true;
    return out;
  }

 private:
  const DwarfInfo& dwarf_;
  bool failed_ = false;
};

SwissLayout swiss(Finder& find, const TypePtr& map, const MapLayout& types) {
  SwissLayout out;
  out.used = find.offset(map, "used");
  out.directory = find.offset(map, "dirPtr");
  out.directory_length = find.offset(map, "dirLen");
  TypePtr table = find.pointee(find.pointee(find.field(map, "dirPtr").type));
  out.groups = find.offset(table, "groups.data");
  out.length_mask = find.offset(table, "groups.lengthMask");
  TypePtr group = find.pointee(find.field(table, "groups.data").type);
  if (!group) return out;
  out.group_size = group->size;
  out.control = find.offset(group, "ctrl");
  bool split = find_field(*group, "keys").has_value();  // GOEXPERIMENT=mapsplitgroup, 1.27
  out.keys = split ? find.row(group, "keys", "", *types.key) : find.row(group, "slots", "key", *types.key);
  out.elements =
      split ? find.row(group, "elems", "", *types.element) : find.row(group, "slots", "elem", *types.element);
  return out;
}

ClassicLayout classic(Finder& find, const TypePtr& hash, const MapLayout& types) {
  ClassicLayout out;
  out.count = find.offset(hash, "count");
  out.flags = find.offset(hash, "flags");
  out.log_buckets = find.offset(hash, "B");
  out.buckets = find.offset(hash, "buckets");
  out.old_buckets = find.offset(hash, "oldbuckets");
  TypePtr bucket = find.pointee(find.field(hash, "buckets").type);
  if (!bucket) return out;
  out.bucket_size = bucket->size;
  out.tophash = find.offset(bucket, "tophash");
  out.overflow = find.offset(bucket, "overflow");
  out.keys = find.row(bucket, "keys", "", *types.key);
  out.elements = find.row(bucket, "values", "", *types.element);
  return out;
}

}  // namespace

Result<MapLayout> map_layout(const DwarfInfo& dwarf, const Type& map) {
  auto key = dwarf.key(map), element = dwarf.element(map), record = dwarf.pointee(map);
  for (auto* type : {&key, &element, &record})
    if (!*type) return pass(*type);
  MapLayout out{*key, *element, {}};
  Finder find(dwarf);
  if (find_field(**record, "dirPtr"))
    out.table = swiss(find, *record, out);
  else
    out.table = classic(find, *record, out);
  if (find.failed()) return fail(Errc::malformed, fmt::format("{}: of unknown layout", map.name));
  return out;
}

}  // namespace lldbgo
