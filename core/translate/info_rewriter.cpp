#include "core/translate/info_rewriter.h"

#include <dwarf.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/translate/bytes_out.h"
#include "core/translate/die_cursor.h"
#include "core/translate/expressions.h"
#include "core/translate/go_dies.h"
#include "core/translate/location_lists.h"
#include "core/translate/range_lists.h"
#include "core/translate/temporaries.h"
#include "core/translate/type_names.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kMaxSection = UINT32_MAX;
constexpr std::uint64_t kMaxEntry = 1 << 16;  // a debugger copies the bytes of a map's entry

class InfoRewriter {
 public:
  InfoRewriter(const DebugInfo& in, const LineSource& lines, const std::vector<InfoUnit>& units, const GoDies& dies,
               bool version5)
      : in_(in),
        units_(units),
        dies_(dies),
        declarations_(in.info, in.addresses, in.ranges, lines),
        lists_(version5 ? in.locations5 : in.locations, version5) {
    out_.version5 = version5;
    out_.ranges.assign(in.ranges.begin(), in.ranges.end());
    out_.abbreviations.assign(in.abbreviations.begin(), in.abbreviations.end());
    info_.reserve(in.info.size() + in.info.size() / 8);
  }

  Result<RewrittenInfo> run() {
    if (auto changed = change_func_types(); !changed) return pass(changed);
    for (std::size_t i = 0; i < units_.size(); ++i) {
      auto rewritten = rewrite_unit(units_[i], dies_.is_go(i));
      if (!rewritten) return pass(rewritten);
    }
    move_references();
    if (info_.size() > kMaxSection) return fail(Errc::limit, ".debug_info: grows beyond 4 GB");
    out_.info = std::move(info_).take();
    out_.more_locations = std::move(lists_).added();
    return std::move(out_);
  }

 private:
  using Attribute = DieCursor::Attribute;

  /// DW_TAG_subroutine_type becomes DW_TAG_pointer_type in the tables of Go units; both tags are one byte.
  Result<> change_func_types() {
    for (std::size_t i = 0; i < units_.size(); ++i) {
      if (!dies_.is_go(i)) continue;
      for (std::size_t other = 0; other < units_.size(); ++other)
        if (units_[other].shapes == units_[i].shapes && !dies_.is_go(other))
          return fail(Errc::unsupported, ".debug_abbrev: a Go unit shares its table with another language");
      if (i > 0 && units_[i].shapes == units_[i - 1].shapes) continue;
      for (const DieShape& shape : units_[i].shapes->all())
        if (shape.tag == DW_TAG_subroutine_type)
          out_.abbreviations[shape.tag_at] = static_cast<std::byte>(DW_TAG_pointer_type);
    }
    return {};
  }

  Result<> rewrite_unit(const InfoUnit& unit, bool go) {
    std::size_t out_begin = info_.size() + (unit.begin - copied_);
    DieCursor die(in_.info, unit);
    std::uint64_t unit_base = 0;
    while (die.next()) {
      if (die.tag() == DW_TAG_compile_unit && go) unit_base = die.number(DW_AT_low_pc).value_or(0);
      if (go) declarations_.pass(die);
      auto rewritten = go ? rewrite_go_die(die, unit, unit_base) : rewrite_other_die(die, unit);
      if (!rewritten) return pass(rewritten);
    }
    if (die.failed()) return fail(Errc::malformed, ".debug_info: a DIE cannot be read");
    copy_to(unit.end);
    info_.put_u32(out_begin, info_.size() - out_begin - 4);
    if (go) ++out_.units;
    return {};
  }

  /// Other languages keep their units; only what refers across units moves.
  Result<> rewrite_other_die(const DieCursor& die, const InfoUnit& unit) {
    for (const Attribute& a : die.attributes()) {
      if (a.form != DW_FORM_ref_addr) continue;
      if (unit.version == 2) return fail(Errc::unsupported, ".debug_info: DWARF 2 refers across units");
      references_.push_back(out_position(a.at));
    }
    return {};
  }

