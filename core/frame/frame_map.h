// The frame map: one physical frame as the Go assembler sees it, every byte from hardware SP to the end of the argument
// and spill area accounted for. Field meanings are those of the lldb-go/frame/1 JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/sched/go_process.h"
#include "core/unwind/stack.h"

namespace lldbgo {

enum class SlotKind { return_address, saved_bp, arg, result, spill, local, temp, outgoing, padding, unknown };
const char* slot_kind_name(SlotKind k);  ///< "return_address", ...
enum class Pointerness { pointer, scalar, unknown };
const char* pointerness_name(Pointerness p);
enum class Liveness { yes, no, unknown };
const char* liveness_name(Liveness l);

struct Slot {
  LoadAddr address;
  std::uint64_t size = 8;
  std::int64_t offset_fp = 0;   ///< address - pseudo_fp
  std::int64_t offset_sp = 0;   ///< address - hardware_sp
  std::int64_t offset_psp = 0;  ///< address - pseudo_sp
  SlotKind kind = SlotKind::unknown;
  std::string name;  ///< "b.len", "p.q.x", "arr[3]"; "" none
  std::string type;  ///< "" unknown
  std::string reg;   ///< spill: Go name of the register it belongs to; "" none
  Pointerness pointer = Pointerness::unknown;
  Liveness live = Liveness::unknown;
  std::optional<std::uint64_t> value;  ///< little-endian integer of the slot's bytes (size <= 8); absent: unreadable
  std::string text;                    ///< formatted value, "" none
  std::string why;  ///< which fact named it: "DWARF fbreg", "ArgInfo", "locals pointer map", "caller's outgoing area"
};

enum class ArgStatus {
  live,     ///< `value` is what the argument is now
  stale,    ///< `value` is what was passed; the function does not keep it up to date any more
  dead,     ///< no place holds it at this pc (a result: not yet)
  unknown,  ///< nothing tells, or its place is out of reach
};
const char* arg_status_name(ArgStatus s);

struct Argument {
  std::string name, type;
  bool result = false;
  bool in_registers = false;              ///< assigned by the ABI to registers
  std::vector<std::string> registers;     ///< "AX", "X0"
  std::optional<std::int64_t> offset_fp;  ///< home (stack) or spill slot
  std::uint64_t size = 0;
  ArgStatus status = ArgStatus::unknown;
  std::string value;        ///< formatted; "" unless live or stale
  std::string brief;        ///< the same for a call-like line: `[]uint8 len 4`, long strings cut
  std::string unavailable;  ///< why there is no value
};

struct CodeLocation {
  LoadAddr pc;
  std::string function;  ///< "" unknown
  std::string file;
  int line = 0;
  std::uint64_t offset = 0;  ///< pc - entry
};

struct ChainLink {
  LoadAddr pc, sp, fp;
  std::optional<LoadAddr> bp;
  std::string function;
  std::uint64_t offset = 0;
};

struct FrameMap {
  std::size_t physical = 0;  ///< index in Stack::frames
  std::string function, file;
  int line = 0;
  LoadAddr pc, entry;
  std::uint64_t offset = 0;
  std::optional<std::int64_t> goroutine;
  std::optional<Abi> abi;
  std::vector<std::string> inlined;  ///< inlined functions at this pc, innermost first (the physical one is `function`)
  std::uint64_t frame_size = 0;      ///< sp_delta at this pc
  FoundBy found_by = FoundBy::registers;
  Checks checks = Checks::none;
  std::vector<std::string> checked;

  LoadAddr hardware_sp, pseudo_sp, pseudo_fp;
  std::optional<LoadAddr> bp;
  LoadAddr return_slot;
  std::optional<CodeLocation> return_address;  ///< absent: unreadable
  std::optional<LoadAddr> saved_bp_slot;  ///< where the caller's BP is saved; absent: this function saves none here
  std::optional<LoadAddr> saved_bp;       ///< its value
  std::vector<ChainLink> chain;           ///< callers
  std::vector<Argument> args;
  std::vector<Slot> slots;  ///< highest address first, no gap, no overlap
  std::vector<std::string> problems;
  std::vector<std::string> why;  ///< provenance lines for --why
};

/// Errors: unsupported (a C frame), unreadable.
Result<FrameMap> build_frame_map(GoProcess& process, const Stack& stack, std::size_t physical);

}  // namespace lldbgo
