// A P's buffer is {next, end, buf [512]uintptr} (mwbbuf.go; 1.15 has a debugging word behind it). Up to Go 1.20 the
// routine gcWriteBarrier appends pairs, first what is stored, then what the slot held. From 1.21 on gcWriteBarrierN
// reserves N words and the compiled code fills them: first or second says nothing there, as words that need no barrier
// are left out.
//
// `next` is 0 while wbBufFlush1 hands the words over. A flush leaves them where they are, so what lies behind `next` is
// of earlier, until it is overwritten.
#include "core/heap/write_barrier_buffer.h"

#include <algorithm>

#include "core/base/byte_reader.h"
#include "core/base/text.h"
#include "core/heap/heap_globals.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kMaxProcessors = 1 << 12, kCapacity = 512;

// runtime2.go; syscall has no meaning of its own from 1.26 on, the goroutine tells.
constexpr const char* kStatus[] = {"idle", "running", "syscall", "gcstop", "dead"};

Result<Processor> read_processor(GoProcess& process, const Scheduler& scheduler, const HeapLayout& layout,
                                 LoadAddr at) {
  const auto& f = layout.p;
  Memory& memory = process.memory();
  auto id = memory.u32(at + f.id), status = memory.u32(at + f.status);
  auto m = memory.pointer(at + f.m), next = memory.pointer(at + f.buffer_next), end = memory.pointer(at + f.buffer_end);
  if (!id || !status || !m || !next || !end)
    return fail(Errc::unreadable, "the p at " + hex(at.value) + ": cannot be read");
  Processor out;
  out.p = at;
  out.id = *id;
  out.raw_status = *status;
  out.status = *status < std::size(kStatus) ? kStatus[*status] : "unknown";
  out.buffer.base = at + f.buffer_words;
  out.buffer.next = *next;
  out.buffer.end = *end;
  out.buffer.capacity = kCapacity;
  if (*m) {
    if (auto machine = scheduler.machine(*m)) {
      if (machine->procid != 0) out.thread = ThreadId{machine->procid};
      if (auto number =
              layout.m_id ? memory.u64(*m + *layout.m_id) : Result<std::uint64_t>(fail(Errc::not_found, ""))) {
        out.m = static_cast<std::int64_t>(*number);
      }
      auto g = machine->curg ? scheduler.goroutine(machine->curg) : Result<Goroutine>(fail(Errc::not_found, ""));
      if (g) {
        out.goroutine = g->id;
        if (g->status == GStatus::syscall) out.status = "syscall";
        auto start = process.func(g->start_pc);
        out.mark_worker = start && start->name == "runtime.gcBgMarkWorker";
      }
    }
  }
  return out;
}

std::string problem_of(const Processor& p, std::string_view what) {
  return std::string("P ").append(std::to_string(p.id)).append(what);
}

}  // namespace

Result<ProcessorList> read_processors(GoProcess& process, const Scheduler& scheduler, const HeapLayout& layout) {
  auto allp = find_allp(process, layout);
  if (!allp) return pass(allp);
  auto base = process.memory().pointer(*allp);
  auto count = process.memory().u64(*allp + 8);
  if (!base || !count) return fail(Errc::unreadable, "runtime.allp at " + hex(allp->value) + ": cannot be read");
  if (*count > kMaxProcessors)
    return fail(Errc::malformed,
                std::string("runtime.allp: ").append(std::to_string(*count)).append(" Ps make no sense"));
  ProcessorList out;
  for (std::uint64_t i = 0; i < *count; ++i) {
    auto at = process.memory().pointer(*base + i * 8);
    if (!at) {
      out.problems.push_back(std::string("runtime.allp: ")
                                 .append(std::to_string(*count - i))
                                 .append(" of ")
                                 .append(std::to_string(*count))
                                 .append(" Ps cannot be read"));
      break;
    }
    if (!*at) continue;
    auto p = read_processor(process, scheduler, layout, *at);
    if (!p) {
      out.problems.push_back(p.error().text());
      continue;
    }
    BarrierBuffer& b = p->buffer;
    bool empty_slots = b.end == b.base + kCapacity * 8;
    if (!b.next && empty_slots) {
      out.problems.push_back(problem_of(*p, ": its buffer is being flushed"));
    } else if (!empty_slots || b.next < b.base || b.next > b.end || (b.next - b.base) % 8 != 0) {
      out.problems.push_back(problem_of(*p, ": its buffer's bounds make no sense"));
    } else {
      b.used = static_cast<std::uint64_t>(b.next - b.base) / 8;
    }
    out.processors.push_back(std::move(*p));
  }
  return out;
}

Result<> read_words(Memory& memory, const HeapLayout& layout, bool flushed, BarrierBuffer& buffer) {
  std::uint64_t count = std::min(flushed ? buffer.capacity : buffer.used, kCapacity);
  if (count == 0) return {};
  auto bytes = memory.bytes(buffer.base, count * 8);
  if (!bytes) return pass(bytes);
  ByteReader r(*bytes);
  for (std::uint64_t i = 0; i < count; ++i) {
    BarrierRole role = !layout.facts.barrier_pairs ? BarrierRole::value
                       : i % 2 == 0                ? BarrierRole::new_value
                                                   : BarrierRole::old_value;
    buffer.words.push_back({.index = i, .word = r.u64(), .role = role, .flushed = i >= buffer.used});
  }
  return {};
}

}  // namespace lldbgo
