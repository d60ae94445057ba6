// What a command may ask of the debugger it runs in. LLDB is one host; unit tests are another.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/bridge.h"
#include "core/base/address.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/gofacts/go_image.h"
#include "core/sched/go_process.h"
#include "core/sched/scheduler.h"

namespace lldbgo {

enum class ProcessKind { live, core, remote };
const char* process_kind_name(ProcessKind kind);

struct ProcessInfo {
  std::uint64_t pid = 0;
  ProcessKind kind = ProcessKind::live;
};

/// The frame selected in the debugger, in the debugger's own words.
struct SelectedFrame {
  LoadAddr pc, sp;
  std::size_t inline_depth = 0;  ///< how many frames of the debugger inside this one share its registers
};

class Execution;

class Host {
 public:
  virtual ~Host() = default;

  virtual unsigned width() = 0;    ///< terminal columns, 0 unknown
  virtual bool color() = 0;        ///< what --color auto means here
  virtual bool interrupted() = 0;  ///< the user asked to stop; checked between goroutines

  /// The Go image of the selected target. Errors: no_target, not_go, and what GoImage::open gives.
  virtual Result<std::shared_ptr<const GoImage>> image() = 0;
  /// The selected target's stopped process or core. Errors: no_process, and those of image().
  virtual Result<GoProcess*> process() = 0;
  /// Valid until the command ends. Errors: those of process() and Scheduler::open().
  virtual Result<const Scheduler*> scheduler() = 0;
  /// Absent where there is no process.
  virtual std::optional<ProcessInfo> process_info() = 0;
  virtual std::optional<SelectedFrame> selected_frame() = 0;
  /// The bytes of code that the process has at `at`, without the debugger's breakpoints. Errors: unreadable, and where
  /// the host cannot tell more than the file (unsupported).
  virtual Result<std::vector<std::byte>> code(LoadAddr at, std::size_t size) {
    static_cast<void>(at), static_cast<void>(size);
    return fail(Errc::unsupported, "code: only the file's is known");
  }
  /// The value of an expression in the debugger's own words, `$rsp` or `&main.count`, in the selected frame.
  /// Errors: invalid_argument (it has none), unsupported (the host knows no expressions).
  virtual Result<std::uint64_t> evaluate(const std::string& expression) {
    return fail(Errc::unsupported, "expression " + printable(expression) + ": this debugger evaluates none", "give an address");
  }
  /// nullptr: the host reads no debug information itself.
  virtual Bridge* bridge() { return nullptr; }
  /// Null where nothing can be run.
  virtual Execution* execution() { return nullptr; }
};

}  // namespace lldbgo
