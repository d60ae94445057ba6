// Go's linker writes .debug_frame from pcsp: the CFA is rsp plus a number, the return address is at CFA-8, and that is
// all (cmd/link/internal/ld/dwarf.go writeframes). C code has .eh_frame, with rules for rbp too. The one CFA expression
// met in practice is that of procedure linkage tables (binutils elfxx-x86.c): rsp + 8 + ((rip & 15) >= 11 ? 8 : 0).
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fmt/format.h>
#include <libelf.h>

#include <cstdlib>
#include <mutex>

#include "core/dwarf/debug_sections.h"
#include "core/dwarf/dwarf_info.h"

namespace lldbgo {
namespace {

constexpr int kRbp = 6, kReturnAddress = 16;
constexpr std::size_t kMaxOps = 64;

/// A register's content plus a number, or a number.
struct Term {
  std::optional<unsigned> reg;
  std::int64_t number = 0;
};

std::optional<std::int64_t> apply(unsigned atom, std::int64_t left, std::int64_t right) {
  auto l = static_cast<std::uint64_t>(left), r = static_cast<std::uint64_t>(right);
  switch (atom) {
    case DW_OP_and:
      return static_cast<std::int64_t>(l & r);
    case DW_OP_plus:
      return static_cast<std::int64_t>(l + r);
    case DW_OP_ge:
      return left >= right ? 1 : 0;
    case DW_OP_shl:
      return r < 64 ? static_cast<std::int64_t>(l << r) : 0;
    default:
      return {};
  }
}

/// What an expression comes to at `pc`; absent where it is more than a register plus a number.
std::optional<Term> evaluate(const Dwarf_Op* ops, std::size_t count, FileAddr pc) {
  std::vector<Term> stack;
  if (count > kMaxOps) return {};
  for (std::size_t i = 0; i < count; ++i) {
    const Dwarf_Op& op = ops[i];
    auto offset = static_cast<std::int64_t>(op.number);
    if (op.atom == DW_OP_bregx) {
      stack.push_back({static_cast<unsigned>(op.number), static_cast<std::int64_t>(op.number2)});
    } else if (op.atom == DW_OP_breg0 + kReturnAddress) {  // rip, the pc itself
      stack.push_back({std::nullopt, pc.offset(offset) - FileAddr()});
    } else if (op.atom >= DW_OP_breg0 && op.atom <= DW_OP_breg31) {
      stack.push_back({op.atom - DW_OP_breg0, offset});
    } else if (op.atom >= DW_OP_lit0 && op.atom <= DW_OP_lit31) {
      stack.push_back({std::nullopt, op.atom - DW_OP_lit0});
    } else if (op.atom == DW_OP_plus_uconst && !stack.empty()) {
      stack.back().number = *apply(DW_OP_plus, stack.back().number, offset);
    } else {
      if (stack.size() < 2) return {};
      Term right = stack.back();
      stack.pop_back();
      Term& left = stack.back();
      if (right.reg || (left.reg && op.atom != DW_OP_plus)) return {};
      auto number = apply(op.atom, left.number, right.number);
      if (!number) return {};
      left.number = *number;
    }
  }
  if (stack.size() != 1) return {};
  return stack.back();
}

/// The CFA offset of a register's slot; absent where its rule is not `CFA + number`.
std::optional<std::int64_t> slot(const Dwarf_Op* ops, std::size_t count) {
  if (count == 0 || ops[0].atom != DW_OP_call_frame_cfa) return {};
  if (count == 1) return 0;
  if (count == 2 && ops[1].atom == DW_OP_plus_uconst) return static_cast<std::int64_t>(ops[1].number);
  return {};
}

struct FreeFrame {
  void operator()(Dwarf_Frame* frame) const { std::free(frame); }
};

}  // namespace

struct CallFrameInfo::Impl {
  std::mutex mutex;
  std::shared_ptr<const ElfFile> file;  // .eh_frame is read in place
  std::optional<DebugSections> debug_frame;
  Elf* elf = nullptr;
  Dwarf_CFI* eh_cfi = nullptr;

  ~Impl() {
    if (eh_cfi != nullptr) dwarf_cfi_end(eh_cfi);
    if (elf != nullptr) elf_end(elf);
  }
  Result<CfiRow> row(Dwarf_CFI* cfi, FileAddr pc);
};

Result<std::shared_ptr<const CallFrameInfo>> CallFrameInfo::open(std::shared_ptr<const ElfFile> elf) {
  auto impl = std::make_unique<Impl>();
  auto sections = DebugSections::open(*elf, {"frame"});
  if (sections) impl->debug_frame.emplace(std::move(*sections));
  Bytes image = elf->image();
  elf_version(EV_CURRENT);
  impl->elf = elf_memory(const_cast<char*>(reinterpret_cast<const char*>(image.data())), image.size());
  if (impl->elf != nullptr) impl->eh_cfi = dwarf_getcfi_elf(impl->elf);
  if (!impl->debug_frame && impl->eh_cfi == nullptr)
    return fail(Errc::not_found, elf->path() + ": has no call frame information");
  impl->file = std::move(elf);
  return std::shared_ptr<const CallFrameInfo>(new CallFrameInfo(std::move(impl)));
}

CallFrameInfo::CallFrameInfo(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CallFrameInfo::~CallFrameInfo() = default;

Result<CfiRow> CallFrameInfo::Impl::row(Dwarf_CFI* cfi, FileAddr pc) {
  Dwarf_Frame* raw = nullptr;
  if (cfi == nullptr || dwarf_cfi_addrframe(cfi, pc.value, &raw) != 0)
    return fail(Errc::not_found, fmt::format("{:#x}: no call frame information", pc.value));
  std::unique_ptr<Dwarf_Frame, FreeFrame> frame(raw);
  auto unsupported = [&](const char* what) {
    return fail(Errc::unsupported,
                fmt::format("{:#x}: call frame information has a rule for {} we do not follow", pc.value, what));
  };
  Dwarf_Op* ops = nullptr;
  std::size_t count = 0;
  if (dwarf_frame_cfa(frame.get(), &ops, &count) != 0 || count == 0) return unsupported("the CFA");
  auto cfa = evaluate(ops, count, pc);
  if (!cfa || !cfa->reg) return unsupported("the CFA");

  CfiRow out;
  out.cfa_register = *cfa->reg;
  out.cfa_offset = cfa->number;
  out.from_eh_frame = cfi == eh_cfi;
  Dwarf_Addr lo = 0, hi = 0;
  int return_register = dwarf_frame_info(frame.get(), &lo, &hi, &out.signal_frame);

  Dwarf_Op memory[3];
  if (return_register < 0 || dwarf_frame_register(frame.get(), return_register, memory, &ops, &count) != 0)
    return unsupported("the return address");
  auto at = slot(ops, count);
  if (!at) return unsupported("the return address");
  out.return_address_offset = *at;
  if (dwarf_frame_register(frame.get(), kRbp, memory, &ops, &count) == 0) {
    out.rbp_offset = slot(ops, count);
    // Where .debug_frame has no rule, libdw answers the ABI's default, which Go does not follow.
    out.rbp_same = out.from_eh_frame && count == 0 && ops == nullptr;
  }
  return out;
}

Result<CfiRow> CallFrameInfo::row(FileAddr pc) const {
  std::lock_guard lock(impl_->mutex);
  if (impl_->debug_frame) {
    auto found = impl_->row(dwarf_getcfi(impl_->debug_frame->dwarf()), pc);
    if (found || found.error().code != Errc::not_found) return found;
  }
  return impl_->row(impl_->eh_cfi, pc);
}

}  // namespace lldbgo
