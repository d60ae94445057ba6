// Types come from DWARF, places from the calling convention; _func.args and the spill code of the morestack block are
// independent witnesses of the result. Where they disagree (DWARF leaves out blank parameters up to Go 1.21 or so, for
// one), the places that DWARF itself names are taken instead: its registers at the entry, its frame offsets above fp.
//
// The body of an assembly function has no types. Its Go declaration gives the compiler an ABI wrapper of the same name
// (Go 1.17+), and that one's debug entry has them.
#include "core/frame/prototype.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/frame/dwarf_repair.h"
#include "core/frame/hidden_parameters.h"

namespace lldbgo {
namespace {

// A frame this far above fp is not one: reading would leave every goroutine stack (maximum 1 GB).
constexpr std::int64_t kMaxArgs = std::int64_t{1} << 28;

std::vector<AbiInput> inputs_of(const std::vector<Parameter>& parameters) {
  std::vector<AbiInput> out;
  for (const Parameter& p : parameters) out.push_back({p.type, p.result});
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
    if (!found) return std::string("the code spills ") + s.reg.go_name() + " to FP" + signed_hex(s.fp_offset);
  }
  return std::nullopt;
}

/// Lays the parameters out. Says what is wrong, "" nothing.
std::string lay_out(const FrameContext& c, Prototype& proto, bool registers) {
  auto layout = assign_abi(inputs_of(proto.parameters), registers);
  if (!layout) return layout.error().text();
  // The size in an assembly function's TEXT line need not be a multiple of 8.
  std::int64_t told = c.func.flags.assembly ? (proto.size + 7) / 8 * 8 : proto.size;
  if (proto.size_known && layout->size != told) {
    return "the types add up to " + std::to_string(layout->size) + " bytes, _func.args says " +
           std::to_string(proto.size);
  }
  if (auto spill = contradiction(c, *layout)) return *spill;
  for (std::size_t i = 0; i < proto.parameters.size(); ++i) proto.parameters[i].place = std::move(layout->places[i]);
  if (!proto.size_known) proto.size = layout->size;
  return "";
}

/// Where DWARF puts parameters at the entry must be where the layout does: in these registers, in this order. (Offsets
/// of its pieces say nothing, gc does not count a structure's padding.)
bool agrees_at_entry(const std::vector<Parameter>& parameters, const FunctionInfo& at_entry) {
  for (const Variable& v : at_entry.parameters) {
    auto p =
        std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& o) { return o.source_name == v.name; });
    if (p == parameters.end() || p->result) continue;
    auto word = p->place.words.begin();
    for (const Piece& piece : v.pieces) {
      if (piece.where == Piece::Where::frame && piece.cfa_offset >= 0 && piece.offset == 0 &&
          p->place.offset_fp != piece.cfa_offset) {
        return false;
      }
      if (piece.where != Piece::Where::reg) continue;
      auto reg = FrameContext::dwarf_register(piece.dwarf_register);
      word = std::find_if(word, p->place.words.end(), [&](const AbiWord& w) { return w.reg == reg; });
      if (word == p->place.words.end()) return false;
      ++word;
    }
  }
  return true;
}

/// gc's DWARF may have two parameters in one register at the entry (findScavengeCandidate, 1.22 - 1.27): it is no
/// witness.
bool contradicts_itself(const FunctionInfo& at_entry) {
  std::vector<unsigned> taken;
  for (const Variable& v : at_entry.parameters) {
    if (v.result) continue;
    for (const Piece& piece : v.pieces) {
      if (piece.where != Piece::Where::reg) continue;
      if (std::find(taken.begin(), taken.end(), piece.dwarf_register) != taken.end()) return true;
      taken.push_back(piece.dwarf_register);
    }
  }
  return false;
}

