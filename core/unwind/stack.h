// The model of a backtrace: physical frames innermost first, across stack switches, each saying how it was found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/address.h"
#include "core/pclntab/pclntab.h"
#include "core/target/threads.h"

namespace lldbgo {

enum class FoundBy { registers, pcsp, gobuf, sigcontext, cfi, frame_pointer, stack_switch };
const char* found_by_name(FoundBy f);

enum class Checks { agree, disagree, none };
const char* checks_name(Checks c);

enum class StackKind { goroutine, system, signal, c };
const char* stack_kind_name(StackKind k);

enum class Abi { abi0, internal };
const char* abi_name(Abi a);

/// One logical frame of a physical one: text owned, already safe to print.
struct LogicalEntry {
  std::string function;
  std::string file;  ///< "" unknown
  int line = 0;      ///< 0 unknown
  FuncId id = FuncId::normal;
  bool inlined = false;
  bool hidden = false;  ///< a wrapper that the runtime's traceback leaves out
};

struct PhysicalFrame {
  LoadAddr pc;             ///< return address for a caller frame, next instruction for the innermost
  bool pc_is_return = false;  ///< pc was pushed by a call: tables that describe the call are looked up at pc-1
  LoadAddr sp, fp;         ///< hardware SP of the frame; fp = CFA = argument base, just above the return address
  std::optional<std::uint32_t> sp_delta;  ///< pcsp value; fp == sp + sp_delta + 8. Absent in C code
  std::optional<LoadAddr> bp;       ///< value of RBP while this frame runs
  std::optional<LoadAddr> bp_slot;  ///< where this frame has saved its caller's BP at this pc; absent: not saved (yet, or any more)
  Registers registers;     ///< what is known of the frame's registers (all of them in an innermost frame)
  std::optional<Func> func;         ///< absent in C code
  std::optional<Abi> abi;
  std::vector<LogicalEntry> entries;  ///< never empty; the physical function last
  std::uint64_t pc_offset = 0;      ///< pc - entry
  StackKind stack = StackKind::goroutine;
  std::optional<LoadAddr> g;        ///< whose stack it lies on
  FoundBy found_by = FoundBy::registers;
  Checks checks = Checks::none;
  std::vector<std::string> checked;  ///< one line per second source: "pcsp and CFI agree", "disagrees: pcsp says ..."
  std::string switch_note;  ///< set where the next (outer) frame lies on another stack: "switch to goroutine 1's stack ..."
};

struct StackEnd {
  enum class Kind { top, limit, error } kind = Kind::top;
  std::string reason;  ///< always says why
};

struct Stack {
  std::optional<std::int64_t> goroutine;  ///< absent: a thread without one
  std::optional<LoadAddr> g;
  std::string status;       ///< "running", "waiting", ...
  std::string wait_reason;  ///< "" none
  std::optional<ThreadId> thread;
  std::vector<PhysicalFrame> frames;
  StackEnd end;
  std::optional<LogicalEntry> created_by;  ///< with the pc below; goroutines other than the first
  std::optional<LoadAddr> created_pc;
  std::uint64_t created_offset = 0;
  std::optional<std::int64_t> parent;      ///< 1.21+
  std::vector<std::string> problems;
};

/// One line of go-bt: a visible logical frame.
struct VisibleFrame {
  std::size_t physical = 0, logical = 0;  ///< indexes into Stack::frames and its entries
};
/// The frames in go-bt's numbering; `raw` keeps the wrappers the runtime hides.
std::vector<VisibleFrame> visible_frames(const Stack& stack, bool raw);

}  // namespace lldbgo
