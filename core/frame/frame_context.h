// Everything the parts of the frame map ask about one frame, looked up once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/frame/asm_source.h"
#include "core/insn/calls.h"
#include "core/insn/prologue.h"
#include "core/insn/register_stores.h"
#include "core/sched/go_process.h"
#include "core/unwind/stack.h"
#include "core/values/value_bytes.h"

namespace lldbgo {

/// The memory of one frame, read in one go; offsets are from fp.
class FrameBytes {
 public:
  FrameBytes() = default;
  /// Reads [fp+lo, fp+hi), of a very large frame the 256 KB at both ends; what cannot be read is missing.
  FrameBytes(Memory& memory, LoadAddr fp, std::int64_t lo, std::int64_t hi);
  /// Little-endian integer of 1..8 bytes.
  std::optional<std::uint64_t> word(std::int64_t offset, std::uint64_t size) const;
  /// Copies what is there of [offset, offset+size) into `into` at `at`.
  void copy(std::int64_t offset, std::uint64_t size, ValueBytes& into, std::uint64_t at) const;

 private:
  struct Part {
    std::int64_t lo = 0;
    std::vector<std::byte> bytes;
  };
  std::vector<Part> parts_;
};

/// Where the function stands, as far as its arguments care.
enum class Phase {
  prologue,  ///< the frame is not set up: nothing of the body has run, arguments are as the caller left them
  body,
  grow_before,  ///< in the block that spills the argument registers for morestack, before its call
  grow_after,   ///< after morestack: the spill slots hold the arguments, registers are junk until reloaded
  epilogue,     ///< the frame is being taken down
};

struct FrameContext {
  FrameContext(GoProcess& p, const PhysicalFrame& f) : process(p), frame(f), func(*f.func) {}

  GoProcess& process;
  const PhysicalFrame& frame;
  const Func& func;
  std::optional<ThreadId> thread;  ///< whose registers the frame has: only an innermost frame of a live thread
  FileAddr pc, lookup_pc;
  std::uint64_t offset = 0;  ///< pc - entry
  bool at_call = false;      ///< pc follows a call: pointer maps hold here
  Bytes code;
  Prologue prologue;
  StraightLine entry;                ///< first run of the body
  std::optional<StraightLine> grow;  ///< the morestack block
  Phase phase = Phase::body;
  std::optional<FunctionInfo> dwarf;               ///< with places at lookup_pc
  std::optional<PointerMap> args_map, locals_map;  ///< only where at_call
  std::vector<ArgComponent> arg_info;
  std::vector<bool> arg_live;  ///< for each value of arg_info; empty: no table covers this pc
  bool has_arg_live_table = false;
  std::vector<StackObject> stack_objects;
  std::vector<AsmOperand> asm_operands;  ///< of an ABI0 assembly function whose source is here
  FrameBytes bytes;
  std::vector<std::string> problems;

  /// Of pseudo-SP from fp.
  std::int64_t pseudo_sp() const { return prologue.saves_bp ? -16 : -8; }
  /// varp of runtime/stkframe.go, from fp: the runtime takes any frame to have a saved BP. Pointer maps count from it.
  std::int64_t varp() const { return frame.fp - 8 > frame.sp ? -16 : -8; }
  /// Does the arguments' pointer map call the word at fp+offset a pointer? Absent: no map holds at this pc, or the
  /// place is not one aligned word.
  std::optional<bool> scanned_argument(std::int64_t at, std::uint64_t size) const;
  /// Does a stack object (a variable with pointers whose address is taken) cover the byte at fp+offset?
  bool in_stack_object(std::int64_t at) const;
  /// The variable at fp+offset lives in memory only: its address is taken, so every change of it is seen there.
  bool address_taken(std::int64_t at, std::uint64_t size) const;
  /// No instruction of the body writes these bytes at fp+offset. False where the body is too large to tell.
  bool never_stored(std::int64_t at, std::uint64_t size) const;
  /// The first instruction that writes these bytes, in the order of the code, lies before pc.
  bool stored_before_here(std::int64_t at, std::uint64_t size) const;
  /// More than one instruction before pc writes to these bytes: a slot that the compiler has used for several values.
  bool stored_again(std::int64_t at, std::uint64_t size) const;
  /// Without types: an argument that the code nowhere takes from a register is on the stack. False where that is not
  /// known.
  bool stack_argument_unless_spilled() const {
    return !process.image().register_abi() || frame.abi == Abi::abi0 || (grow && grow->ends_in_call);
  }
  /// Did the instruction before pc (a call, or one followed by padding) overwrite a register in which DWARF has
  /// parameter `name` both there and here? Then DWARF has not let go of it yet, and the register holds something else.
  bool just_overwritten(ArgRegister reg, std::string_view name) const;
  /// This argument register is lost when morestack is called, as nothing needs it, and the function was or may have been
  /// entered again after that. At the entry BX tells, in which gogo jumps (runtime/asm_amd64.s); where that was reloaded,
  /// nothing does, and the answer is no.
  bool lost_in_morestack(ArgRegister reg) const;
  /// Value of a register in this frame; absent where the frame does not have it.
  std::optional<std::uint64_t> register_value(ArgRegister reg) const;
  /// For DWARF numbers 0..15 and 17..32.
  static std::optional<ArgRegister> dwarf_register(unsigned number);

 private:
  struct Before {
    std::optional<PrecedingInstruction> instruction;
    std::optional<FunctionInfo> dwarf;  // places at that instruction
  };
  // Found on first need.
  const FrameAccesses& accesses() const;
  mutable std::optional<FrameAccesses> accesses_;
  mutable std::optional<Before> before_;
};

/// Errors: unsupported (no Go function, or none with a known frame size), malformed.
Result<FrameContext> frame_context(GoProcess& process, const Stack& stack, std::size_t physical);

}  // namespace lldbgo
