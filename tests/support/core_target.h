// The ports over an ELF core file, without a debugger: unit tests, benches and fuzzers run the core libraries on it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/target/images.h"
#include "core/target/memory.h"
#include "core/target/threads.h"

namespace lldbgo::testing {

class CoreTarget final : public Memory, public Threads, public Images {
 public:
  /// Errors: not_found, malformed, truncated.
  static Result<std::unique_ptr<CoreTarget>> open(const std::string& path);
  ~CoreTarget() override;

  Result<std::size_t> read(LoadAddr at, std::span<std::byte> into) override;
  std::vector<ThreadId> threads() override;
  std::optional<ThreadId> selected_thread() override;
  Result<Registers> registers(ThreadId thread) override;
  std::optional<std::uint64_t> xmm_low(ThreadId, unsigned) override { return std::nullopt; }
  std::vector<Image> images() override;

  /// Overlays bytes: what a test wants to be different from the recording.
  void patch(LoadAddr at, std::vector<std::byte> bytes);
  void set_registers(ThreadId thread, const Registers& registers);

 private:
  struct Impl;
  explicit CoreTarget(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lldbgo::testing
