#include "plugin/process_kind.h"

#include "plugin/lldb_text.h"
#include "plugin/local_memory.h"

namespace lldbgo {

// A live process of this machine is also debugged through an lldb-server, but one that LLDB started itself.
ProcessKind process_kind(lldb::SBTarget target, lldb::SBProcess process) {
  std::string plugin = text_of(process.GetPluginName());
  if (plugin.find("core") != std::string::npos || plugin == "minidump") return ProcessKind::core;
  if (text_of(target.GetPlatform().GetName()).rfind("remote-", 0) == 0) return ProcessKind::remote;
  return traced_by_us(process.GetProcessID()) ? ProcessKind::live : ProcessKind::remote;
}

}  // namespace lldbgo
