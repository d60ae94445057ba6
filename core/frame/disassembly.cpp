#include "core/frame/disassembly.h"

#include "core/base/text.h"
#include "core/frame/code_notes.h"
#include "core/frame/operand_names.h"

namespace lldbgo {
namespace {

// Symbols as objdump has them; a stripped program has its line table.
class CodeSymbols {
 public:
  explicit CodeSymbols(const GoImage& image) : image_(image) {}

  std::optional<CoveringSymbol> find(std::uint64_t address) {
    FileAddr at(address);
    if (auto symbol = image_.elf().symbol_at(at)) {
      name_ = printable(symbol->name);
      return CoveringSymbol{name_, symbol->address.value};
    }
    if (image_.elf().has_symtab()) return std::nullopt;
    auto f = image_.pclntab().find(at);
    if (!f) return std::nullopt;
    name_ = printable(f->name);
    return CoveringSymbol{name_, f->entry.value};
  }

 private:
  const GoImage& image_;
  std::string name_;  // of the last answer
};

// The value of a pc-value table from one pc to the next, in ascending order.
template <class Row>
class Cursor {
 public:
  explicit Cursor(std::vector<Row> rows) : rows_(std::move(rows)) {}
  const Row* at(FileAddr pc) {
    while (next_ < rows_.size() && rows_[next_].pcs.hi <= pc) ++next_;
    return next_ < rows_.size() && rows_[next_].pcs.contains(pc) ? &rows_[next_] : nullptr;
  }

 private:
  std::vector<Row> rows_;
  std::size_t next_ = 0;
};

class Disassembly {
 public:
  Disassembly(const GoImage& image, const Func& f, Bytes code)
      : image_(image), f_(f), code_(code), symbols_(image), places_(image, f) {
    plain_.symbol = [this](std::uint64_t address) { return symbols_.find(address); };
    named_.symbol = plain_.symbol;
    named_.branch = [this](std::uint64_t target) { return branch(FileAddr(target)); };
    named_.memory = [this](const MemoryOperand& op) { return memory(op); };
  }

  Result<std::vector<DisassembledInstruction>> run() {
    auto lines = image_.pclntab().lines(f_);
    if (!lines) return pass(lines);
    auto depths = image_.pclntab().sp_delta_ranges(f_);
    if (!depths) return pass(depths);
    Cursor<LineRange> line(std::move(*lines));
    Cursor<PcdataRange> depth(std::move(*depths));
    auto notes = code_notes(image_, f_, code_, places_);
    std::vector<DisassembledInstruction> out;
    for (std::uint64_t offset = 0; offset < code_.size();) {
      DisassembledInstruction& insn = out.emplace_back();
      insn.pc = f_.entry + offset;
      insn.offset = offset;
      std::size_t size = plan9_text(code_.subspan(offset), insn.pc.value, plain_, insn.text);
      insn.bytes = code_.subspan(offset, size);
      at_ = insn.pc;
      next_ = insn.pc + size;
      const PcdataRange* here = depth.at(insn.pc);
      depth_ = here != nullptr && here->value >= 0 ? std::optional<std::int64_t>(here->value) : std::nullopt;
      access_.reset();
      plan9_text(code_.subspan(offset), insn.pc.value, named_, insn.symbolic);
      insn.frame = access_;
      if (const LineRange* range = line.at(insn.pc)) insn.where = range->where;
      if (auto note = notes.find(offset); note != notes.end()) insn.note = std::move(note->second);
      offset += size;
    }
    return out;
  }

 private:
  std::string branch(FileAddr target) {
    auto callee = image_.pclntab().find(target);
    if (!callee || target >= callee->entry + code_size(image_, *callee)) return "";
    std::string name = printable(callee->name);
    if (target == callee->entry) return name + (is_abi0(image_, *callee) == true ? "<ABI0>(SB)" : "(SB)");
    return name + '+' + std::to_string(target - callee->entry) + "(SB)";
  }

  // SP is fp - 8 - depth.
  std::string memory(const MemoryOperand& op) {
    if (op.base != Reg::rsp || !depth_) return "";
    std::int64_t from_fp = op.displacement - 8 - *depth_;
    if (!op.index && !op.address && op.size != 0) access_ = DisassembledInstruction::FrameAccess{from_fp, op.size};
    // Below SP is only what the stack check of a large frame computes.
    std::string_view name = op.displacement < 0 ? "" : places_.name(from_fp, at_, next_);
    if (name.empty()) return "";
    bool argument = from_fp >= 0;
    return std::string(name) + '+' + std::to_string(argument ? from_fp : op.displacement) +
           (argument ? "(FP)" : "(SP)");
  }

  const GoImage& image_;
  const Func& f_;
  Bytes code_;
  CodeSymbols symbols_;
  OperandPlaces places_;
  OperandNames plain_, named_;
  FileAddr at_, next_;
  std::optional<std::int64_t> depth_;
  std::optional<DisassembledInstruction::FrameAccess> access_;
};

}  // namespace

std::uint64_t code_size(const GoImage& image, const Func& f) {
  std::uint64_t room = Range<FileAddr>{f.entry, f.end}.size();
  if (auto symbol = image.elf().symbol_at(f.entry); symbol && symbol->address == f.entry && symbol->size != 0) {
    return std::min(symbol->size, room);
  }
  Bytes code = image.elf().bytes_from(f.entry, room);
  while (code.size() > 1 && code.back() == std::byte{0xcc}) code = code.first(code.size() - 1);
  return code.size();
}

Result<std::vector<DisassembledInstruction>> disassemble(const GoImage& image, const Func& f, Bytes code) {
  return Disassembly(image, f, code).run();
}

}  // namespace lldbgo
