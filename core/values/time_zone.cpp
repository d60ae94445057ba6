// time/zoneinfo.go: a Location has the zones (name, offset, isDST) of a place and its transitions tx (when, index of
// the zone from then on), and keeps the zone that was looked up last: it holds from cacheStart until cacheEnd. A nil
// Location is UTC. After the last transition the string `extend` has the rules, which we do not follow.
#include "core/values/time_zone.h"

namespace lldbgo {
namespace {

constexpr std::int32_t kMaxOffset = 26 * 3600;
constexpr std::uint64_t kMaxTransitions = 1 << 16;

class Location {
 public:
  Location(const ValueContext& context, TypePtr type, LoadAddr at)
      : context_(context), location_{std::move(type), at, {}} {}

  std::optional<std::int32_t> offset(std::int64_t when) const {
    auto zones = word("zone", 8);
    if (!zones) return {};
    if (*zones == 0) return 0;
    auto cached = word("cacheZone"), start = word("cacheStart"), end = word("cacheEnd");
    if (cached && *cached != 0 && start && end && static_cast<std::int64_t>(*start) <= when &&
        when < static_cast<std::int64_t>(*end))
      return zone_at(LoadAddr(*cached));
    return after_transition(when, *zones);
  }

 private:
  /// A word of a field, `skip` bytes in (the length of a slice or string is at 8).
  std::optional<std::uint64_t> word(std::string_view name, std::uint64_t skip = 0) const {
    auto field = field_of(location_, name);
    auto word = field ? word_of(context_.memory, *field, skip, 8) : Result<std::uint64_t>(fail(Errc::not_found, ""));
    return word ? std::optional(*word) : std::nullopt;
  }
  TypePtr element(std::string_view slice) const {
    auto field = field_of(location_, slice);
    auto type = field ? context_.dwarf()->pointee(*field->type) : Result<TypePtr>(fail(Errc::not_found, ""));
    return type ? *type : nullptr;
  }
  std::optional<std::int32_t> zone_at(LoadAddr at) const {
    TypePtr zone = element("zone");
    auto field = zone ? field_of({zone, at, {}}, "offset") : std::nullopt;
    auto word = field ? word_of(context_.memory, *field) : Result<std::uint64_t>(fail(Errc::not_found, ""));
    if (!word) return {};
    auto offset = static_cast<std::int64_t>(*word);
    return -kMaxOffset <= offset && offset <= kMaxOffset ? std::optional(static_cast<std::int32_t>(offset))
                                                         : std::nullopt;
  }
  std::optional<std::int32_t> after_transition(std::int64_t when, std::uint64_t zones) const {
    auto rows = word("tx"), count = word("tx", 8), first_zone = word("zone"), extend = word("extend", 8);
    TypePtr row = element("tx"), zone = element("zone");
    if (!rows || !count || !first_zone || !row || !zone || *count == 0 || *count > kMaxTransitions) return {};
    auto field = [&](std::uint64_t i, std::string_view name) -> std::optional<std::uint64_t> {
      auto value = field_of({row, LoadAddr(*rows) + i * row->size, {}}, name);
      auto word = value ? word_of(context_.memory, *value) : Result<std::uint64_t>(fail(Errc::not_found, ""));
      return word ? std::optional(*word) : std::nullopt;
    };
    std::uint64_t lo = 0, hi = *count;  // the first transition that is later than `when`
    while (lo < hi) {
      std::uint64_t middle = lo + (hi - lo) / 2;
      auto at = field(middle, "when");
      if (!at) return {};
      if (static_cast<std::int64_t>(*at) <= when)
        lo = middle + 1;
      else
        hi = middle;
    }
    if (lo == 0 || (lo == *count && extend.value_or(0) != 0)) return {};
    auto index = field(lo - 1, "index");
    if (!index || *index >= zones) return {};
    return zone_at(LoadAddr(*first_zone) + *index * zone->size);
  }

  const ValueContext& context_;
  GoValue location_;
};

}  // namespace

std::optional<std::int32_t> zone_offset(const ValueContext& context, const GoValue& location,
                                        std::int64_t unix_seconds) {
  auto at = word_of(context.memory, location);
  const DwarfInfo* dwarf = context.dwarf();
  if (!at || dwarf == nullptr) return {};
  if (*at == 0) return 0;
  auto type = dwarf->pointee(*location.type);
  return type ? Location(context, *type, LoadAddr(*at)).offset(unix_seconds) : std::nullopt;
}

}  // namespace lldbgo
