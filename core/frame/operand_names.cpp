// The compiler prints an operand in the frame as the variable it belongs to and the distance from SP: `main.n+352(SP)`,
// where 352 is where the access is, not where n begins (cmd/internal/obj/x86/obj6.go, cmd/internal/obj/util.go, 1.15 -
// 1.27). A spilled value lies in the place of the variable it is the value of. Debug information has those places pc by
// pc; from Go 1.23 on variables that are never alive together share one (cmd/compile/internal/liveness/mergelocals.go).
// The spill slots of register arguments come from the calling convention: most have no place in debug information.
#include "core/frame/operand_names.h"

#include <algorithm>
#include <limits>
#include <set>

#include "core/base/text.h"
#include "core/frame/abi_assign.h"
#include "core/frame/asm_source.h"
#include "core/frame/components.h"
#include "core/frame/dwarf_repair.h"
#include "core/frame/frame_context.h"
#include "core/frame/frame_order.h"
#include "core/frame/hidden_parameters.h"
#include "core/frame/result_homes.h"
#include "core/insn/prologue.h"
#include "core/insn/register_stores.h"

namespace lldbgo {
namespace {

// The package of a linker name: "net/http.(*conn).serve" is of net/http.
std::string package_of(std::string_view function) {
  std::size_t bracket = function.find('[');
  std::string_view plain = function.substr(0, bracket);
  std::size_t slash = plain.rfind('/');
  std::size_t dot = plain.find('.', slash == std::string_view::npos ? 0 : slash);
  return dot == std::string_view::npos ? "" : printable(plain.substr(0, dot + 1), 200);
}

// A local that the optimiser takes apart becomes as many: s.ptr and s.len (ssagen/ssa.go SplitSlot). Parameters stay
// whole.
std::string split_suffix(const FrameHome& home) {
  if (home.size >= home.type->size) return "";
  for (const Component& part : components_of(home.type)) {
    if (part.offset != home.offset || part.size != home.size) continue;
    std::string suffix = printable(part.suffix, 200);
    if (suffix.ends_with(".tab")) suffix.replace(suffix.size() - 4, 4, ".itab");
    return suffix;
  }
  return "";
}

// cmd/compile/internal/ssa.CanSSA: what is larger is never taken apart.
bool can_be_split(const Type& type, unsigned depth = 0) {
  constexpr std::uint64_t kMost = 32;
  if (type.size > kMost || depth > 8) return false;
  if (type.kind == TypeKind::array) return type.count <= 1;
  if (type.kind != TypeKind::structure) return true;
  return type.fields.size() <= 4 && std::all_of(type.fields.begin(), type.fields.end(), [&](const Field& field) {
           return can_be_split(*field.type, depth + 1);
         });
}

constexpr std::int64_t kMaxMapWords = 1 << 22;

/// The words below varp that hold a pointer at some call, by offset from fp: a spilled value is there for a call. Of
/// absurdly many maps the first ones.
std::set<std::int64_t> pointer_words(const GoImage& image, const Func& f) {
  const Pclntab& table = image.pclntab();
  std::set<std::int64_t> out;
  auto ranges = table.pcdata_ranges(f, table.layout().pcdata.stack_map);
  if (!ranges) return out;
  std::int64_t varp = table.varp(f);
  std::int64_t words_left = kMaxMapWords;
  std::set<std::int32_t> seen;
  for (const PcdataRange& range : *ranges) {
    if (!seen.insert(range.value).second) continue;
    auto map = table.locals_map(f, range.value);
    if (!map || !*map) continue;
    words_left -= (*map)->words;
    if (words_left < 0) break;
    for (std::int32_t word = 0; word < (*map)->words; ++word)
      if ((*map)->pointer(word)) out.insert(varp + (std::int64_t{word} - (*map)->words) * 8);
  }
  return out;
}

/// What lies alone at a place of which debug information does not say which component it is: the only one that is as
/// much a pointer as the word there. Null: several, or none.
const Component* sole_component(const std::vector<Component>& components, bool pointer) {
  const Component* found = nullptr;
  for (const Component& component : components) {
    if (component.size == 8 && component.known && component.marked() != pointer) continue;
    if (found != nullptr || !component.known) return nullptr;
    found = &component;
  }
  return found;
}

/// The parameters with one that debug information may have left out.
std::vector<AbiInput> inputs_with(const FunctionInfo& info, const HiddenParameter* hidden) {
  std::vector<AbiInput> inputs;
  for (const Variable& v : info.parameters) inputs.push_back({v.type, v.result});
  if (hidden != nullptr) inputs.insert(inputs.begin() + static_cast<std::ptrdiff_t>(hidden->at), {hidden->type, false});
  return inputs;
}

// A blank parameter that debug information leaves out shifts those behind it, and alignment can hide it in the sum:
// what it says of the entry, and of places that never change, must be what the layout says.
bool agrees(const FunctionInfo& at_entry, const AbiLayout& layout, const HiddenParameter* hidden) {
  for (std::size_t i = 0; i < at_entry.parameters.size(); ++i) {
    const Variable& v = at_entry.parameters[i];
    const AbiPlace& place = layout.places[hidden != nullptr && i >= hidden->at ? i + 1 : i];
    for (const Piece& piece : v.pieces) {
      if (piece.where == Piece::Where::frame && piece.cfa_offset >= 0 && piece.offset == 0 &&
          (!v.has_location_list || (!place.in_registers() && components_of(v.type).size() == 1)) &&
          place.offset_fp != piece.cfa_offset) {
        return false;
      }
      if (piece.where != Piece::Where::reg || v.result) continue;
      auto reg = FrameContext::dwarf_register(piece.dwarf_register);
      if (std::none_of(place.words.begin(), place.words.end(), [&](const AbiWord& word) { return word.reg == reg; })) {
        return false;
      }
    }
  }
  return true;
}

constexpr unsigned kSpilled = 1000;  // above every depth of a variable in memory

// A spilled value with several names lies in the place of the first of them, until 1.16 of the last (ssa/stackalloc.go,
// f.Names). A name comes when it is first assigned: what an inlined function computes before what its caller makes of
// it, what it is passed after the caller's. Components come after what is whole.
unsigned spilled_rank(const FrameHome& home, bool component, bool first_name) {
  constexpr unsigned kOwn = kSpilled / 4;
  unsigned depth = std::min(home.inline_depth, kOwn - 1);
  unsigned order = (home.argument ? kOwn + depth : kOwn - depth) * 2 + (component ? 1 : 0);
  return kSpilled + (first_name ? order : kSpilled - order);
}

constexpr std::size_t kMaxInstructions = 1 << 16;

/// What the code and its tables tell of a frame's places.
struct FrameEvidence {
  FrameAccesses accesses;
  std::set<std::int64_t> pointers;  // words that hold one at some call, of a function with variables that move
  std::set<std::pair<std::int64_t, std::uint32_t>> begins;  // of every variable's places: offset, variable

