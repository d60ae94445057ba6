#include "core/translate/declared.h"

#include <dwarf.h>

#include <algorithm>
#include <string>
#include <utility>

namespace lldbgo {
namespace {

bool in_frame(Bytes expression) {
  return !expression.empty() &&
         (expression[0] == std::byte{DW_OP_fbreg} || expression[0] == std::byte{DW_OP_call_frame_cfa});
}

constexpr std::size_t kMaxDepth = 256, kMaxRanges = 1024;
// Behind so many stretches no earlier line is looked for: functions of thousands of variables have tens of thousands.
constexpr std::size_t kMaxWalked = 48;

}  // namespace

void Declarations::pass(const DieCursor& die) {
  if (die.is_end_of_children()) {
    if (!scopes_.empty()) scopes_.pop_back();
    return;
  }
  if (die.tag() == DW_TAG_compile_unit) enter_unit(die);
  if (die.tag() == DW_TAG_subprogram) enter_function(die);
  if (!function_ || !die.has_children()) return;
  if (scopes_.size() == kMaxDepth) return function_.reset();
  Code scope = scopes_.empty() ? Code{*function_} : scopes_.back();
  if (die.tag() == DW_TAG_lexical_block) {
    if (auto ranges = die.number(DW_AT_ranges)) {
      if (Code code = listed(*ranges); !code.empty()) scope = code;
    } else if (auto range = low_to_high(die)) {
      scope = {*range};
    }
  }
  scopes_.push_back(std::move(scope));
}

void Declarations::enter_unit(const DieCursor& compile_unit) {
  function_.reset();
  scopes_.clear();
  optimized_ = true;
  base_ = compile_unit.number(DW_AT_low_pc).value_or(0);
  address_base_ = compile_unit.number(DW_AT_addr_base).value_or(0);
  const DieCursor::Attribute* producer = compile_unit.find(DW_AT_producer);
  if (producer == nullptr || producer->form != DW_FORM_string) return;
  // "Go cmd/compile go1.24.4; -N -l regabi"
  ByteReader reader(info_.first(producer->end), producer->at);
  std::string words = std::string(reader.c_string()) + " ";
  optimized_ = words.find(" -N ") == std::string::npos;
}

void Declarations::enter_function(const DieCursor& subprogram) {
  scopes_.clear();
  lines_read_ = false;
  function_ = optimized_ ? std::nullopt : low_to_high(subprogram);
}

std::optional<Range<FileAddr>> Declarations::low_to_high(const DieCursor& die) const {
  const DieCursor::Attribute *low = die.find(DW_AT_low_pc), *high = die.find(DW_AT_high_pc);
  if (low == nullptr || high == nullptr) return std::nullopt;
  std::uint64_t lo = *die.number(DW_AT_low_pc), hi = *die.number(DW_AT_high_pc);
  if (low->form == DW_FORM_addrx) {
    if (lo > addresses_.size()) return std::nullopt;
    ByteReader reader(addresses_, address_base_ + lo * 8);
    lo = reader.u64();
    if (!reader.ok()) return std::nullopt;
  }
  if (high->form != DW_FORM_addr) hi += lo;
  return lo < hi ? std::optional(Range<FileAddr>{FileAddr(lo), FileAddr(hi)}) : std::nullopt;
}

// A list of .debug_ranges. Empty: there is none, as in DWARF 5.
Declarations::Code Declarations::listed(std::uint64_t offset) const {
  Code out;
  ByteReader reader(ranges_, offset);
  std::uint64_t base = base_;
  while (out.size() < kMaxRanges) {
    std::uint64_t lo = reader.u64(), hi = reader.u64();
    if (!reader.ok()) return {};
    if (lo == 0 && hi == 0) break;
    if (lo == UINT64_MAX)
      base = hi;
    else if (lo < hi)
      out.push_back({FileAddr(base + lo), FileAddr(base + hi)});
  }
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.lo < b.lo; });
  return out;
}

