#include "core/sched/time_slices.h"

#include "core/base/text.h"

namespace lldbgo {
namespace {

// runtime/runtime2.go; a P in a system call is still its thread's (Go 1.26 has no status for that any more).
constexpr std::uint32_t kRunning = 1, kSyscall = 2;
// GOMAXPROCS is the number of CPUs unless the program says otherwise.
constexpr std::uint64_t kMaxProcs = 4096;

struct Layout {
  std::uint64_t id, status, schedtick, seen;
};

Result<Layout> resolve(const GoImage& image) {
  Layout out{};
  const std::pair<const char*, std::uint64_t*> fields[] = {
      {"id", &out.id}, {"status", &out.status}, {"schedtick", &out.schedtick}, {"sysmontick.schedtick", &out.seen}};
  for (auto [name, into] : fields) {
    auto offset = image.offset("runtime.p", name);
    if (!offset) return pass(offset);
    *into = offset->value;
  }
  return out;
}

}  // namespace

Result<std::vector<TickWrite>> fresh_time_slices(GoProcess& process) {
  auto layout = resolve(process.image());
  if (!layout) return pass(layout);
  auto symbol = process.image().global("runtime.allp");
  if (!symbol) return pass(symbol);
  LoadAddr slice = process.to_load(*symbol);
  Memory& memory = process.memory();
  auto array = memory.pointer(slice);
  auto length = memory.u64(slice + 8), capacity = memory.u64(slice + 16);
  if (!array || !length || !capacity) return fail(Errc::unreadable, "runtime.allp: memory cannot be read");
  if (*length > *capacity || *length > kMaxProcs) {
    return fail(Errc::malformed, "runtime.allp: " + std::to_string(*length) + " of " + std::to_string(*capacity));
  }

  std::vector<TickWrite> out;
  for (std::uint64_t i = 0; i < *length; ++i) {
    auto p = memory.pointer(*array + 8 * i);
    if (!p) return pass(p);
    if (!*p) continue;  // procresize has grown the slice but not yet made the P
    auto id = memory.u32(*p + layout->id), status = memory.u32(*p + layout->status);
    auto tick = memory.u32(*p + layout->schedtick), seen = memory.u32(*p + layout->seen);
    if (!id || !status || !tick || !seen)
      return fail(Errc::unreadable, "runtime.p at " + hex(p->value) + ": cannot be read");
    if (*id != i)
      return fail(Errc::malformed, "runtime.p at " + hex(p->value) + ": is not number " + std::to_string(i));
    // A copy that differs already does what is wanted.
    if ((*status == kRunning || *status == kSyscall) && *seen == *tick) out.push_back({*p + layout->seen, *tick - 1});
  }
  return out;
}

}  // namespace lldbgo