/// Tries the parameter that DWARF may have left out where the compiler puts it.
bool lay_out_with_hidden(const FrameContext& c, Prototype& proto, bool registers, const FunctionInfo& at_entry) {
  for (HiddenParameter& hidden : hidden_parameters(c.func.name)) {
    if (hidden.at > proto.parameters.size()) continue;
    Prototype with = proto;
    Parameter& inserted = *with.parameters.emplace(with.parameters.begin() + static_cast<std::ptrdiff_t>(hidden.at));
    inserted.name = hidden.name;
    inserted.type = std::move(hidden.type);
    if (!lay_out(c, with, registers).empty() || !agrees_at_entry(with.parameters, at_entry)) continue;
    proto = std::move(with);
    proto.why += ", with the hidden parameter " + hidden.name;
    return true;
  }
  return false;
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

void places_from_dwarf(const FunctionInfo& here, const FunctionInfo* at_entry, Prototype& out) {
  for (std::size_t i = 0; i < out.parameters.size(); ++i) {
    const Variable& v = here.parameters[i];
    const Variable* entry = nullptr;
    if (at_entry != nullptr) {
      for (const Variable& e : at_entry->parameters) {
        if (e.name == v.name && e.result == v.result) entry = &e;
      }
    }
    out.parameters[i].place = place_from_dwarf(v, entry);
  }
  out.why = "DWARF places";
}

/// DWARF gives `&x` a place some instructions before it holds the address, and the copy is made some instructions
/// later.
bool had_place_a_while_ago(const FrameContext& c, const Variable& local) {
  constexpr std::uint64_t kWhile = 48;  // bytes of code: a dozen instructions
  if (c.offset <= c.entry.end + kWhile) return false;
  auto before = repaired_function(*c.process.image().dwarf(), c.func.entry + (c.offset - kWhile));
  if (!before) return false;
  return std::any_of(before->locals.begin(), before->locals.end(), [&](const Variable& v) {
    return v.name == local.name && v.decl_line == local.decl_line && v.inline_depth == 0 && v.pieces.size() == 1;
  });
}

/// The local `&x` of a parameter x that has moved to the heap, once it holds the address. A variable x of an inner
/// block that escapes has one, too: its declaration is elsewhere.
std::optional<Piece> heap_pointer(const FrameContext& c, const Variable& v, const FunctionInfo& body) {
  for (const Variable& local : body.locals) {
    if (!local.escaped || local.inline_depth != 0 || local.name.compare(1, std::string::npos, v.name) != 0) continue;
    if (local.decl_line != v.decl_line && local.decl_line != 0 && v.decl_line != 0) continue;
    if (local.pieces.size() != 1) return std::nullopt;
    const Piece& piece = local.pieces[0];
    bool set = local.has_location_list
                   ? c.at_call || had_place_a_while_ago(c, local)
                   : piece.where != Piece::Where::frame || c.stored_before_here(piece.cfa_offset, 8);
    return set ? std::optional(piece) : std::nullopt;
  }
  return std::nullopt;
}

Parameter parameter(const FrameContext& c, const Variable& v, const FunctionInfo* body) {
  Parameter out;
  out.name = printable(v.name, 200);
  out.source_name = v.name;
  out.type = v.type;
  out.result = v.result;
  if (body == nullptr) return out;
  out.pieces = v.pieces;
  out.has_places = true;
  // Nobody stores a blank parameter, but it has a home on paper.
  bool blank = v.name.starts_with("~p") || v.name == "_";
  out.one_home = !blank && !v.has_location_list && v.pieces.size() == 1 && v.pieces[0].where == Piece::Where::frame;
  if (c.phase == Phase::body || c.phase == Phase::epilogue) out.heap_pointer = heap_pointer(c, v, *body);
  return out;
}

/// The debug entry that has the parameters: the function's own, or for assembly its ABI wrapper's.
std::optional<FunctionInfo> wrapper_info(const FrameContext& c) {
  const DwarfInfo* dwarf = c.process.image().dwarf();
  if (dwarf == nullptr || c.func.args.value_or(1) == 0) return std::nullopt;
  for (bool trampoline : {true, false}) {
    auto info = dwarf->function_named(c.func.name, trampoline);
    if (!info || info->parameters.empty()) continue;
    repair(*info);
    return std::move(*info);
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
  for (const Variable& v : types->parameters) out.parameters.push_back(parameter(c, v, own ? &*types : nullptr));

  bool registers = internal_abi(c);
  out.why =
      std::string(own ? "DWARF types" : "DWARF types of its ABI wrapper") + (registers ? ", ABIInternal" : ", ABI0");
  std::string wrong = lay_out(c, out, registers);
  std::optional<FunctionInfo> at_entry;
  if (own && !out.parameters.empty()) {
    if (auto info = repaired_function(*c.process.image().dwarf(), c.func.entry)) at_entry = std::move(*info);
  }
  // A blank parameter that DWARF leaves out need not show in the size: alignment can hide it.
  if (wrong.empty() && at_entry && !contradicts_itself(*at_entry) && !agrees_at_entry(out.parameters, *at_entry))
    wrong = "at the entry DWARF has them elsewhere than the calling convention";
  out.exact = wrong.empty();
  if (out.exact) return out;

  if (own) {
    if (at_entry && lay_out_with_hidden(c, out, registers, *at_entry)) {
      out.exact = true;
      return out;
    }
    places_from_dwarf(*types, at_entry ? &*at_entry : nullptr, out);
  } else {
    out.parameters.clear();
    out.why.clear();
  }
  c.problems.push_back("arguments of " + printable(c.func.name, 200) + ": " + wrong + "; " +
                       (out.parameters.empty() ? "their names are left out" : "places are those that DWARF names"));
  return out;
}

}  // namespace lldbgo