std::vector<Range<FileAddr>> Declarations::pcs_of(const DieCursor& variable) {
  const DieCursor::Attribute* place = variable.find(DW_AT_location);
  if (!function_ || place == nullptr || !in_frame(DieCursor::block(info_, *place)) || lines().empty()) return {};
  const std::uint64_t first_line = lines().front().line;
  std::uint64_t declared = variable.number(DW_AT_decl_line).value_or(0);
  if (variable.tag() == DW_TAG_formal_parameter) {
    const DieCursor::Attribute* result = variable.find(DW_AT_variable_parameter);
    if (result == nullptr || result->form != DW_FORM_flag || info_[result->at] == std::byte{0}) return {};
    declared = first_line;
  }
  auto pcs = behind(declared);
  // What a closure has captured was declared elsewhere; the closure's first line copies it.
  bool captured = !pcs && scopes_.size() <= 1 && variable.tag() == DW_TAG_variable;
  return (captured ? behind(first_line) : pcs).value_or(Code{});
}

// Where code of the scope runs with the declaration on that line behind it; absent: the scope has no such line.
std::optional<Declarations::Code> Declarations::behind(std::uint64_t declared) {
  const std::vector<Stretch>& stretches = lines();
  Code out;
  bool seen = false, done = false;
  auto add = [&](Range<FileAddr> pcs) {
    if (!out.empty() && out.back().hi == pcs.lo)
      out.back().hi = pcs.hi;
    else
      out.push_back(pcs);
  };
  const Code whole{*function_};
  for (Range<FileAddr> code : scopes_.empty() ? whole : scopes_.back()) {
    auto stretch = std::upper_bound(stretches.begin(), stretches.end(), code.lo,
                                    [](FileAddr pc, const Stretch& line) { return pc < line.pcs.hi; });
    if (!seen) {
      auto from = numbers_.begin() + (stretch - stretches.begin());
      stretch += std::find(from, numbers_.end(), declared) - from;
    }
    std::size_t walked = 0;
    for (; stretch != stretches.end() && stretch->pcs.lo < code.hi; ++stretch) {
      seen = seen || stretch->line == declared;
      done = done || (seen && stretch->line > declared);
      if (!done || (stretch->line != 0 && stretch->line < declared)) continue;
      FileAddr lo = std::max(stretch->pcs.lo, code.lo);
      if (stretch->earliest >= declared || ++walked > kMaxWalked) {
        add({lo, std::min(code.hi, stretches.back().pcs.hi)});
        break;
      }
      add({lo, std::min(stretch->pcs.hi, code.hi)});
    }
  }
  return seen ? std::optional(out) : std::nullopt;
}

const std::vector<Declarations::Stretch>& Declarations::lines() {
  if (std::exchange(lines_read_, true)) return lines_;
  lines_.clear();
  if (lines_left_ == 0) return lines_;
  std::vector<LineRange> read = source_.lines(function_->lo);
  lines_left_ -= std::min(lines_left_, read.size());
  for (const LineRange& l : read) {
    const std::string_view file = l.where.file, own = read.front().where.file;
    bool here = (file.data() == own.data() && file.size() == own.size()) || file == own;
    lines_.push_back({l.pcs, here ? static_cast<std::uint64_t>(std::max(l.where.line, 0)) : 0, 0});
  }
  // The call of morestack, at the end of the function, belongs to its first line and comes before all else.
  if (lines_.size() > 1 && lines_.back().line == lines_.front().line) lines_.pop_back();
  numbers_.clear();
  for (const Stretch& stretch : lines_) numbers_.push_back(stretch.line);
  std::uint64_t earliest = UINT64_MAX;
  for (auto stretch = lines_.rbegin(); stretch != lines_.rend(); ++stretch) {
    if (stretch->line != 0) earliest = std::min(earliest, stretch->line);
    stretch->earliest = earliest;
  }
  return lines_;
}

}  // namespace lldbgo
