// A function that defers calls keeps its results in memory, since a deferred call may set them; after a recovered panic
// the runtime has it return behind a call of runtime.deferreturn, where each register of a result is loaded from that
// memory, unless the result has moved to the heap. Where nothing else is done there, the loads tell the places
// (cmd/compile/internal/ssagen/ssa.go, genssa, 1.17 - 1.27). Optimised, debug information has no place for most of them
// from Go 1.21 to 1.26, and does not say which part of a longer one it means.
#include "core/frame/result_homes.h"

#include <algorithm>

#include "core/frame/abi_assign.h"
#include "core/insn/register_stores.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kCallBytes = 5;
constexpr std::byte kCall{0xE8};

bool has_no_place(const Variable& v) {
  return v.result && !v.escaped && std::all_of(v.pieces.begin(), v.pieces.end(), [](const Piece& piece) {
           return piece.where == Piece::Where::none;
         });
}

std::vector<RegisterLoad> loads_of_results(const GoImage& image, const Func& f) {
  Bytes code = image.elf().bytes_from(f.entry, Range<FileAddr>{f.entry, f.end}.size());
  if (f.deferreturn == 0 || f.deferreturn + kCallBytes > code.size() || code[f.deferreturn] != kCall) return {};
  auto depth = image.pclntab().sp_delta(f, f.entry + f.deferreturn);
  return depth ? loads_before_return(code, f.deferreturn + kCallBytes, *depth) : std::vector<RegisterLoad>{};
}

/// What debug information says of the variable, at whatever pc, lies in the place at `home`, or it says nothing.
bool agrees(const Variable& v, std::int64_t home) {
  auto within = [&](std::int64_t part) {
    return part >= home && part - home < static_cast<std::int64_t>(v.type->size);
  };
  return std::all_of(v.frame_homes.begin(), v.frame_homes.end(), [&](std::int64_t at) { return at == home; }) &&
         std::all_of(v.part_homes.begin(), v.part_homes.end(), within);
}

/// The place that all words of a result are loaded from; absent: there is no such one.
std::optional<std::int64_t> home_of(const AbiPlace& place, const std::vector<RegisterLoad>& loads) {
  std::optional<std::int64_t> home;
  for (const AbiWord& word : place.words) {
    auto load = std::find_if(loads.begin(), loads.end(), [&](const RegisterLoad& l) { return l.reg == word.reg; });
    if (load == loads.end() || load->size != word.size) return {};
    std::int64_t begin = load->fp_offset - static_cast<std::int64_t>(word.offset);
    if (begin >= 0 || (home && *home != begin)) return {};
    home = begin;
  }
  return home;
}

}  // namespace

void place_results(const GoImage& image, const Func& f, FunctionInfo& info) {
  auto& all = info.parameters;
  if (!image.register_abi() || f.deferreturn == 0 || std::none_of(all.begin(), all.end(), has_no_place)) return;
  std::vector<AbiInput> results;  // what is passed takes no register from them
  std::vector<Variable*> variables;
  for (Variable& v : all) {
    if (!v.result || !v.type) continue;
    results.push_back({v.type, true});
    variables.push_back(&v);
  }
  auto layout = assign_abi(results, true);
  if (!layout) return;
  std::size_t words = 0;
  for (const AbiPlace& place : layout->places) words += place.words.size();
  std::vector<RegisterLoad> loads = loads_of_results(image, f);
  if (loads.size() != words) return;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    auto home = home_of(layout->places[i], loads);
    Variable& v = *variables[i];
    if (!home || !has_no_place(v) || !agrees(v, *home)) continue;
    Piece piece;
    piece.where = Piece::Where::frame;
    piece.cfa_offset = *home;
    piece.size = v.type->size;
    v.pieces = {piece};
    v.frame_homes = {*home};
    v.part_homes.clear();
    v.has_location_list = false;
  }
}

}  // namespace lldbgo
