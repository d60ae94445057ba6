// The write barrier's buffers: what each P has recorded and not handed to the collector yet (runtime/mwbbuf.go).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/heap/heap_layout.h"
#include "core/insn/write_barrier.h"
#include "core/sched/go_process.h"
#include "core/sched/scheduler.h"

namespace lldbgo {

struct BarrierWord {
  std::uint64_t index = 0;  ///< in words from the buffer's start
  std::uint64_t word = 0;
  BarrierRole role = BarrierRole::value;
  bool unwritten = false;  ///< reserved by code that has not written it yet: what is there is of earlier
  bool flushed = false;    ///< lies behind `next`: of before the last flush
};

struct BarrierBuffer {
  LoadAddr base, next, end;
  std::uint64_t capacity = 0, used = 0;  ///< in words
  std::vector<BarrierWord> words;
};

/// One runtime.p.
struct Processor {
  LoadAddr p;
  std::int64_t id = 0;
  std::uint32_t raw_status = 0;
  std::string status;                     ///< "idle"|"running"|"syscall"|"gcstop"|"dead"|"unknown"
  std::optional<std::int64_t> m;          ///< id of the m that holds it
  std::optional<ThreadId> thread;         ///< and its thread
  std::optional<std::int64_t> goroutine;  ///< that runs on it
  bool mark_worker = false;               ///< and marks for the collector
  BarrierBuffer buffer;
};

struct ProcessorList {
  std::vector<Processor> processors;
  std::vector<std::string> problems;
};

/// All Ps, without the words of their buffers. Errors: not_found (runtime.allp), unreadable, malformed.
Result<ProcessorList> read_processors(GoProcess& process, const Scheduler& scheduler, const HeapLayout& layout);

/// Fills in the words: what is pending, and with `flushed` also what lies behind it. Errors: unreadable.
Result<> read_words(Memory& memory, const HeapLayout& layout, bool flushed, BarrierBuffer& buffer);

}  // namespace lldbgo
