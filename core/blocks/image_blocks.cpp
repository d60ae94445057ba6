#include "core/blocks/image_blocks.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/gofacts/pclntab_facts.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kLongestFunction = 1 << 20;
// Twice what any version had.
constexpr std::uint64_t kLongestRoutine = 2048;

bool is_assembly(const Pclntab& table, const Func& func) {
  if (func.flags.assembly) return true;
  auto line = table.line(func, func.entry);
  return line && line->file.size() > 2 && line->file.substr(line->file.size() - 2) == ".s";
}

std::string mismatch(const DuffFacts& facts, const DuffRoutine& r) {
  bool zero = r.kind == DuffKind::zero;
  std::uint64_t size = zero ? facts.zero_size : facts.copy_size, blocks = zero ? facts.zero_blocks : facts.copy_blocks;
  unsigned xmm = zero ? facts.zero_xmm : facts.copy_xmm;
  if (!facts.exists) return "this version should have none";
  if (r.size() != size) return fmt::format("{} bytes of code instead of {}", r.size(), size);
  if (r.blocks() != blocks) return fmt::format("{} blocks instead of {}", r.blocks(), blocks);
  if (r.xmm != xmm) return fmt::format("stores X{} instead of X{}", r.xmm, xmm);
  if (r.entries.front().bytes != facts.longest)
    return fmt::format("writes at most {} bytes instead of {}", r.entries.front().bytes, facts.longest);
  return {};
}

}  // namespace

ImageBlocks::ImageBlocks(std::shared_ptr<const GoImage> image)
    : image_(std::move(image)), facts_(duff_facts(image_->version())) {
  find_duff();
  context_.register_abi = image_->register_abi();
  for (const DuffInImage& d : duff_) context_.duff.push_back({d.at, &d.routine});
  const Pclntab& table = image_->pclntab();
  constexpr std::pair<const char*, BlockDevice> kCallees[] = {
      {"runtime.memclrNoHeapPointers", BlockDevice::memclr},
      {"runtime.memclrHasPointers", BlockDevice::memclr},
      {"runtime.memmove", BlockDevice::memmove},
  };
  for (auto [name, device] : kCallees) {
    for (const Func& f : table.named(name)) context_.callees.push_back({f.entry, device});
  }
  std::sort(context_.callees.begin(), context_.callees.end(),
            [](const auto& a, const auto& b) { return a.entry < b.entry; });
}

Bytes ImageBlocks::code(const Func& func) const {
  return image_->elf().bytes_from(func.entry, std::min(func.end.value - func.entry.value, kLongestFunction));
}

std::optional<DuffInImage> ImageBlocks::decoded(const Func& func) const {
  if (func.end.value - func.entry.value > kLongestRoutine) return std::nullopt;
  auto routine = decode_duff_routine(code(func));
  if (!routine) return std::nullopt;
  DuffInImage out;
  out.at = func.entry;
  out.name = routine->kind == DuffKind::zero ? "runtime.duffzero" : "runtime.duffcopy";
  out.by_code = func.name != out.name;
  out.mismatch = mismatch(facts_, *routine);
  out.routine = std::move(*routine);
  return out;
}

void ImageBlocks::find_duff() {
  const Pclntab& table = image_->pclntab();
  for (const char* name : {"runtime.duffzero", "runtime.duffcopy"}) {
    for (const Func& f : table.named(name)) {
      if (auto found = decoded(f)) duff_.push_back(std::move(*found));
    }
  }
  if (!duff_.empty() || !facts_.exists) return;
  // Names can be mangled, code cannot.
  for (std::size_t i = 0; i < table.function_count() && duff_.size() < 2; ++i) {
    auto f = table.at(i);
    if (!f) continue;
    std::uint64_t size = f->end.value - f->entry.value;
    if (size < std::min(facts_.zero_size, facts_.copy_size)) continue;
    if (auto found = decoded(*f)) duff_.push_back(std::move(*found));
  }
}

const DuffInImage* ImageBlocks::duff_at(FileAddr pc) const {
  for (const DuffInImage& d : duff_) {
    if (pc >= d.at && pc < d.at + d.routine.size()) return &d;
  }
  return nullptr;
}

const DuffInImage* ImageBlocks::duff_of(BlockDevice device) const {
  DuffKind kind = device == BlockDevice::duffcopy ? DuffKind::copy : DuffKind::zero;
  for (const DuffInImage& d : duff_) {
    if (is_duff(device) && d.routine.kind == kind) return &d;
  }
  return nullptr;
}

std::vector<BlockSite> ImageBlocks::sites(const Func& func) const {
  if (duff_at(func.entry) != nullptr) return {};
  BlockContext context = context_;
  context.compiled = !is_assembly(image_->pclntab(), func);
  if (auto lines = image_->pclntab().lines(func)) {
    for (const LineRange& line : *lines) context.lines.push_back(line.pcs.lo.value - func.entry.value);
  }
  return find_block_sites(code(func), func.entry, context);
}

bool ImageBlocks::may_call_duff(const Func& func) const {
  Bytes bytes = code(func);
  // CALL rel32, or LEAQ rel32(IP), R15 in what is linked dynamically.
  for (std::size_t i = 0; i + 5 <= bytes.size(); ++i) {
    bool call = bytes[i] == std::byte{0xe8};
    bool lea = i > 0 && bytes[i] == std::byte{0x3d} && bytes[i - 1] == std::byte{0x8d};
    if (!call && !lea) continue;
    ByteReader reader(bytes, i + 1);
    if (duff_at((func.entry + i + 5).offset(reader.i32())) != nullptr) return true;
  }
  return false;
}

std::string callee_name(const GoImage& image, const BlockSite& site) {
  if (!site.target) return {};
  auto func = image.pclntab().find(*site.target);
  return func ? printable(func->name, 200) : std::string();
}

}  // namespace lldbgo
