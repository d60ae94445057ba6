// The changes of pclntab since Go 1.15, one table per question (runtime/symtab.go, internal/abi/symtab.go,
// cmd/internal/objabi/funcid.go, cmd/internal/objabi/funcdata.go, cmd/link/internal/ld/pcln.go).
#include "core/gofacts/pclntab_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/gofacts/since.h"
#include "core/pclntab/header.h"

namespace lldbgo {
namespace {

// cmd/link/internal/ld/pcln.go: the blob became a header with sub-tables, cutab replaced the global file table.
constexpr Since<bool> kSubTables[] = {{15, false}, {16, true}};
// runtime/symtab.go functab, runtime/runtime2.go _func.entryoff: 32 bit, relative to the text start; funcdata likewise
// relative to go:func.*.
constexpr Since<bool> kOffsets32[] = {{15, false}, {18, true}};
// runtime/symtab.go pcHeader.textStart: written since 1.18, "unused" (0) since 1.26.
constexpr Since<bool> kTextStart[] = {{15, false}, {18, true}, {26, false}};
// runtime/runtime2.go _func.startLine.
constexpr Since<bool> kStartLine[] = {{15, false}, {20, true}};
// runtime/runtime2.go _func.flag: TOPFRAME and SPWRITE; ASM one release later.
constexpr Since<bool> kFlag[] = {{15, false}, {17, true}};
constexpr Since<bool> kAsmFlag[] = {{15, false}, {18, true}};
// cmd/internal/objabi/funcid.go: the keys "go" and "switch" stood for "rt0_go" and "systemstack_switch".
constexpr Since<bool> kNamesMissingIds[] = {{15, false}, {17, true}, {19, false}};
// runtime/symtab.go inlinedCall: parent, file and line went, startLine came.
constexpr Since<bool> kInlineTreeV2[] = {{15, false}, {20, true}};
// runtime/stack.go stackObjectRecord.
constexpr Since<StackObjectFormat> kStackObjects[] = {
    {15, StackObjectFormat::off_type},
    {17, StackObjectFormat::off_size_gcdata},
    {18, StackObjectFormat::off_size_gcdata_off},
};
// internal/abi/symtab.go FUNCDATA_*; 1.15 still had RegPointerMaps at 2.
constexpr Since<FuncdataIndex> kFuncdata[] = {
    {15, {0, 1, 3, 4, 5, -1, -1, -1}},
    {16, {0, 1, 2, 3, 4, -1, -1, -1}},
    {17, {0, 1, 2, 3, 4, 5, -1, -1}},
    {18, {0, 1, 2, 3, 4, 5, 6, 7}},
};
// internal/abi/symtab.go PCDATA_*.
constexpr Since<PcdataIndex> kPcdata[] = {
    {15, {0, 1, 2, -1, -1}},
    {18, {0, 1, 2, 3, -1}},
    {26, {0, 1, 2, 3, 4}},
};
// internal/buildcfg/exp.go regabiargs.
constexpr Since<bool> kRegisterAbi[] = {{15, false}, {17, true}};
// runtime/type.go name.readvarint, since 1.21 internal/abi/type.go Name.ReadVarint.
constexpr Since<bool> kVarintTypeNames[] = {{15, false}, {17, true}};
// reflect/type.go structField.offsetEmbed, since 1.19 Offset.
constexpr Since<bool> kShiftedFieldOffsets[] = {{15, true}, {19, false}};

using Ids = std::array<FuncId, 32>;
constexpr Ids numbered(std::initializer_list<FuncId> ids) {
  Ids out{};
  out.fill(FuncId::unknown);
  std::copy(ids.begin(), ids.end(), out.begin());
  return out;
}
using enum FuncId;
// cmd/internal/objabi/funcid.go, since 1.21 internal/abi/symtab.go; sorted by name since 1.17.
// clang-format off
constexpr Since<Ids> kFuncIds[] = {
    {15, numbered({normal, runtime_main, goexit, jmpdefer, mcall, morestack, mstart, rt0_go, asmcgocall, sigpanic, runfinq,
                   gc_bg_mark_worker, systemstack_switch, systemstack, cgocallback, gogo, externalthreadhandler, debug_call,
                   gopanic, panicwrap, handle_async_event, async_preempt, wrapper})},
    {17, numbered({normal, abort, asmcgocall, async_preempt, cgocallback, debug_call, gc_bg_mark_worker, goexit, gogo, gopanic,
                   handle_async_event, jmpdefer, mcall, morestack, mstart, panicwrap, rt0_go, runfinq, runtime_main, sigpanic,
                   systemstack, systemstack_switch, wrapper})},
    {18, numbered({normal, abort, asmcgocall, async_preempt, cgocallback, debug_call, gc_bg_mark_worker, goexit, gogo, gopanic,
                   handle_async_event, mcall, morestack, mstart, panicwrap, rt0_go, runfinq, runtime_main, sigpanic,
                   systemstack, systemstack_switch, wrapper})},
    {22, numbered({normal, abort, asmcgocall, async_preempt, cgocallback, corostart, debug_call, gc_bg_mark_worker, goexit, gogo,
                   gopanic, handle_async_event, mcall, morestack, mstart, panicwrap, rt0_go, runfinq, runtime_main, sigpanic,
                   systemstack, systemstack_switch, wrapper})},
    {25, numbered({normal, abort, asmcgocall, async_preempt, cgocallback, corostart, debug_call, gc_bg_mark_worker, goexit, gogo,
                   gopanic, handle_async_event, mcall, morestack, mstart, panicwrap, rt0_go, runtime_main, run_finalizers,
                   run_cleanups, sigpanic, systemstack, systemstack_switch, wrapper})},
};
// clang-format on
static_assert(rows_ascend(kSubTables) && rows_ascend(kOffsets32) && rows_ascend(kTextStart) && rows_ascend(kStartLine));
static_assert(rows_ascend(kFlag) && rows_ascend(kAsmFlag) && rows_ascend(kNamesMissingIds) &&
              rows_ascend(kInlineTreeV2));
static_assert(rows_ascend(kStackObjects) && rows_ascend(kFuncdata) && rows_ascend(kPcdata) && rows_ascend(kFuncIds));
static_assert(rows_ascend(kRegisterAbi) && rows_ascend(kVarintTypeNames) && rows_ascend(kShiftedFieldOffsets));

// The runtime's own numbers of a few: the lists above must count the same.
constexpr std::size_t id_of(const Ids& ids, FuncId id) {
  return static_cast<std::size_t>(std::find(ids.begin(), ids.end(), id) - ids.begin());
}
static_assert(id_of(kFuncIds[0].value, wrapper) == 22 && id_of(kFuncIds[1].value, wrapper) == 22);
static_assert(id_of(kFuncIds[2].value, wrapper) == 21 && id_of(kFuncIds[2].value, sigpanic) == 18);
static_assert(id_of(kFuncIds[3].value, wrapper) == 22 && id_of(kFuncIds[3].value, sigpanic) == 19);
static_assert(id_of(kFuncIds[4].value, wrapper) == 23 && id_of(kFuncIds[4].value, sigpanic) == 20);

}  // namespace

PclntabLayout pclntab_layout(const GoVersion& version) {
  PclntabLayout out;
  out.header_has_tables = out.has_cu_offset = since(kSubTables, version);
  out.offsets32 = out.funcdata_relative = since(kOffsets32, version);
  out.text_start_in_header = since(kTextStart, version);
  out.has_start_line = since(kStartLine, version);
  out.has_flag = since(kFlag, version);
  out.has_asm_flag = since(kAsmFlag, version);
  out.names_missing_ids = since(kNamesMissingIds, version);
  out.inline_tree_v2 = since(kInlineTreeV2, version);
  out.stack_objects = since(kStackObjects, version);
  out.funcdata = since(kFuncdata, version);
  out.pcdata = since(kPcdata, version);
  out.func_ids = since(kFuncIds, version);
  return out;
}

GoVersion VersionRange::best() const {
  GoVersion v;
  v.minor = hi == 0 ? std::max(lo, kNewestMinor) : hi;
  return v;
}

std::string VersionRange::text() const {
  if (hi == 0) return fmt::format("go1.{} or newer", lo);
  return lo == hi ? fmt::format("go1.{}", lo) : fmt::format("go1.{} to go1.{}", lo, hi);
}

Result<VersionRange> versions_of_magic(std::uint32_t magic, bool has_text_start) {
  switch (magic) {
    case kMagicGo12:
      return VersionRange{15, 15};
    case kMagicGo116:
      return VersionRange{16, 17};
    case kMagicGo118:
      return VersionRange{18, 19};
    case kMagicGo120:
      return has_text_start ? VersionRange{20, 25} : VersionRange{26, 0};
    default:
      return fail(Errc::unsupported, "pclntab: unknown magic");
  }
}

VersionRange narrow_by_sigpanic(VersionRange range, std::uint8_t raw_func_id) {
  if (range.lo == 16) {
    if (raw_func_id == 9) return {16, 16};
    if (raw_func_id == 19) return {17, 17};
  }
  if (range.lo == 20) {
    if (raw_func_id == 18) return {20, 21};
    if (raw_func_id == 19) return {22, 24};
    if (raw_func_id == 20) return {25, 25};
  }
  return range;
}

bool varint_type_names(const GoVersion& version) {
  return since(kVarintTypeNames, version);
}

bool shifted_field_offsets(const GoVersion& version) {
  return since(kShiftedFieldOffsets, version);
}

bool has_register_abi(const GoVersion& version) {
  return since(kRegisterAbi, version);
}

}  // namespace lldbgo
