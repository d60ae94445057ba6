#include "core/translate/go_dies.h"

#include <dwarf.h>

#include <algorithm>

#include "core/translate/die_cursor.h"

namespace lldbgo {
namespace {

constexpr std::size_t kMaxTypes = 1 << 23;
constexpr std::uint16_t kGoKey = 0x2901, kGoElement = 0x2902;  // cmd/internal/dwarf DW_AT_go_key, DW_AT_go_elem

bool is_type(std::uint16_t tag) {
  switch (tag) {
    case DW_TAG_base_type:
    case DW_TAG_pointer_type:
    case DW_TAG_array_type:
    case DW_TAG_structure_type:
    case DW_TAG_typedef:
    case DW_TAG_subroutine_type:
    case DW_TAG_unspecified_type:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<GoDies> GoDies::read(Bytes debug_info, const std::vector<InfoUnit>& units) {
  GoDies out;
  for (const InfoUnit& unit : units) {
    DieCursor die(debug_info, unit);
    out.go_.push_back(unit.compile_unit && die.next() && die.tag() == DW_TAG_compile_unit &&
                      die.number(DW_AT_language) == std::uint64_t{DW_LANG_Go});
    if (!out.go_.back()) continue;
    if (auto read = out.read_unit(debug_info, unit); !read) return pass(read);
  }
  return out;
}

Result<> GoDies::read_unit(Bytes debug_info, const InfoUnit& unit) {
  DieCursor die(debug_info, unit);
  auto text = [&](const DieCursor::Attribute* a) -> std::string_view {
    if (a == nullptr || a->form != DW_FORM_string) return {};
    return {static_cast<const char*>(static_cast<const void*>(debug_info.data() + a->at)), a->end - a->at - 1};
  };
  std::size_t parent = SIZE_MAX;  // the type whose members follow
  struct Place {
    std::uint64_t offset;
    MovedParameter location;
  };
  std::unordered_map<std::string_view, Place> parameters;  // of the function that is being read
  std::unordered_map<std::string_view, Place> on_heap;
  auto end_function = [&] {
    for (const auto& [name, heap] : on_heap) {
      auto parameter = parameters.find(name);
      if (parameter == parameters.end()) continue;
      bool same_form = heap.location.form == parameter->second.location.form;
      moved_parameters_[parameter->second.offset] = same_form ? heap.location : MovedParameter{};
      if (same_form) seconds_.insert(heap.offset);
    }
    parameters.clear();
    on_heap.clear();
  };
  while (die.next()) {
    if (die.is_end_of_children()) {
      parent = SIZE_MAX;
    } else if (is_type(die.tag())) {
      if (types_.size() >= kMaxTypes) return fail(Errc::limit, ".debug_info: more than eight million types");
      GoTypeDie type;
      type.offset = die.offset();
      type.tag = die.tag();
      type.name = text(die.find(DW_AT_name));
      type.size = die.number(DW_AT_byte_size).value_or(0);
      type.target = die.number(DW_AT_type).value_or(0);
      if (type.tag == DW_TAG_typedef) {
        type.key = die.number(kGoKey).value_or(0);
        type.element = die.number(kGoElement).value_or(0);
      }
      type.first_field = static_cast<std::uint32_t>(field_types_.size());
      parent = die.has_children() ? types_.size() : SIZE_MAX;
      types_.push_back(type);
    } else if (die.tag() == DW_TAG_member && parent != SIZE_MAX) {
      field_types_.push_back(die.number(DW_AT_type).value_or(0));
      ++types_[parent].fields;
    } else if (die.tag() == DW_TAG_subrange_type && parent != SIZE_MAX) {
      types_[parent].count = die.number(DW_AT_count).value_or(0);
    } else if (die.tag() == DW_TAG_subprogram) {
      end_function();
    } else if (const auto* place = die.find(DW_AT_location);
               place != nullptr && die.find(DW_AT_name) != nullptr &&
               (die.tag() == DW_TAG_variable || die.tag() == DW_TAG_formal_parameter)) {
      std::string_view name = text(die.find(DW_AT_name));
      Place here{die.offset(), {place->form, place->at, place->end}};
      if (name.starts_with('&'))
        on_heap[name.substr(1)] = here;
      else if (die.tag() == DW_TAG_formal_parameter)
        parameters[name] = here;
    } else if ((die.tag() == DW_TAG_variable || die.tag() == DW_TAG_formal_parameter) &&
               die.find(DW_AT_location) == nullptr && die.find(DW_AT_type) != nullptr) {
      std::string_view name = text(die.find(DW_AT_name));
      if (!name.empty()) inlined_variables_[die.offset()] = {*die.number(DW_AT_type), name.front() == '&'};
    }
  }
  end_function();
  if (die.failed()) return fail(Errc::malformed, ".debug_info: a DIE of a Go unit cannot be read");
  return {};
}

bool GoDies::any_go() const {
  return std::find(go_.begin(), go_.end(), true) != go_.end();
}

std::optional<std::size_t> GoDies::type_index(std::uint64_t offset) const {
  auto at = std::lower_bound(types_.begin(), types_.end(), offset,
                             [](const GoTypeDie& type, std::uint64_t o) { return type.offset < o; });
  if (at == types_.end() || at->offset != offset) return {};
  return static_cast<std::size_t>(at - types_.begin());
}

const GoTypeDie* GoDies::type(std::uint64_t offset) const {
  auto index = type_index(offset);
  return index ? &types_[*index] : nullptr;
}

bool GoDies::is_endless(std::uint64_t offset) const {
  constexpr unsigned kLongest = 64;
  for (unsigned i = 0; i < kLongest; ++i) {
    const GoTypeDie* found = type(offset);
    if (found == nullptr) return false;
    bool follows = found->tag == DW_TAG_pointer_type || found->tag == DW_TAG_array_type || found->tag == DW_TAG_typedef;
    if (!follows || found->target == 0) return false;
    offset = found->target;
  }
  return true;
}

const GoTypeDie* GoDies::number_type(std::string_view name) const {
  auto found = std::find_if(types_.begin(), types_.end(),
                            [&](const GoTypeDie& type) { return type.tag == DW_TAG_base_type && type.name == name; });
  return found == types_.end() ? nullptr : &*found;
}

const GoVariableDie* GoDies::inlined_variable(std::uint64_t offset) const {
  auto at = inlined_variables_.find(offset);
  return at == inlined_variables_.end() ? nullptr : &at->second;
}

std::optional<std::uint64_t> GoDies::size_of(std::uint64_t offset, unsigned depth) const {
  const GoTypeDie* found = type(offset);
  if (found == nullptr || depth > 64) return {};
  switch (found->tag) {
    case DW_TAG_typedef:
      return size_of(found->target, depth + 1);
    case DW_TAG_pointer_type:
    case DW_TAG_subroutine_type:
      return 8;
    case DW_TAG_unspecified_type:
      return {};
    default:
      return found->size;
  }
}

unsigned GoDies::components(std::uint64_t offset, unsigned& budget) const {
  const GoTypeDie* found = type(offset);
  if (found == nullptr || budget == 0) return 1;
  --budget;
  switch (found->tag) {
    case DW_TAG_typedef:
      return components(found->target, budget);
    case DW_TAG_base_type:
      return found->name == "complex64" || found->name == "complex128" || found->size == 16 ? 2 : 1;
    case DW_TAG_array_type:
      return found->count == 1 ? components(found->target, budget) : 1;
    case DW_TAG_structure_type: {
      unsigned sum = 0;
      for (std::uint32_t i = 0; i < found->fields && sum < 2; ++i) {
        std::uint64_t field = field_types_[found->first_field + i];
        if (size_of(field) != std::uint64_t{0}) sum += components(field, budget);
      }
      return sum;
    }
    default:
      return 1;
  }
}

}  // namespace lldbgo
