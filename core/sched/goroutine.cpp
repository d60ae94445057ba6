#include "core/sched/goroutine.h"

#include <cstring>

#include "core/base/text.h"
#include "core/gofacts/wait_reasons.h"

namespace lldbgo {
namespace {

// Little-endian words at fixed offsets of a record that was read whole.
class Record {
 public:
  explicit Record(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t word(std::uint64_t offset) const { return read<std::uint64_t>(offset); }
  LoadAddr pointer(std::uint64_t offset) const { return LoadAddr(word(offset)); }
  std::uint32_t u32(std::uint64_t offset) const { return read<std::uint32_t>(offset); }
  std::uint8_t u8(std::uint64_t offset) const { return read<std::uint8_t>(offset); }

 private:
  template <class T>
  T read(std::uint64_t offset) const {
    T value = 0;
    if (offset <= bytes_.size() && bytes_.size() - offset >= sizeof(T)) std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }
  std::vector<std::byte> bytes_;
};

}  // namespace

Result<Goroutine> read_goroutine(Memory& memory, const RuntimeLayout& layout, LoadAddr g) {
  const auto& at = layout.g;
  auto bytes = memory.bytes(g, at.bytes);
  if (!bytes) return fail(Errc::unreadable, "runtime.g at " + hex(g.value) + ": memory cannot be read");
  Record r(std::move(*bytes));
  Goroutine out;
  out.g = g;
  out.id = static_cast<std::int64_t>(r.word(at.goid));
  std::uint32_t status = r.u32(at.atomicstatus);
  out.status = static_cast<GStatus>(status & ~kGscan);
  out.scanning = (status & kGscan) != 0;
  out.wait_reason = r.u8(at.waitreason);
  out.stack = {r.pointer(at.stack_lo), r.pointer(at.stack_hi)};
  out.sched = {r.pointer(at.sched_pc), r.pointer(at.sched_sp), r.pointer(at.sched_bp)};
  out.syscall_pc = r.pointer(at.syscallpc);
  out.syscall_sp = r.pointer(at.syscallsp);
  if (at.syscallbp) out.syscall_bp = r.pointer(*at.syscallbp);
  out.m = r.pointer(at.m);
  out.go_pc = r.pointer(at.gopc);
  out.start_pc = r.pointer(at.startpc);
  if (at.parent_goid) out.parent_id = static_cast<std::int64_t>(r.word(*at.parent_goid));
  return out;
}

Result<Machine> read_machine(Memory& memory, const RuntimeLayout& layout, LoadAddr m) {
  const auto& at = layout.m;
  auto bytes = memory.bytes(m, at.bytes);
  if (!bytes) return fail(Errc::unreadable, "runtime.m at " + hex(m.value) + ": memory cannot be read");
  Record r(std::move(*bytes));
  Machine out;
  out.m = m;
  out.g0 = r.pointer(at.g0);
  out.gsignal = r.pointer(at.gsignal);
  out.curg = r.pointer(at.curg);
  out.procid = r.word(at.procid);
  out.alllink = r.pointer(at.alllink);
  out.vdso_pc = r.pointer(at.vdso_pc);
  out.vdso_sp = r.pointer(at.vdso_sp);
  return out;
}

}  // namespace lldbgo
