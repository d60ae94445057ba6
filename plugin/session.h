// What we keep of the processes of one debugger between commands, and for how long: images as long as their file does
// not change, a GoProcess until its process is run again or executes another program. Everything read from the process
// itself lives for one command.
#pragma once

#include <lldb/API/LLDB.h>

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "core/sched/go_process.h"
#include "core/sched/scheduler.h"
#include "plugin/bridge.h"
#include "plugin/call_traps.h"
#include "plugin/image_cache.h"
#include "plugin/lldb_images.h"
#include "plugin/lldb_memory.h"
#include "plugin/lldb_threads.h"
#include "plugin/stepping.h"

namespace lldbgo {

/// One run of one process. The ports refer to LLDB objects only while a command runs.
class ProcessSession {
 public:
  ProcessSession(std::uint32_t unique_id, std::shared_ptr<const GoImage> image, Slide slide);
  ProcessSession(const ProcessSession&) = delete;
  ProcessSession& operator=(const ProcessSession&) = delete;

  bool is(std::uint32_t unique_id, const GoImage* image, Slide slide) const;
  std::uint32_t unique_id() const { return unique_id_; }

  void bind(lldb::SBTarget target, lldb::SBProcess process, const TranslatedFiles* translated);
  void unbind();
  void forget_memory() { memory_.forget_pages(); }
  bool is_bound() const { return bound_; }

  GoProcess& process() { return process_; }
  Result<const Scheduler*> scheduler();
  /// Whether the file is the program that runs: its build id and the start of its function table are compared. What
  /// cannot be read (a core without it) contradicts nothing.
  bool file_matches(lldb::SBProcess process) const;

 private:
  std::uint32_t unique_id_;
  LldbMemory memory_;
  LldbThreads threads_;
  LldbImages images_;
  GoProcess process_;
  std::unique_ptr<Scheduler> scheduler_;
  bool bound_ = false;
};

/// The Go image of a target, and where it is loaded.
struct FoundImage {
  std::shared_ptr<const GoImage> image;
  std::optional<Slide> slide;
};

class Session {
 public:
  /// Held while a command runs: hosts with threads of their own may start a second one. A command that lets the process
  /// run may meet our stop hook in its own thread.
  std::recursive_mutex& mutex() { return mutex_; }
  Stepping& stepping() { return stepping_; }
  CallTraps& call_traps() { return call_traps_; }
  /// The executable if it is a Go program, else the first module that is one (c-shared in another host).
  /// Errors: not_go; those of GoImage::open for the executable.
  Result<FoundImage> image(lldb::SBTarget target);
  /// Bound to LLDB's objects until unbind. Errors: those of image(), not_found (not loaded yet), malformed (the file is
  /// not what runs).
  Result<ProcessSession*> process(lldb::SBTarget target, lldb::SBProcess process);
  DebugInfoBridge& bridge() { return bridge_; }
  /// Those that have our stop hook of their own; none where all inherit it.
  std::vector<lldb::SBTarget>& targets_with_hook() { return targets_with_hook_; }

  /// The target's process, bound as long as it stands still; nullptr where it runs or is no Go program. For what LLDB asks
  /// many times at one stop: values and their children. Memory is read anew each time: an expression may have written it.
  ProcessSession* at_this_stop(lldb::SBTarget target);
  /// LLDB's type of that very name; absent where it has none. Found once for each process.
  std::optional<lldb::SBType> type_named(lldb::SBTarget target, const std::string& name);

 private:
  static constexpr std::size_t kProcesses = 8;
  std::recursive_mutex mutex_;
  ImageCache images_;
  DebugInfoBridge bridge_{images_};
  Stepping stepping_{*this};
  std::vector<lldb::SBTarget> targets_with_hook_;
  CallTraps call_traps_;
  std::list<ProcessSession> processes_;  // most recently used first

  struct Stop {
    std::uint32_t process = 0, stop = 0;
    bool known = false;
    ProcessSession* session = nullptr;
  };
  Stop stop_;
  std::uint32_t types_of_ = 0;  // the process whose types these are
  std::map<std::string, std::optional<lldb::SBType>> types_;
};

}  // namespace lldbgo