  Result<> rewrite_go_die(const DieCursor& die, const InfoUnit& unit, std::uint64_t unit_base) {
    if (is_temporary(in_.info, die)) {
      replace(die.offset(), die.attributes().back().end, {});
      ++out_.temporaries_removed;
      return {};
    }
    bool variable = die.tag() == DW_TAG_variable || die.tag() == DW_TAG_formal_parameter;
    Owner owner = variable ? owner_of(die) : Owner{};
    std::optional<std::uint64_t> code;
    auto pcs = owner.own && !owner.heap_place ? declarations_.pcs_of(die) : std::vector<Range<FileAddr>>{};
    if (!pcs.empty() && (code = unit.shapes->with_form(*die.shape(), DW_AT_location, DW_FORM_sec_offset))) {
      BytesOut shape;
      shape.uleb(*code);
      replace(die.offset(), die.attributes_at(), shape.view());
    }
    for (const Attribute& a : die.attributes()) {
      switch (a.name) {
        case DW_AT_language:
          if (a.end - a.at == 1) replace(a.at, a.end, {std::byte{DW_LANG_C99}});
          break;
        case DW_AT_ranges:
          if (a.form == DW_FORM_sec_offset && unit.version <= 4) {
            auto relative = make_relative_to_unit(out_.ranges, number_at(a, unit), unit_base);
            if (!relative) return pass(relative);
          }
          break;
        case DW_AT_name:
          if (owner.moved_to_heap && owner.own) {  // drops the '&'
            replace(a.at, a.at + 1, {});
            ++out_.heap_variables;
          }
          break;
        case DW_AT_location:
          if (variable) {
            auto placed = code ? limit_place(a, owner, pcs, unit_base) : rewrite_location(a, unit, owner);
            if (!placed) return pass(placed);
          }
          break;
        default:
          break;
      }
      switch (a.form) {
        case DW_FORM_ref_addr:
          if (unit.version == 2) return fail(Errc::unsupported, ".debug_info: DWARF 2 refers across units");
          add_reference(a, owner);
          if (die.tag() == DW_TAG_pointer_type && a.name == DW_AT_type && dies_.is_endless(die.offset())) end_chain(a);
          break;
        case DW_FORM_ref1:
        case DW_FORM_ref2:
        case DW_FORM_ref4:
        case DW_FORM_ref8:
        case DW_FORM_ref_udata:
          return fail(Errc::unsupported, ".debug_info: a Go unit refers within itself, which gc's do not");
        default:
          break;
      }
    }
    return {};
  }

  /// What a variable's DIE, or the one of which it is an instance, says of its type.
  struct Owner {
    std::uint64_t type = 0;  ///< of the value; of the heap variable itself where it was moved
    bool moved_to_heap = false;
    bool own = false;                     ///< the DIE has the name and the type itself
    std::optional<Attribute> heap_place;  ///< of its pointer, which another DIE has
  };
  Owner owner_of(const DieCursor& die) const {
    Owner out;
    if (auto origin = die.number(DW_AT_abstract_origin)) {
      const GoVariableDie* variable = dies_.inlined_variable(*origin);
      if (variable == nullptr) return out;
      out.type = variable->type;
      out.moved_to_heap = variable->moved_to_heap;
    } else {
      const Attribute* name = die.find(DW_AT_name);
      out.type = die.number(DW_AT_type).value_or(0);
      out.own = true;
      out.moved_to_heap = name != nullptr && name->form == DW_FORM_string && in_.info[name->at] == std::byte{'&'};
    }
    if (dies_.is_second(die.offset())) out.moved_to_heap = false;  // the parameter's own DIE takes over
    if (const MovedParameter* moved = dies_.moved(die.offset())) {
      out.heap_place = Attribute{DW_AT_location, moved->form, moved->location_at, moved->location_end};
    } else if (out.moved_to_heap) {
      const GoTypeDie* pointer = dies_.type(out.type);
      if (pointer != nullptr && pointer->tag == DW_TAG_pointer_type && dies_.type(pointer->target) != nullptr)
        out.type = pointer->target;
      else
        out.moved_to_heap = false;
    }
    return out;
  }

  void add_reference(const Attribute& a, const Owner& owner) {
    if (a.name != DW_AT_type) return references_.push_back(out_position(a.at));
    type_references_.push_back(out_position(a.at));
    if (owner.moved_to_heap && owner.own) {
      BytesOut pointee;
      pointee.u32(owner.type);
      replace(a.at, a.end, pointee.view());
    }
  }

  void end_chain(const Attribute& a) {
    const GoTypeDie* word = dies_.number_type("uintptr");
    if (word == nullptr) return;
    BytesOut pointee;
    pointee.u32(word->offset);
    replace(a.at, a.end, pointee.view());
  }

