#include "plugin/session_of.h"

#include <map>
#include <mutex>

namespace lldbgo {
namespace {

struct Sessions {
  std::mutex mutex;
  std::map<lldb::user_id_t, std::weak_ptr<Session>> by_debugger;
};
Sessions& sessions() {
  static auto* all = new Sessions;  // callbacks may come while the host's own statics are being destroyed
  return *all;
}

}  // namespace

void remember_session(lldb::SBDebugger debugger, std::shared_ptr<Session> session) {
  std::lock_guard lock(sessions().mutex);
  sessions().by_debugger[debugger.GetID()] = session;
}

std::shared_ptr<Session> session_of(lldb::SBDebugger debugger) {
  std::lock_guard lock(sessions().mutex);
  auto found = sessions().by_debugger.find(debugger.GetID());
  return found == sessions().by_debugger.end() ? nullptr : found->second.lock();
}

}  // namespace lldbgo
