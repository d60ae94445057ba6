#include "core/translate/call_frames.h"

#include <dwarf.h>

#include <algorithm>
#include <map>
#include <optional>

#include "core/insn/prologue.h"
#include "core/translate/bytes_out.h"

namespace lldbgo {
namespace {

constexpr std::uint8_t kRbp = 6, kRsp = 7, kRip = 16;
constexpr std::int64_t kGoDataAlign = -4;

/// CFA offset from some pc offset on.
struct Row {
  std::uint64_t at = 0;
  std::int64_t cfa = 8;
};

/// The rows of an FDE that does nothing but move the CFA, as all of the Go linker's; absent for any other.
std::optional<std::vector<Row>> cfa_rows(ByteReader program) {
  std::vector<Row> rows;
  std::uint64_t at = 0;
  while (program.remaining() > 0) {
    std::uint8_t op = program.u8();
    if ((op & 0xc0) == DW_CFA_advance_loc) {
      at += op & 0x3f;
    } else if (op == DW_CFA_advance_loc1) {
      at += program.u8();
    } else if (op == DW_CFA_advance_loc2) {
      at += program.u16();
    } else if (op == DW_CFA_advance_loc4) {
      at += program.u32();
    } else if (op == DW_CFA_def_cfa_offset_sf) {
      std::uint64_t raw = 0;
      unsigned shift = 0;
      std::uint8_t byte = 0;
      do {
        byte = program.u8();
        raw |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        shift += 7;
      } while ((byte & 0x80) != 0 && shift < 63);
      if ((byte & 0x40) != 0) raw |= ~std::uint64_t{0} << shift;
      rows.push_back({at, static_cast<std::int64_t>(raw * static_cast<std::uint64_t>(kGoDataAlign))});
    } else if (op != DW_CFA_nop) {
      return {};
    }
    if (!program.ok()) return {};
  }
  return rows;
}

class Program {
 public:
  void advance_to(std::uint64_t at) {
    std::uint64_t delta = at - at_;
    if (delta == 0) return;
    if (delta < 0x40) {
      out_.u8(DW_CFA_advance_loc | delta);
    } else if (delta <= UINT8_MAX) {
      out_.u8(DW_CFA_advance_loc1);
      out_.u8(delta);
    } else if (delta <= UINT16_MAX) {
      out_.u8(DW_CFA_advance_loc2);
      out_.u16(delta);
    } else {
      out_.u8(DW_CFA_advance_loc4);
      out_.u32(delta);
    }
    at_ = at;
  }
  void cfa_offset(std::int64_t offset) {
    out_.u8(DW_CFA_def_cfa_offset_sf);
    out_.sleb(offset / kGoDataAlign);
  }
  /// What the CIE says, after other rules.
  void ordinary(std::int64_t cfa) {
    out_.u8(DW_CFA_def_cfa_sf);
    out_.uleb(kRsp);
    out_.sleb(cfa / kGoDataAlign);
    at_cfa(kRip, -8);
  }
  void at_cfa(std::uint8_t reg, std::int64_t offset) {
    out_.u8(DW_CFA_offset | reg);
    out_.uleb(static_cast<std::uint64_t>(offset / kGoDataAlign));
  }
  void same(std::uint8_t reg) {
    out_.u8(DW_CFA_same_value);
    out_.uleb(reg);
  }
  void other(Bytes program) { out_.bytes(program); }
  Bytes view() const { return out_.view(); }

 private:
  BytesOut out_;
  std::uint64_t at_ = 0;
};

/// The rules at one pc offset.
struct Rules {
  std::int64_t cfa = 8;               ///< from SP
  bool rbp_saved = false;             ///< at [CFA-16]
  const FrameRules* other = nullptr;  ///< these instead (with the place of the return address and RBP above, unless
                                      ///< they say another one)
  bool operator==(const Rules&) const = default;
};

/// The rows with the place of RBP: [CFA-16] from the instruction on that saved it there, wherever there is a frame.
Program with_saved_rbp(const std::vector<Row>& rows, const Prologue& prologue, const SpecialFrame* special) {
  std::vector<std::uint64_t> changes;
  for (const Row& row : rows) changes.push_back(row.at);
  if (prologue.saves_bp) changes.push_back(prologue.bp_saved_at);
  if (special != nullptr)
    for (const FrameRules& rules : special->rules) changes.insert(changes.end(), {rules.begin, rules.end});
  std::sort(changes.begin(), changes.end());
  changes.erase(std::unique(changes.begin(), changes.end()), changes.end());

  Program out;
  Rules before;
  std::size_t row = 0;
  for (std::uint64_t at : changes) {
    Rules now;
    while (row < rows.size() && rows[row].at <= at) ++row;
    if (row > 0) now.cfa = rows[row - 1].cfa;
    now.rbp_saved = prologue.saves_bp && now.cfa >= 16 && at >= prologue.bp_saved_at;
    if (special != nullptr)
      for (const FrameRules& rules : special->rules)
        if (rules.begin <= at && at < rules.end) now.other = &rules;
    if (now == before && at != 0) continue;
    out.advance_to(at);
    if (now.other != before.other)
      out.ordinary(now.cfa);
    else if (now.cfa != before.cfa || at == 0)
      out.cfa_offset(now.cfa);
    if (now.rbp_saved != before.rbp_saved || now.other != before.other) {
      if (now.rbp_saved)
        out.at_cfa(kRbp, -16);
      else
        out.same(kRbp);
    }
    if (now.other != nullptr) out.other(now.other->program);
    before = now;
  }
  return out;
}

class Rewriter {
 public:
  Rewriter(Bytes section, const FrameSource& source) : section_(section), source_(source) {
    out_.reserve(section.size() + section.size() / 2);
  }

