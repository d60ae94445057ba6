// A program started by a test, and its memory: a real process to read without a debugger.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/target/images.h"
#include "core/target/memory.h"
#include "core/target/threads.h"

namespace lldbgo::testing {

/// It has no registers to show: the process is not stopped, it waits for the end of its standard input.
class ChildProcess final : public Memory, public Threads, public Images {
 public:
  /// Starts it and reads what it prints until the line `last`. Errors: not_found (it ended before that).
  static Result<std::unique_ptr<ChildProcess>> start(const std::string& path, const std::string& argument,
                                                     std::string_view last);
  ~ChildProcess() override;

  const std::vector<std::string>& output() const { return output_; }

  Result<std::size_t> read(LoadAddr at, std::span<std::byte> into) override;
  std::vector<ThreadId> threads() override { return {}; }
  std::optional<ThreadId> selected_thread() override { return {}; }
  Result<Registers> registers(ThreadId) override { return fail(Errc::not_found, "no registers"); }
  std::optional<std::uint64_t> xmm_low(ThreadId, unsigned) override { return {}; }
  std::vector<Image> images() override;

 private:
  ChildProcess() = default;

  std::string path_;
  pid_t pid_ = -1;
  int input_ = -1, memory_ = -1;
  std::vector<std::string> output_;
};

}  // namespace lldbgo::testing
