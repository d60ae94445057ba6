// What differs between pclntab layouts. The rows (which Go version has which) live in core/gofacts; here is only the shape.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lldbgo {

/// Special functions the runtime marks in _func.funcID, independent of the numbering of a version.
enum class FuncId : std::uint8_t {
  normal, abort, asmcgocall, async_preempt, cgocallback, corostart, debug_call, gc_bg_mark_worker, goexit, gogo, gopanic,
  handle_async_event, jmpdefer, mcall, morestack, mstart, panicwrap, rt0_go, runfinq, runtime_main, run_finalizers,
  run_cleanups, sigpanic, systemstack, systemstack_switch, externalthreadhandler, wrapper, unknown,
};

/// Index of a FUNCDATA table; -1 where the version does not have it.
struct FuncdataIndex {
  int args_pointer_maps = 0, locals_pointer_maps = 1, stack_objects = 2, inline_tree = 3, open_coded_defers = 4,
      arg_info = 5, arg_live_info = 6, wrap_info = 7;
};
/// Index of a PCDATA table; -1 where the version does not have it.
struct PcdataIndex {
  int unsafe_point = 0, stack_map = 1, inline_tree = 2, arg_live = 3, panic_bounds = 4;
};

enum class StackObjectFormat { off_type, off_size_gcdata, off_size_gcdata_off };

/// One row of core/gofacts' pclntab table.
struct PclntabLayout {
  bool header_has_tables = true;   ///< 1.16+: header names sub-tables; before: functab follows nfunc
  bool offsets32 = true;           ///< 1.18+: functab and _func.entry are u32 offsets from the text start
  bool text_start_in_header = true;///< 1.18-1.25: word +24; 1.26+ it is 0, take moduledata.text
  bool has_cu_offset = true;       ///< 1.16+
  bool has_start_line = true;      ///< 1.20+
  bool has_flag = true;            ///< 1.17+
  bool has_asm_flag = true;        ///< 1.18+
  bool names_missing_ids = false;  ///< 1.17, 1.18: rt0_go and systemstack_switch carry id 0, their name tells
  bool funcdata_relative = true;   ///< 1.18+: u32 from gofunc; before: absolute pointers
  bool inline_tree_v2 = true;      ///< 1.20+: 16-byte entries
  StackObjectFormat stack_objects = StackObjectFormat::off_size_gcdata_off;
  FuncdataIndex funcdata;
  PcdataIndex pcdata;
  std::array<FuncId, 32> func_ids{};  ///< numbering of this version; FuncId::unknown where unused
};

}  // namespace lldbgo