  Result<std::vector<std::byte>> run() {
    ByteReader reader(section_);
    while (reader.remaining() >= 4) {
      std::size_t begin = reader.offset();
      std::uint32_t length = reader.u32();
      if (length == 0xffffffff) return fail(Errc::unsupported, ".debug_frame: has entries of 64-bit DWARF");
      Bytes body = reader.take(length);
      if (!reader.ok()) return fail(Errc::malformed, ".debug_frame: an entry ends behind the section");
      if (length == 0) continue;
      ByteReader entry(body);
      std::uint32_t id = entry.u32();
      if (id == UINT32_MAX)
        add_cie(begin, body);
      else if (auto added = add_fde(id, body); !added)
        return pass(added);
    }
    return std::move(out_).take();
  }

 private:
  void add_cie(std::size_t begin, Bytes body) {
    ByteReader r(body, 4);
    std::uint8_t version = r.u8();
    std::string_view augmentation = r.c_string(64);
    if (version >= 4) r.skip(2);  // address and segment sizes
    std::uint64_t code_align = r.uvarint(), data_align = r.uvarint() & 0x7f, return_register = r.uvarint();
    bool go = r.ok() && augmentation.empty() && code_align == 1 && data_align == (kGoDataAlign & 0x7f) &&
              return_register == 16;
    cies_[begin] = {out_.size(), go};
    out_.u32(body.size());
    out_.bytes(body);
  }

  Result<> add_fde(std::uint32_t cie_at, Bytes body) {
    auto cie = cies_.find(cie_at);
    if (cie == cies_.end()) return fail(Errc::malformed, ".debug_frame: an entry's CIE does not come before it");
    ByteReader r(body, 4);
    FileAddr start(r.u64());
    std::uint64_t size = r.u64();
    Bytes head = r.ok() ? body.subspan(4, 16) : Bytes{};
    std::optional<std::vector<Row>> rows;
    if (cie->second.go && r.ok()) rows = cfa_rows(ByteReader(body, r.offset()));
    const SpecialFrame* special = rows ? source_.special(start) : nullptr;
    bool signal_frame = special != nullptr && special->signal_frame;
    std::size_t cie_now = signal_frame ? signal_cie() : cie->second.at;
    std::size_t begin = out_.size();
    out_.u32(0);
    out_.u32(cie_now);
    if (!rows) {
      out_.bytes(body.subspan(std::min<std::size_t>(4, body.size())));
    } else {
      out_.bytes(head);
      if (signal_frame) out_.uleb(0);  // no augmentation data
      Bytes code = source_.code({start, start + size});
      out_.bytes(with_saved_rbp(*rows, find_prologue(code), special).view());
    }
    pad(begin);
    return {};
  }

  /// Go's CIE for a frame whose caller's pc was about to execute.
  std::size_t signal_cie() {
    if (!signal_cie_) {
      std::size_t begin = out_.size();
      signal_cie_ = begin;
      out_.u32(0);
      out_.u32(UINT32_MAX);
      out_.u8(3);  // version
      out_.c_string("zS");
      out_.uleb(1);  // code alignment
      out_.sleb(kGoDataAlign);
      out_.uleb(kRip);
      out_.uleb(0);  // no augmentation data
      Program initial;
      initial.ordinary(8);
      out_.bytes(initial.view());
      pad(begin);
    }
    return *signal_cie_;
  }

  void pad(std::size_t begin) {
    while ((out_.size() - begin) % 8 != 4) out_.u8(DW_CFA_nop);
    out_.put_u32(begin, out_.size() - begin - 4);
  }

  struct Cie {
    std::size_t at = 0;  // in the output
    bool go = false;
  };
  Bytes section_;
  const FrameSource& source_;
  BytesOut out_;
  std::map<std::size_t, Cie> cies_;
  std::optional<std::size_t> signal_cie_;
};

}  // namespace

Result<std::vector<std::byte>> rewrite_call_frames(Bytes debug_frame, const FrameSource& source) {
  return Rewriter(debug_frame, source).run();
}

}  // namespace lldbgo
