// Asks debug information everything that a frame asks, for malformed input.
#pragma once

#include "core/dwarf/dwarf_info.h"

namespace lldbgo::testing {

inline void exercise_type(const DwarfInfo& dwarf, const TypePtr& type) {
  if (auto to = dwarf.pointee(*type)) dwarf.pointee(**to);
}

inline void exercise_function(const DwarfInfo& dwarf, const CallFrameInfo* cfi, FileAddr pc) {
  if (cfi != nullptr) cfi->row(pc);
  auto function = dwarf.function(pc);
  if (!function) return;
  for (const Variable& v : function->parameters) exercise_type(dwarf, v.type);
  for (const Variable& v : function->locals) exercise_type(dwarf, v.type);
  dwarf.function_named(function->name, true);
}

/// `places`: addresses to look at besides the entry point's.
inline void exercise_dwarf(const std::shared_ptr<const ElfFile>& elf, std::initializer_list<FileAddr> places) {
  auto cfi = CallFrameInfo::open(elf);
  const CallFrameInfo* frames = cfi ? cfi->get() : nullptr;
  if (frames != nullptr) frames->row(elf->entry());
  auto dwarf = DwarfInfo::open(elf);
  if (!dwarf) return;
  (*dwarf)->version();
  for (const char* field : {"sched.sp", "m.curg", "atomicstatus.value", "missing"})
    (*dwarf)->field_offset("runtime.g", field);
  (*dwarf)->struct_size("runtime.p");
  (*dwarf)->global("runtime.allgs");
  if (auto shape = (*dwarf)->type("main.Shape"))
    for (const Field& field : (*shape)->fields) exercise_type(**dwarf, field.type);
  exercise_function(**dwarf, frames, elf->entry());
  for (FileAddr pc : places) exercise_function(**dwarf, frames, pc);
}

}  // namespace lldbgo::testing