  Result<> rewrite_location(const Attribute& a, const InfoUnit& unit, const Owner& owner) {
    if (a.form == DW_FORM_sec_offset && (!owner.heap_place || owner.heap_place->form == a.form))
      return rewrite_list(a, unit, owner);
    if (owner.heap_place) return take_heap_place(a, *owner.heap_place);
    Bytes expression = DieCursor::block(in_.info, a);
    if (expression.empty()) return {};
    std::vector<std::byte> changed = changed_place(expression, owner);
    if (std::equal(changed.begin(), changed.end(), expression.begin(), expression.end())) return {};
    if (changed.empty()) ++out_.places_removed;
    BytesOut block;
    if (a.form == DW_FORM_block1)
      block.u8(changed.size());
    else if (a.form == DW_FORM_exprloc || a.form == DW_FORM_block)
      block.uleb(changed.size());
    else
      return {};
    block.bytes(changed);
    if (a.form != DW_FORM_block1 || changed.size() <= UINT8_MAX) replace(a.at, a.end, block.view());
    return {};
  }

  /// Moves the place into a list, in a DIE whose shape is now one with a list.
  Result<> limit_place(const Attribute& a, const Owner& owner, const std::vector<Range<FileAddr>>& pcs,
                       std::uint64_t unit_base) {
    auto place = changed_place(DieCursor::block(in_.info, a), owner);
    ++(place.empty() ? out_.places_removed : out_.places_limited);
    std::uint64_t at = lists_.add(pcs, unit_base, place);
    if (at > kMaxSection) return fail(Errc::limit, "location lists: grow beyond 4 GB");
    BytesOut list;
    list.u32(at);
    replace(a.at, a.end, list.view());
    return {};
  }

  /// The expression as a debugger should have it; empty: it is to have no place.
  std::vector<std::byte> changed_place(Bytes expression, const Owner& owner) const {
    if (owner.moved_to_heap) return dereferenced(expression).value_or(std::vector<std::byte>{});
    auto size = dies_.size_of(owner.type);
    if (size && coverage(expression, *size) == Coverage::partial) return {};
    return {expression.begin(), expression.end()};
  }

  Result<> take_heap_place(const Attribute& a, const Attribute& heap) {
    if (a.form != DW_FORM_block1) return {};
    std::optional<std::vector<std::byte>> place;
    if (heap.form == DW_FORM_block1) place = dereferenced(DieCursor::block(in_.info, heap));
    if (!place || place->size() > UINT8_MAX) place.emplace();
    ++(place->empty() ? out_.places_removed : out_.heap_variables);
    BytesOut block;
    block.u8(place->size());
    block.bytes(*place);
    replace(a.at, a.end, block.view());
    return {};
  }

  Result<> rewrite_list(const Attribute& a, const InfoUnit& unit, const Owner& owner) {
    bool on_heap = owner.moved_to_heap || owner.heap_place;
    std::uint64_t offset = number_at(owner.heap_place ? *owner.heap_place : a, unit);
    auto expressions = lists_.expressions(offset);
    if (!expressions) return pass(expressions);
    std::uint64_t size = on_heap ? 8 : dies_.size_of(owner.type).value_or(0);
    bool in_parts = false, known_size = size != 0;
    std::vector<Coverage> coverages;
    for (Bytes expression : *expressions) {
      coverages.push_back(coverage(expression, size));
      in_parts = in_parts || coverages.back() == Coverage::whole || coverages.back() == Coverage::partial;
    }
    bool part_for_whole = !in_parts && !on_heap && dies_.components(owner.type) > 1;
    auto kept = [&](Coverage c) {
      return !(known_size && c == Coverage::partial) && !(part_for_whole && c == Coverage::single);
    };
    if (!on_heap && std::all_of(coverages.begin(), coverages.end(), kept)) return {};

    std::size_t index = 0;
    auto added = lists_.add_changed(offset, [&](Bytes expression) -> std::optional<std::vector<std::byte>> {
      std::optional<std::vector<std::byte>> changed;
      if (kept(coverages[index++]))
        changed = on_heap ? dereferenced(expression)
                          : std::optional(std::vector<std::byte>(expression.begin(), expression.end()));
      if (!changed) ++out_.places_removed;
      return changed;
    });
    if (!added) return pass(added);
    if (*added > kMaxSection) return fail(Errc::limit, "location lists: grow beyond 4 GB");
    BytesOut moved;
    moved.u32(*added);
    replace(a.at, a.end, moved.view());
    return {};
  }

