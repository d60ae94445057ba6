// Two faults of cmd/compile (seen with these versions, not told apart by them):
//
//   * Results appear twice in some functions with a defer (1.22 - 1.25).
//   * A location of several pieces repeats each: rbx rbx rcx rcx for an interface (1.19). Taken at its word the second
//     word of the value would be the first one again.
#include "core/frame/dwarf_repair.h"

#include <algorithm>

namespace lldbgo {
namespace {

bool same_place(const Piece& a, const Piece& b) {
  return a.where == b.where && a.size == b.size && a.cfa_offset == b.cfa_offset &&
         a.dwarf_register == b.dwarf_register && a.address == b.address && a.value == b.value;
}

std::uint64_t total(const std::vector<Piece>& pieces) {
  std::uint64_t sum = 0;
  for (const Piece& p : pieces) sum += p.size;
  return sum;
}

void repair_pieces(Variable& v) {
  if (!v.type || total(v.pieces) <= v.type->size) return;
  v.pieces.erase(std::unique(v.pieces.begin(), v.pieces.end(), same_place), v.pieces.end());
  if (total(v.pieces) != v.type->size) v.pieces.clear();
  std::uint64_t offset = 0;
  for (Piece& p : v.pieces) {
    p.offset = offset;
    offset += p.size;
  }
}

void drop_repeated_results(std::vector<Variable>& parameters) {
  std::vector<Variable> out;
  for (Variable& v : parameters) {
    auto same = std::find_if(out.begin(), out.end(),
                             [&](const Variable& o) { return o.result && v.result && o.name == v.name; });
    if (same == out.end()) {
      out.push_back(std::move(v));
    } else if (same->pieces.empty()) {
      *same = std::move(v);
    }
  }
  parameters = std::move(out);
}

}  // namespace

void repair(FunctionInfo& info) {
  drop_repeated_results(info.parameters);
  for (Variable& v : info.parameters) repair_pieces(v);
  for (Variable& v : info.locals) repair_pieces(v);
}

Result<FunctionInfo> repaired_function(const DwarfInfo& dwarf, FileAddr pc) {
  auto info = dwarf.function(pc);
  if (info) repair(*info);
  return info;
}

}  // namespace lldbgo