  bool addressed(std::int64_t offset) const {
    return std::binary_search(accesses.addressed.begin(), accesses.addressed.end(), offset);
  }
};

FrameEvidence frame_evidence(const GoImage& image, const Func& f, const std::vector<FrameHome>& homes) {
  Bytes code = image.elf().bytes_from(f.entry, Range<FileAddr>{f.entry, f.end}.size());
  Prologue prologue = find_prologue(code);
  FrameEvidence out;
  out.accesses =
      frame_accesses(code.first(std::min<std::size_t>(prologue.morestack_at.value_or(code.size()), code.size())),
                     prologue.body_at, prologue.frame_bytes, kMaxInstructions);
  for (const FrameHome& home : homes) out.begins.insert({home.cfa_offset, home.variable});
  if (std::any_of(homes.begin(), homes.end(), [](const FrameHome& home) { return home.listed; }))
    out.pointers = pointer_words(image, f);
  return out;
}

/// Something else begins inside of the place, were it all of the variable.
bool is_shared(const FrameHome& home, const FrameEvidence& evidence) {
  std::int64_t end = home.cfa_offset + static_cast<std::int64_t>(home.type->size);
  for (auto at = evidence.begins.lower_bound({home.cfa_offset + 1, 0}); at != evidence.begins.end(); ++at) {
    if (at->first >= end) return false;
    if (at->second != home.variable) return true;
  }
  return false;
}

// A place that is all of the variable or one component of it: a spilled component has no address taken, and where the
// others would be nothing is stored, or what contradicts them. Where others have places there, it is one component
// unless the pointers are where they would be.
bool is_whole(const FrameHome& home, const FrameEvidence& evidence) {
  if (evidence.addressed(home.cfa_offset)) return true;
  bool shared = is_shared(home, evidence);
  auto parts = components_of(home.type);
  const auto& stores = evidence.accesses.stores;
  return std::all_of(parts.begin(), parts.end(), [&](const Component& part) {
    std::int64_t at = home.cfa_offset + static_cast<std::int64_t>(part.offset);
    bool pointer = evidence.pointers.contains(at);
    if (part.known && !part.marked() && pointer) return false;
    if (part.marked() && !pointer && shared) return false;
    if (evidence.addressed(at)) return false;
    return std::any_of(stores.begin(), stores.end(), [&](const FrameStore& store) {
      return store.fp_offset <= at &&
             at + static_cast<std::int64_t>(part.size) <= store.fp_offset + std::int64_t{store.size};
    });
  });
}

/// Of a place that is all of a variable or one component finds out which. False: the evidence does not tell.
bool settle_part(FrameHome& home, const FrameEvidence& evidence) {
  if (!home.part || !can_be_split(*home.type) || is_whole(home, evidence)) return true;
  auto components = components_of(home.type);
  const Component* component = sole_component(components, evidence.pointers.contains(home.cfa_offset));
  if (component == nullptr) return false;
  home.offset = component->offset;
  home.size = component->size;
  return true;
}

/// The only thing in a slot of its own that the compiler has laid out by its name: a small variable, or a component of
/// one that is no result, as results stay whole.
std::optional<Component> alone_in_slot(const FrameHome& home, const FrameEvidence& evidence) {
  bool whole = home.size == home.type->size;
  if (home.cfa_offset >= 0 || home.size > 8 || evidence.addressed(home.cfa_offset)) return std::nullopt;
  if (!whole && (home.parameter || !home.listed)) return std::nullopt;
  for (const Component& part : components_of(home.type))
    if (part.offset == home.offset && part.size == home.size) return part;
  return std::nullopt;
}

/// The names of a frame's slots, and which of them can be right.
class SlotNames {
 public:
  /// False: the word holds a pointer at some call, and the variable none, so that its value lies in a temporary.
  bool add(const FrameHome& home, const std::string& suffix, const FrameEvidence& evidence, std::size_t place) {
    auto part = alone_in_slot(home, evidence);
    if (!part) return true;
    bool pointer = evidence.pointers.contains(home.cfa_offset);
    if (home.listed && part->known && !part->marked() && pointer) return false;
    SlotReading reading{home.cfa_offset, home.size, part->marked(), home.name + suffix, home.variable, !home.listed};
    read(reading, place);
    if (!reading.pointer || pointer) return true;
    reading.pointer = false;  // of what the collector does not own, as the runtime's own structures
    read(std::move(reading), place);
    return true;
  }

