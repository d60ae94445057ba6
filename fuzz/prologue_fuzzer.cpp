// core/insn over arbitrary code. Seeds: functions of real binaries.
#include "core/insn/calls.h"
#include "core/insn/prologue.h"
#include "core/insn/register_stores.h"
#include "fuzz/input.h"

using namespace lldbgo;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes code = std::as_bytes(std::span(data, size));
  Prologue p = find_prologue(code);
  // What the header promises.
  for (std::uint64_t offset : {p.bp_saved_at, p.bp_set_at, p.body_at, p.morestack_at.value_or(0)}) fuzz::require(offset <= size);
  fuzz::require(p.saves_bp || (p.bp_saved_at == 0 && p.bp_set_at == 0));
  fuzz::require(p.bp_set_at == 0 || p.bp_saved_at <= p.bp_set_at);
  fuzz::require(p.body_at != 0 || p.frame_bytes == 0);

  is_call_before(code.size() > 16 ? code.last(16) : code);
  rip_references(code, FileAddr(0x401000), 64);
  rip_relative_target(code, FileAddr(0x401000));
  StraightLine line = straight_line(code, p.body_at, p.frame_bytes);
  fuzz::require(line.begin <= line.end || line.stores.empty());
  for (const RegisterStore& store : line.stores) fuzz::require(store.end <= size && store.size <= 64);
  return 0;
}
