// The Threads port over SBProcess. Reads only: the selection stays what it is.
#pragma once

#include <lldb/API/LLDB.h>

#include "core/target/threads.h"

namespace lldbgo {

class LldbThreads : public Threads {
 public:
  void bind(lldb::SBProcess process) { process_ = process; }
  std::vector<ThreadId> threads() override;
  std::optional<ThreadId> selected_thread() override;
  Result<Registers> registers(ThreadId thread) override;
  std::optional<std::uint64_t> xmm_low(ThreadId thread, unsigned index) override;

 private:
  lldb::SBProcess process_;
};

}  // namespace lldbgo
