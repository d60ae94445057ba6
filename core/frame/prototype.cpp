// Types come from DWARF, places from the calling convention; _func.args and the spill code of the morestack block are
// independent witnesses of the result. Where they disagree (DWARF leaves out blank parameters up to Go 1.21 or so, for one), the
// places that DWARF itself names are taken instead: its registers at the entry, its frame offsets above fp.
//
// The body of an assembly function has no types. Its Go declaration gives the compiler an ABI wrapper of the same name
// (Go 1.17+), and that one's debug entry has them.
#include "core/frame/prototype.h"

#include <algorithm>

#include "core/base/text.h"

namespace lldbgo {
namespace {

// A frame this far above fp is not one: reading would leave every goroutine stack (maximum 1 GB).
constexpr std::int64_t kMaxArgs = std::int64_t{1} << 28;

std::vector<AbiInput> inputs_of(const FunctionInfo& info) {
  std::vector<AbiInput> out;
  for (const Variable& v : info.parameters) out.push_back({v.type, v.result});
  return out;
}

bool internal_abi(const FrameContext& c) {
  if (!c.process.image().register_abi()) return false;
  return c.frame.abi ? *c.frame.abi == Abi::internal : !c.func.flags.assembly;
}

/// Every store of the morestack block must be where the layout says that register's slot is.
std::optional<std::string> contradiction(const FrameContext& c, const AbiLayout& layout) {
  if (!c.grow || !c.grow->ends_in_call) return std::nullopt;
  for (const RegisterStore& s : c.grow->stores) {
    bool found = false;
    for (const AbiPlace& p : layout.places) {
      for (const AbiWord& w : p.words) {
        found |= p.offset_fp && w.reg == s.reg && *p.offset_fp + static_cast<std::int64_t>(w.offset) == s.fp_offset;
      }
    }
    if (!found) return std::string(s.reg.go_name()) + " is spilled at FP" + signed_hex(s.fp_offset);
  }
  return std::nullopt;
}

/// Places that DWARF itself names: registers at the entry, homes above fp.
AbiPlace place_from_dwarf(const Variable& v, const Variable* at_entry) {
  AbiPlace out;
  if (at_entry != nullptr && !v.result) {
    for (const Piece& p : at_entry->pieces) {
      if (p.where != Piece::Where::reg) continue;
      if (auto reg = FrameContext::dwarf_register(p.dwarf_register)) out.words.push_back({*reg, p.offset, p.size});
    }
  }
  for (std::int64_t home : v.frame_homes) {
    if (home >= 0 && !out.offset_fp) out.offset_fp = home;
  }
  return out;
}

void places_from_dwarf(FrameContext& c, Prototype& out) {
  auto at_entry = c.process.image().dwarf()->function(c.func.entry);
  for (std::size_t i = 0; i < out.parameters.size(); ++i) {
    const Variable* entry = at_entry && i < at_entry->parameters.size() ? &at_entry->parameters[i] : nullptr;
    out.parameters[i].place = place_from_dwarf(c.dwarf->parameters[i], entry);
  }
  out.why = "DWARF places";
}

Parameter parameter(const Variable& v, const FunctionInfo* body) {
  Parameter out;
  out.name = printable(v.name, 200);
  out.type = v.type;
  out.result = v.result;
  if (body == nullptr) return out;
  out.pieces = v.pieces;
  out.has_places = true;
  out.one_home = !v.has_location_list && v.pieces.size() == 1 && v.pieces[0].where == Piece::Where::frame;
  for (const Variable& local : body->locals) {
    if (local.escaped && local.inline_depth == 0 && local.name.compare(1, std::string::npos, v.name) == 0 && local.pieces.size() == 1) {
      out.heap_pointer = local.pieces[0];
    }
  }
  return out;
}

/// The debug entry that has the parameters: the function's own, or for assembly its ABI wrapper's.
std::optional<FunctionInfo> wrapper_info(const FrameContext& c) {
  const DwarfInfo* dwarf = c.process.image().dwarf();
  if (dwarf == nullptr || c.func.args.value_or(1) == 0) return std::nullopt;
  for (bool trampoline : {true, false}) {
    auto info = dwarf->function_named(c.func.name, trampoline);
    if (info && !info->parameters.empty()) return std::move(*info);
  }
  return std::nullopt;
}

}  // namespace

Prototype prototype(FrameContext& c) {
  Prototype out;
  if (c.func.args && *c.func.args >= 0 && *c.func.args <= kMaxArgs) {
    out.size = *c.func.args;
    out.size_known = true;
  } else if (c.func.args) {
    c.problems.push_back("_func.args is " + std::to_string(*c.func.args) + ": absurd, ignored");
  }

  std::optional<FunctionInfo> types = c.dwarf;
  bool own = types && (!types->parameters.empty() || (!c.func.flags.assembly && out.size == 0));
  if (!own) types = wrapper_info(c);
  if (!types) return out;
  for (const Variable& v : types->parameters) out.parameters.push_back(parameter(v, own ? &*types : nullptr));

  bool registers = internal_abi(c);
  out.why = std::string(own ? "DWARF types" : "DWARF types of its ABI wrapper") + (registers ? ", ABIInternal" : ", ABI0");
  auto layout = assign_abi(inputs_of(*types), registers);
  std::string wrong;
  if (!layout) wrong = layout.error().text();
  else if (out.size_known && layout->size != out.size) {
    wrong = "the types add up to " + std::to_string(layout->size) + " bytes of arguments, _func.args says " + std::to_string(out.size);
  } else if (auto spill = contradiction(c, *layout)) {
    wrong = "the code disagrees with the calling convention: " + *spill;
  }
  if (wrong.empty()) {
    for (std::size_t i = 0; i < out.parameters.size(); ++i) out.parameters[i].place = std::move(layout->places[i]);
    out.exact = true;
    if (!out.size_known) out.size = layout->size;
    return out;
  }
  c.problems.push_back("arguments of " + printable(c.func.name, 200) + ": " + wrong);
  if (own) places_from_dwarf(c, out);
  else out.parameters.clear();
  return out;
}

}  // namespace lldbgo