  /// Places whose names contradict the order of the frame.
  std::set<std::size_t> misplaced() const {
    auto right = in_frame_order(readings_);
    std::set<std::size_t> out, kept;
    for (std::size_t i = 0; i < readings_.size(); ++i)
      (right[i] || readings_[i].certain ? kept : out).insert(places_[i]);
    std::erase_if(out, [&](std::size_t place) { return kept.contains(place); });
    return out;
  }

 private:
  void read(SlotReading reading, std::size_t place) {
    readings_.push_back(std::move(reading));
    places_.push_back(place);
  }

  std::vector<SlotReading> readings_;
  std::vector<std::size_t> places_;  // of each reading
};

}  // namespace

OperandPlaces::OperandPlaces(const GoImage& image, const Func& f)
    : image_(&image), function_(f), package_(package_of(f.name)), first_name_(image.register_abi()) {
  add_debug_info(image, f);
  add_parameters(image, f);
  add_results(image, f);
  if (places_.empty()) add_assembly(image, f);
  std::stable_sort(places_.begin(), places_.end(),
                   [](const NamedPlace& a, const NamedPlace& b) { return a.offset < b.offset; });
}

void OperandPlaces::add_debug_info(const GoImage& image, const Func& f) {
  if (image.dwarf() == nullptr) return;
  auto homes = image.dwarf()->frame_homes(f.entry);
  if (!homes) return;
  FrameEvidence evidence = frame_evidence(image, f, *homes);
  SlotNames names;
  for (FrameHome& home : *homes) {
    // Only the argument itself lies in an argument's place since 1.17: elsewhere it is another variable's.
    if (first_name_ && home.listed && home.parameter && home.argument && home.cfa_offset < 0) continue;
    if (!settle_part(home, evidence)) continue;
    bool spilled = home.listed && can_be_split(*home.type);
    std::string suffix = spilled && !home.parameter ? split_suffix(home) : "";
    if (!names.add(home, suffix, evidence, places_.size())) continue;
    // A component is a variable of the package that is being compiled, whoever declares the whole.
    std::string package = home.owner.empty() || !suffix.empty() ? package_ : package_of(home.owner);
    places_.push_back({package + printable(home.name, 200) + suffix, home.cfa_offset, home.size, home.pcs,
                       spilled ? spilled_rank(home, !suffix.empty(), first_name_) : home.inline_depth});
    if (home.listed && !spilled && home.inline_depth == 0) places_.back().declared = home.decl_line;
  }
  std::size_t place = 0;
  std::erase_if(places_, [&, misplaced = names.misplaced()](const NamedPlace&) { return misplaced.contains(place++); });
}

void OperandPlaces::add_parameters(const GoImage& image, const Func& f) {
  if (image.dwarf() == nullptr || f.flags.assembly) return;
  auto info = repaired_function(*image.dwarf(), f.entry);
  if (!info || !info->go) return;
  if (add_parameters(image, f, *info, nullptr)) return;
  for (const HiddenParameter& hidden : hidden_parameters(f.name)) {
    if (hidden.at <= info->parameters.size() && add_parameters(image, f, *info, &hidden)) return;
  }
}

bool OperandPlaces::add_parameters(const GoImage& image, const Func& f, const FunctionInfo& info,
                                   const HiddenParameter* hidden) {
  std::vector<AbiInput> inputs = inputs_with(info, hidden);
  auto layout = assign_abi(inputs, image.register_abi());
  // The line table's own count of bytes is the witness: a parameter that debug information leaves out shifts the
  // others.
  if (!layout || (f.args && layout->size != *f.args) || !agrees(info, *layout, hidden)) return false;
  // Debug information may have another variable in an argument's place while both have one value.
  std::erase_if(places_, [](const NamedPlace& place) { return place.offset >= 0; });
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!layout->places[i].offset_fp || inputs[i].type->size == 0) continue;
    bool is_hidden = hidden != nullptr && i == hidden->at;
    std::size_t shown = hidden != nullptr && i > hidden->at ? i - 1 : i;
    std::string name = package_ + (is_hidden ? hidden->name : printable(info.parameters[shown].name, 200));
    places_.push_back({std::move(name), *layout->places[i].offset_fp, inputs[i].type->size, {f.entry, f.end}, 0});
  }
  return true;
}

