#include "core/values/known_types.h"

#include <fmt/format.h>

#include "core/gofacts/wait_reasons.h"
#include "core/sched/goroutine.h"
#include "core/values/time_text.h"
#include "core/values/time_zone.h"

namespace lldbgo {
namespace {

using Known = Result<std::optional<std::string>>;

// time/time.go: with bit 63 of wall, wall is 33 bits of seconds since 1885 and 30 bits of nanoseconds, and ext the
// monotonic clock; without, ext is the seconds since year 1.
Known time_of(const ValueContext& context, const GoValue& value) {
  constexpr std::uint64_t kHasMonotonic = std::uint64_t{1} << 63, kNanoseconds = (1 << 30) - 1;
  constexpr std::uint64_t kYear1ToUnix = 62135596800, kYear1To1885 = 59453308800;
  auto wall = field_of(value, "wall"), ext = field_of(value, "ext"), location = field_of(value, "loc");
  if (!wall || !ext || !location) return std::nullopt;
  auto w = word_of(context.memory, *wall), e = word_of(context.memory, *ext);
  if (!w) return pass(w);
  if (!e) return pass(e);
  std::uint64_t seconds = (*w & kHasMonotonic) != 0 ? kYear1To1885 + (*w << 1 >> 31) : *e;
  auto nanoseconds = static_cast<std::uint32_t>(*w & kNanoseconds);
  if (nanoseconds >= 1000000000) return fail(Errc::malformed, fmt::format("{} nanoseconds are no time", nanoseconds));
  auto unix_seconds = static_cast<std::int64_t>(seconds - kYear1ToUnix);
  return time_text(unix_seconds, nanoseconds, zone_offset(context, *location, unix_seconds).value_or(0));
}

Known duration_of(const ValueContext& context, const GoValue& value) {
  auto word = word_of(context.memory, value);
  if (!word) return pass(word);
  return duration_text(static_cast<std::int64_t>(*word));
}

std::string lock_text(std::string state, std::int64_t waiting) {
  return waiting == 0 ? state : fmt::format("{}, {} waiting", state, waiting);
}

/// The first of these paths that the type has, as a signed 32-bit integer.
Result<std::optional<std::int32_t>> int32_at(const ValueContext& context, const GoValue& value,
                                             std::initializer_list<std::string_view> paths) {
  for (std::string_view path : paths) {
    auto field = field_of(value, path);
    if (!field || field->type->size != 4) continue;
    auto word = word_of(context.memory, *field);
    if (!word) return pass(word);
    return static_cast<std::int32_t>(*word);
  }
  return std::nullopt;
}

// sync/mutex.go until 1.23, internal/sync/mutex.go since: state is the bits locked, woken, starving, and the number of
// those that wait.
Known mutex_of(const ValueContext& context, const GoValue& value) {
  constexpr unsigned kLocked = 1, kWaiters = 3;
  auto state = int32_at(context, value, {"mu.state", "state"});
  if (!state) return pass(state);
  if (!*state) return std::nullopt;
  return lock_text((**state & kLocked) != 0 ? "locked" : "unlocked", **state >> kWaiters);
}

// sync/rwmutex.go: a writer takes 1<<30 from readerCount; it holds the lock once readerWait, the readers it has to wait
// for, is 0.
Known rwmutex_of(const ValueContext& context, const GoValue& value) {
  constexpr std::int32_t kWriter = 1 << 30;
  auto readers = int32_at(context, value, {"readerCount.v", "readerCount"});
  auto leaving = int32_at(context, value, {"readerWait.v", "readerWait"});
  if (!readers) return pass(readers);
  if (!leaving) return pass(leaving);
  if (!*readers || !*leaving) return std::nullopt;
  std::int32_t r = **readers, wait = **leaving;
  if (r < 0 && wait == 0) return lock_text("locked", r + kWriter);
  if (r < 0) return fmt::format("read-locked by {}, a writer is waiting", wait);
  return r == 0 ? "unlocked" : fmt::format("read-locked by {}", r);
}

Known goroutine_of(const ValueContext& context, const GoValue& value) {
  if (!value.address || context.process == nullptr) return std::nullopt;
  auto layout = context.process->layout();
  if (!layout) return std::nullopt;
  auto g = read_goroutine(context.memory, *layout, *value.address);
  if (!g) return unreadable(*value.address);
  const GoVersion& version = context.process->image().version();
  std::string state(status_name(static_cast<std::uint32_t>(g->status), version));
  if (g->status == GStatus::waiting) {
    if (auto reason = wait_reason_text(g->wait_reason, version); !reason.empty()) state = reason;
  }
  if (state.empty()) state = fmt::format("status {}", static_cast<std::uint32_t>(g->status));
  return fmt::format("goroutine {} [{}]", g->id, state);
}

struct Row {
  std::string_view name;
  Known (*text)(const ValueContext&, const GoValue&);
};
constexpr Row kRows[] = {
    {"time.Time", time_of},       {"time.Duration", duration_of},
    {"sync.Mutex", mutex_of},     {"internal/sync.Mutex", mutex_of},
    {"sync.RWMutex", rwmutex_of}, {"runtime.g", goroutine_of},
};

constexpr std::string_view kAtomic = "sync/atomic.", kPointer = "sync/atomic.Pointer[";

/// *T of an atomic.Pointer[T]: the element of its field `_ [0]*T`, which it has to forbid conversions (1.20+), or
/// looked up by name.
TypePtr pointer_type(const ValueContext& context, const Type& type) {
  for (const Field& f : type.fields)
    if (f.type->kind == TypeKind::array && f.type->element && f.type->element->kind == TypeKind::pointer)
      return f.type->element;
  std::string_view argument = std::string_view(type.name).substr(kPointer.size());
  argument.remove_suffix(argument.ends_with(']') ? 1 : 0);
  if (context.dwarf() == nullptr) return nullptr;
  auto found = context.dwarf()->type(fmt::format("*{}", argument));
  return found ? *found : nullptr;
}

}  // namespace

Known known_text(const ValueContext& context, const GoValue& value) {
  for (const Row& row : kRows)
    if (value.type->name == row.name) return row.text(context, value);
  return std::nullopt;
}

GoValue unwrapped(const ValueContext& context, const GoValue& value) {
  const Type& type = *value.type;
  if (!type.name.starts_with(kAtomic) || type.kind != TypeKind::structure) return value;
  auto inner = field_of(value, "v");
  if (!inner) return value;
  if (type.name == "sync/atomic.Bool") {
    auto boolean = std::make_shared<Type>(*inner->type);
    boolean->kind = TypeKind::boolean;
    boolean->name = "bool";
    inner->type = boolean;
  } else if (type.name.starts_with(kPointer)) {
    if (TypePtr pointer = pointer_type(context, type)) inner->type = pointer;
  }
  return *inner;
}

}  // namespace lldbgo
