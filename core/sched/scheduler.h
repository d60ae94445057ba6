// Finds the g's and m's of a stopped Go program.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/sched/go_process.h"
#include "core/sched/goroutine.h"

namespace lldbgo {

/// What runs on an OS thread.
struct ThreadState {
  ThreadId thread;
  Registers registers;
  std::optional<Machine> machine;      ///< absent: a thread Go does not know
  std::optional<LoadAddr> running_g;   ///< g whose stack the thread's SP lies on (curg, g0 or gsignal)
  std::string found_by;                ///< "tls"|"r14"|"procid"
};

struct GoroutineList {
  std::vector<Goroutine> goroutines;
  std::vector<std::string> problems;  ///< what could not be read
  std::size_t unreadable = 0;
};

/// A snapshot reader: valid for one stop of the process.
class Scheduler {
 public:
  /// Resolves the offsets it needs. Errors: unsupported, not_found.
  static Result<std::unique_ptr<Scheduler>> open(GoProcess& process);
  ~Scheduler();

  Result<Goroutine> goroutine(LoadAddr g) const;
  Result<Machine> machine(LoadAddr m) const;
  /// Every goroutine that is not dead, in allgs order. Errors: not_found (no way to find allgs), unreadable.
  Result<GoroutineList> goroutines() const;
  /// Errors: not_found (no such id), unreadable.
  Result<Goroutine> by_id(std::int64_t id) const;
  Result<ThreadState> thread(ThreadId thread) const;
  /// The thread on which goroutine `g` is running now, if any.
  std::optional<ThreadId> thread_of(const Goroutine& g) const;

  /// The words of the JSON: "waiting", "running", ...
  std::string status_name(const Goroutine& g) const;
  /// "chan receive"; empty unless waiting.
  std::string wait_reason(const Goroutine& g) const;

 private:
  struct Impl;
  explicit Scheduler(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lldbgo
