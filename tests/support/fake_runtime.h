// A Go process without a process: the image of a real program in a FakeTarget, and a scheduler (g, m, allgs, allm, thread-local
// storage) and stacks written by hand, laid out as the program's own Go version has them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/sched/go_process.h"
#include "core/sched/goroutine.h"
#include "tests/support/fake_target.h"

namespace lldbgo::testing {

/// What a frame on a hand-made stack is.
struct MadeFrame {
  Func func;
  LoadAddr pc, sp, fp, bp;  ///< bp: RBP while the frame runs
};

class FakeRuntime {
 public:
  static constexpr ThreadId kThread{4711};

  /// Errors: those of GoImage::open and RuntimeLayout::resolve; not_found (no symbol runtime.allgs).
  static Result<std::unique_ptr<FakeRuntime>> open(const std::string& program, Slide slide = {});
  static Result<std::unique_ptr<FakeRuntime>> make(std::shared_ptr<const GoImage> image, Slide slide = {});

  FakeTarget& target() { return target_; }
  GoProcess& process() { return *process_; }
  const RuntimeLayout& layout() const { return layout_; }

  /// Where a g's or m's field is; `field` is one of layout()'s offsets.
  LoadAddr allgs_slice() const { return allgs_; }
  LoadAddr allm_head() const { return allm_; }

  /// A g with a stack of 32 KB, entered in allgs; with id 0 it is not entered.
  Goroutine add_goroutine(std::int64_t id, GStatus status = GStatus::waiting);
  /// An m on thread `thread` with g0 and gsignal, entered in allm; TLS and FS_BASE lead to `curg`.
  Machine add_machine(ThreadId thread, const Goroutine& curg);
  void set_sched(const Goroutine& g, const Gobuf& gobuf);

  /// Starts a stack at the goroutine's top with runtime.goexit, as newproc1 leaves it.
  std::vector<MadeFrame> start_stack(const Goroutine& g);
  /// Pushes a frame of the function at `pc`, called by the last one of `frames`.
  void call(std::vector<MadeFrame>& frames, LoadAddr pc);
  /// The address behind the first call of `callee` in `caller`, or behind its first indirect call where `callee` is "".
  std::optional<LoadAddr> call_site(std::string_view caller, std::string_view callee);
  /// goexit <- runtime.main <- main.main <- main.frames, the last one at a call of its own.
  std::vector<MadeFrame> plain_chain(const Goroutine& g);

  /// Puts the thread's pc, sp and bp where the frame is.
  void stop_at(ThreadId thread, const MadeFrame& frame);
  Registers registers(ThreadId thread) { return *target_.registers(thread); }

 private:
  FakeRuntime() = default;
  LoadAddr allocate(std::uint64_t size, std::uint64_t alignment = 16);
  LoadAddr add_stack(LoadAddr g, std::uint64_t size);

  FakeTarget target_;
  std::unique_ptr<GoProcess> process_;
  RuntimeLayout layout_;
  LoadAddr allgs_, allm_, allgs_array_;
  std::size_t goroutines_ = 0;
  LoadAddr next_free_{0xc000000000};
};

}  // namespace lldbgo::testing