  std::uint64_t number_at(const Attribute& a, const InfoUnit& unit) const {
    ByteReader reader(in_.info.first(a.end), a.at);
    return read_number(reader, a.form, unit.version);
  }

  // The output is the input up to `copied_`, with the replacements made so far.

  std::size_t out_position(std::uint64_t in) const { return info_.size() + (in - copied_); }
  void copy_to(std::uint64_t in) {
    info_.bytes(in_.info.subspan(copied_, in - copied_));
    copied_ = in;
  }
  void replace(std::uint64_t begin, std::uint64_t end, Bytes with) {
    copy_to(begin);
    info_.bytes(with);
    copied_ = end;
    if (with.size() != end - begin) shifts_.push_back({end, info_.size() - end});
  }
  void replace(std::uint64_t begin, std::uint64_t end, std::initializer_list<std::byte> with) {
    replace(begin, end, Bytes(with.begin(), with.size()));
  }

  /// Where the DIE at `in` is now.
  std::uint64_t moved(std::uint64_t in) const {
    auto after = std::upper_bound(shifts_.begin(), shifts_.end(), in,
                                  [](std::uint64_t at, const Shift& shift) { return at < shift.from; });
    return after == shifts_.begin() ? in : in + std::prev(after)->by;
  }

  void move_references() {
    auto target_at = [&](std::size_t position) {
      ByteReader reader(info_.view(), position);
      return std::uint64_t{reader.u32()};
    };
    for (std::size_t position : references_) info_.put_u32(position, moved(target_at(position)));
    if (type_references_.empty()) return;

    std::vector<std::uint64_t> moved_types;
    moved_types.reserve(dies_.types().size());
    for (const GoTypeDie& type : dies_.types()) moved_types.push_back(moved(type.offset));
    TypeNames names(dies_.types(), moved_types, info_.size(), out_.abbreviations.size(), first_go_version());
    for (std::size_t position : type_references_) {
      std::uint64_t target = target_at(position);
      auto index = dies_.type_index(target);
      info_.put_u32(position, index ? names.reference(*index) : moved(target));
    }
    for (std::size_t i = 0; i < dies_.types().size(); ++i) {
      const GoTypeDie& map = dies_.types()[i];
      auto key = dies_.type_index(map.key), element = dies_.type_index(map.element);
      auto key_size = dies_.size_of(map.key), element_size = dies_.size_of(map.element);
      if (map.key == 0 || !key || !element || !key_size || !element_size) continue;
      if (*key_size > kMaxEntry || *element_size > kMaxEntry) continue;
      names.add_map_entry(i, *key, *element, *key_size, *element_size);
      ++out_.map_entries;
    }
    out_.typedefs = names.count();
    Bytes table = TypeNames::abbreviations();
    out_.abbreviations.insert(out_.abbreviations.end(), table.begin(), table.end());
    info_.bytes(std::move(names).unit());
  }

  std::uint16_t first_go_version() const {
    for (std::size_t i = 0; i < units_.size(); ++i)
      if (dies_.is_go(i)) return units_[i].version;
    return 4;
  }

  struct Shift {
    std::uint64_t from = 0, by = 0;  // `by` wraps: DIEs may move down
  };

  const DebugInfo& in_;
  const std::vector<InfoUnit>& units_;
  const GoDies& dies_;
  Declarations declarations_;
  LocationLists lists_;
  RewrittenInfo out_;
  BytesOut info_;
  std::uint64_t copied_ = 0;
  std::vector<Shift> shifts_;
  std::vector<std::size_t> references_, type_references_;  // positions in info_
};

}  // namespace

Result<RewrittenInfo> rewrite_info(const DebugInfo& in, const LineSource& lines) {
  auto units = read_units(in.info, in.abbreviations);
  if (!units) return pass(units);
  auto dies = GoDies::read(in.info, *units);
  if (!dies) return pass(dies);
  bool version4 = false, version5 = false;
  for (std::size_t i = 0; i < units->size(); ++i)
    if (dies->is_go(i)) ((*units)[i].version >= 5 ? version5 : version4) = true;
  if (version4 && version5) return fail(Errc::unsupported, ".debug_info: Go units of DWARF 4 and of DWARF 5");
  if (!dies->any_go()) return fail(Errc::not_found, ".debug_info: has no unit written in Go");
  return InfoRewriter(in, lines, *units, *dies, version5).run();
}

}  // namespace lldbgo