void OperandPlaces::add_results(const GoImage& image, const Func& f) {
  if (image.dwarf() == nullptr || f.deferreturn == 0) return;
  auto info = repaired_function(*image.dwarf(), f.entry);
  if (!info || !info->go) return;
  std::vector<Variable> before = info->parameters;
  place_results(image, f, *info);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Variable& v = info->parameters[i];
    if (!before[i].frame_homes.empty() || v.frame_homes.empty()) continue;
    places_.push_back({package_ + printable(v.name, 200), v.frame_homes[0], v.type->size, {f.entry, f.end}, 0});
  }
}

void OperandPlaces::add_assembly(const GoImage& image, const Func& f) {
  auto where = image.pclntab().line(f, f.entry);
  if (!where || !where->file.ends_with(".s")) return;
  for (const AsmOperand& o : asm_operands_of_file(std::string(where->file), where->line, f.name)) {
    if (o.fp) places_.push_back({printable(o.name, 200), o.offset, std::max(1U, o.size), {f.entry, f.end}, 0});
  }
}

int OperandPlaces::line_at(FileAddr pc) const {
  auto frames = image_->pclntab().logical_frames(function_, pc);
  return frames ? frames->back().where.line : std::numeric_limits<int>::max();
}

std::string_view OperandPlaces::name(std::int64_t offset, FileAddr at, FileAddr next) const {
  struct Candidate {
    std::string_view name;
    unsigned rank = std::numeric_limits<unsigned>::max();
    bool many = false, first = true;
    void note(const NamedPlace& place) {
      if (place.rank > rank || (place.rank == rank && place.rank >= kSpilled && first)) return;
      many = place.rank == rank && place.rank < kSpilled && (many || name != place.name);
      name = place.name;
      rank = place.rank;
    }
  };
  // A variable in memory may share its place with others at other pcs. The place of a spilled value is one variable's,
  // whoever else is said to be there for a while.
  Candidate anywhere, here;
  anywhere.first = here.first = first_name_;
  for (const NamedPlace& place : places_) {
    if (place.offset > offset) break;
    if (static_cast<std::uint64_t>(offset - place.offset) >= place.size) continue;
    bool is_here = place.pcs.contains(at) || place.pcs.contains(next);
    if (!is_here && place.declared > 0 && line_at(at) < place.declared) continue;
    anywhere.note(place);
    if (is_here) here.note(place);
  }
  if (anywhere.rank >= kSpilled) return anywhere.name;
  if (!here.name.empty()) return here.many ? std::string_view{} : here.name;
  return anywhere.many ? std::string_view{} : anywhere.name;
}

}  // namespace lldbgo
