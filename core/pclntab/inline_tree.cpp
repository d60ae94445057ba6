// Inlining. The compiler marks every pc with the index of the innermost inlined call it belongs to (PCDATA
// InlTreeIndex); the entry (FUNCDATA InlTree) names the inlined function and `parentPc`, the pc of an instruction at
// the call site, whose own index is the next call outwards. File and line of a logical frame are those of the pc one
// looks at: the frame's pc for the innermost, parentPc for the others. runtime/symtabinl.go (1.21+), runtime/symtab.go
// inlinedCall; the record lost parent, file and line in 1.20 and gained startLine.
#include "core/base/text.h"
#include "core/pclntab/tables.h"

namespace lldbgo {
namespace {

// The compiler's inliner stops far below this; a tree that goes deeper is a loop.
constexpr std::size_t kMaxDepth = 128;

}  // namespace

Result<Pclntab::Impl::InlinedCall> Pclntab::Impl::inlined_call(FileAddr tree, std::int32_t index) const {
  std::uint64_t size = layout.inline_tree_v2 ? 16 : 20;
  auto bytes = elf->bytes(tree + static_cast<std::uint64_t>(index) * size, size);
  if (!bytes)
    return fail(Errc::malformed, "pclntab: inline tree entry " + std::to_string(index) + " is outside of the file");
  ByteReader r(*bytes);
  InlinedCall call;
  std::int32_t name_offset;
  if (layout.inline_tree_v2) {
    call.id = func_id(r.u8());
    r.skip(3);
    name_offset = r.i32();
    call.parent_pc = r.i32();
    call.start_line = r.i32();
  } else {
    r.skip(2);  // parent
    call.id = func_id(r.u8());
    r.skip(1 + 4 + 4);  // padding, file, line
    name_offset = r.i32();
    call.parent_pc = r.i32();
  }
  auto callee = name(name_offset);
  if (!callee) return pass(callee);
  call.name = *callee;
  return call;
}

Result<std::vector<LogicalFrame>> Pclntab::logical_frames(const Func& f, FileAddr lookup_pc) const {
  std::vector<LogicalFrame> frames;
  auto tree = funcdata(f, impl_->layout.funcdata.inline_tree);
  FileAddr pc = lookup_pc;
  while (true) {
    auto where = line(f, pc);
    if (!where) return pass(where);
    std::int32_t index = -1;
    if (tree) {
      auto value = pcdata(f, impl_->layout.pcdata.inline_tree, pc);
      if (!value) return pass(value);
      index = *value;
    }
    if (index < 0) {
      frames.push_back({f.name, *where, f.id, false, f.start_line, pc});
      return frames;
    }
    if (frames.size() >= kMaxDepth) {
      return fail(Errc::malformed, "pclntab: inline tree of " + printable(f.name, 200) + " does not end");
    }
    auto call = impl_->inlined_call(*tree, index);
    if (!call) return pass(call);
    frames.push_back({call->name, *where, call->id, true, call->start_line, pc});
    if (call->parent_pc < 0 || static_cast<std::uint64_t>(call->parent_pc) >= f.end.value - f.entry.value) {
      return fail(Errc::malformed, "pclntab: inlined call in " + printable(f.name, 200) + " has its parent elsewhere");
    }
    pc = f.entry + static_cast<std::uint64_t>(call->parent_pc);
  }
}

}  // namespace lldbgo
