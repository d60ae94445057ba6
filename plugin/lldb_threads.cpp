#include "plugin/lldb_threads.h"

#include <string>

namespace lldbgo {
namespace {

std::optional<std::uint64_t> register_value(lldb::SBFrame& frame, const char* name) {
  lldb::SBValue value = frame.FindRegister(name);
  if (!value.IsValid()) return std::nullopt;
  lldb::SBError error;
  std::uint64_t out = value.GetValueAsUnsigned(error, 0);
  return error.Success() ? std::optional(out) : std::nullopt;
}

}  // namespace

std::vector<ThreadId> LldbThreads::threads() {
  std::vector<ThreadId> out;
  for (std::uint32_t i = 0; i < process_.GetNumThreads(); ++i)
    out.push_back({process_.GetThreadAtIndex(i).GetThreadID()});
  return out;
}

std::optional<ThreadId> LldbThreads::selected_thread() {
  lldb::SBThread thread = process_.GetSelectedThread();
  return thread.IsValid() ? std::optional(ThreadId{thread.GetThreadID()}) : std::nullopt;
}

Result<Registers> LldbThreads::registers(ThreadId id) {
  lldb::SBThread thread = process_.GetThreadByID(id.value);
  if (!thread.IsValid()) return fail(Errc::not_found, "thread " + std::to_string(id.value) + ": does not exist");
  lldb::SBFrame frame = thread.GetFrameAtIndex(0);
  Registers out;
  for (std::size_t i = 0; i < kRegCount; ++i) {
    Reg reg = static_cast<Reg>(i);
    out.set(reg, register_value(frame, reg_name(reg)));
  }
  if (!out.get(Reg::rip) || !out.get(Reg::rsp)) {
    return fail(Errc::unreadable, "thread " + std::to_string(id.value) + ": its registers cannot be read");
  }
  return out;
}

std::optional<std::uint64_t> LldbThreads::xmm_low(ThreadId id, unsigned index) {
  if (index > 15) return std::nullopt;
  lldb::SBFrame frame = process_.GetThreadByID(id.value).GetFrameAtIndex(0);
  lldb::SBValue value = frame.FindRegister(("xmm" + std::to_string(index)).c_str());
  if (!value.IsValid()) return std::nullopt;
  lldb::SBError error;
  std::uint64_t out = value.GetData().GetUnsignedInt64(error, 0);
  return error.Success() ? std::optional(out) : std::nullopt;
}

}  // namespace lldbgo
