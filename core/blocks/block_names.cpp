#include "core/blocks/block_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/frame/dwarf_repair.h"

namespace lldbgo {
namespace {

std::string with_offset(std::string name, std::int64_t offset) {
  return offset == 0 ? name : name + signed_hex(offset);
}

std::string symbol_text(const GoImage& image, FileAddr at) {
  auto symbol = image.elf().symbol_at(at);
  if (!symbol || symbol->name.empty()) return {};
  return with_offset(printable(symbol->name, 200), at - symbol->address);
}

/// Bytes from fp of what lies at SP + `offset` at code offset `at`.
std::optional<std::int64_t> from_fp(const GoImage& image, const Func& func, std::uint64_t at, std::int64_t offset) {
  auto delta = image.pclntab().sp_delta(func, func.entry + at);
  if (!delta || offset > INT32_MAX || offset < INT32_MIN) return std::nullopt;
  return offset - static_cast<std::int64_t>(*delta) - 8;
}

struct Candidate {
  const Variable* variable = nullptr;
  std::int64_t into = 0;  // from the variable's start
};

std::vector<const Variable*> variables(const FunctionInfo& info) {
  std::vector<const Variable*> out;
  for (const Variable& v : info.locals) out.push_back(&v);
  for (const Variable& v : info.parameters) out.push_back(&v);
  std::reverse(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(info.locals.size()));  // inner scopes first
  return out;
}

/// The variable whose home covers fp_offset: of that very size if there is one, else the smallest. Absent also where
/// two share the place (from Go 1.23 on variables that are not live at once do).
std::optional<Candidate> at_home(const FunctionInfo& info, std::int64_t fp_offset, std::uint64_t bytes) {
  std::optional<Candidate> best;
  bool tied = false;
  auto rank = [&](const Candidate& c) {
    bool fits = c.into == 0 && c.variable->type->size == bytes;
    return std::pair(!fits, c.variable->type->size);
  };
  for (const Variable* v : variables(info)) {
    if (!v->type || v->type->size == 0 || v->escaped) continue;
    std::vector<std::int64_t> homes = v->frame_homes;
    if (v->pieces.size() == 1 && v->pieces[0].where == Piece::Where::frame) homes.push_back(v->pieces[0].cfa_offset);
    for (std::int64_t home : homes) {
      std::int64_t into = fp_offset - home;
      if (home > INT32_MAX || home < INT32_MIN || into < 0 || static_cast<std::uint64_t>(into) >= v->type->size)
        continue;
      Candidate c{v, into};
      if (!best || rank(c) < rank(*best)) {
        best = c;
        tied = false;
      } else if (rank(c) == rank(*best) && (v != best->variable || into != best->into)) {
        tied = true;
      }
    }
  }
  return tied ? std::nullopt : best;
}

bool leads_somewhere(const Variable& v) {
  return v.escaped || (v.type && (v.type->kind == TypeKind::pointer || v.type->kind == TypeKind::unsafe_pointer));
}

std::string pointee_name(const Variable& v, std::int64_t offset) {
  // An escaped variable is spelled &x: its place holds the address of x.
  std::string name = v.escaped ? v.name.substr(v.name.rfind('&') + 1) : fmt::format("*{}", v.name);
  return with_offset(printable(name, 200), offset);
}

std::string origin_name(const GoImage& image, const Func& func, const Place::Origin& origin) {
  auto info = repaired_function(*image.dwarf(), func.entry + origin.at);
  if (!info) return {};
  if (origin.slot) {
    auto fp = from_fp(image, func, origin.at, *origin.slot);
    if (!fp) return {};
    for (const Variable* v : variables(*info)) {
      if (!leads_somewhere(*v)) continue;
      bool here =
          std::find(v->frame_homes.begin(), v->frame_homes.end(), *fp) != v->frame_homes.end() ||
          (v->pieces.size() == 1 && v->pieces[0].where == Piece::Where::frame && v->pieces[0].cfa_offset == *fp);
      if (here) return pointee_name(*v, origin.offset);
    }
    return {};
  }
  for (const Variable* v : variables(*info)) {
    if (!leads_somewhere(*v) || v->pieces.size() != 1 || v->pieces[0].where != Piece::Where::reg) continue;
    if (v->pieces[0].dwarf_register == static_cast<unsigned>(origin.reg)) return pointee_name(*v, origin.offset);
  }
  return {};
}

}  // namespace

std::string place_name(const GoImage& image, const Func& func, const BlockSite& site, const Place& place) {
  if (place.base == Place::Base::image) return symbol_text(image, place.address);
  if (image.dwarf() == nullptr || place.base == Place::Base::word) return {};
  if (place.reg != Reg::rsp) return place.origin ? origin_name(image, func, *place.origin) : std::string();
  auto fp = from_fp(image, func, site.begin, place.offset);
  // A variable that the operation initialises is in scope only behind it.
  for (std::uint64_t at : {site.begin, site.end}) {
    auto info = repaired_function(*image.dwarf(), func.entry + at);
    if (!fp || !info) continue;
    if (auto found = at_home(*info, *fp, site.bytes.value_or(0)))
      return with_offset(printable(found->variable->name, 200), found->into);
  }
  return {};
}

std::string place_text(const GoImage& image, const Place& place) {
  switch (place.base) {
    case Place::Base::image: {
      std::string symbol = symbol_text(image, place.address);
      return symbol.empty() ? hex(place.address.value) : symbol;
    }
    case Place::Base::word:
      return fmt::format("*({})", with_offset(go_reg_name(place.reg), place.offset));
    case Place::Base::reg:
      break;
  }
  return with_offset(go_reg_name(place.reg), place.offset);
}

}  // namespace lldbgo
