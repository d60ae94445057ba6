#include "core/dwarf/native_code.h"

#include <algorithm>

namespace lldbgo {
namespace {

// What cannot be read (a file without a build id, a core without its pages) contradicts nothing.
bool is_what_runs(const ElfFile& elf, Slide slide, Memory& memory) {
  constexpr std::size_t kLongestNote = 4096;
  const Section* note = elf.section(".note.gnu.build-id");
  if (note == nullptr || note->size > kLongestNote) return true;
  auto on_disk = elf.bytes(note->address, note->size);
  if (!on_disk) return true;
  auto running = memory.bytes(slide.to_load(note->address), on_disk->size());
  return !running || std::equal(running->begin(), running->end(), on_disk->begin());
}

}  // namespace

struct NativeCode::Mapped {
  std::string path;
  Slide slide;
  std::shared_ptr<const ElfFile> elf;
  std::shared_ptr<const CallFrameInfo> cfi;
  bool cfi_tried = false;

  bool contains(LoadAddr pc, bool executable) const {
    FileAddr at = slide.to_file(pc);
    return std::any_of(elf->segments().begin(), elf->segments().end(), [&](const Segment& s) {
      return (s.executable || !executable) && Range<FileAddr>{s.address, s.address + s.memory_size}.contains(at);
    });
  }
};

NativeCode::NativeCode(Images& images, Memory& memory) : images_(images), memory_(memory) {}
NativeCode::~NativeCode() = default;

void NativeCode::refresh() {
  std::vector<std::unique_ptr<Mapped>> next;
  for (const Image& image : images_.images()) {
    if (image.path.empty() || !image.slide) continue;
    auto known = std::find_if(mapped_.begin(), mapped_.end(),
                              [&](const auto& m) { return m && m->path == image.path && m->slide == *image.slide; });
    if (known != mapped_.end()) {
      next.push_back(std::move(*known));
      continue;
    }
    auto elf = ElfFile::open(image.path);
    if (!elf || !is_what_runs(**elf, *image.slide, memory_)) continue;
    auto mapped = std::make_unique<Mapped>();
    mapped->path = image.path;
    mapped->slide = *image.slide;
    mapped->elf = std::move(*elf);
    next.push_back(std::move(mapped));
  }
  mapped_ = std::move(next);
}

NativeCode::Mapped* NativeCode::find(LoadAddr pc, bool executable) {
  for (auto& m : mapped_) {
    if (m->contains(pc, executable)) return m.get();
  }
  return nullptr;
}

std::optional<MappedImage> NativeCode::image_at(LoadAddr at) {
  Mapped* image = find(at, false);
  if (image == nullptr) {
    refresh();
    image = find(at, false);
  }
  if (image == nullptr) return std::nullopt;
  return MappedImage{image->path, image->slide, image->elf};
}

std::optional<NativeLocation> NativeCode::at(LoadAddr pc, LoadAddr lookup) {
  Mapped* image = find(lookup);
  if (image == nullptr) {
    refresh();
    image = find(lookup);
  }
  if (image == nullptr) return std::nullopt;

  NativeLocation out;
  out.image = image->path.substr(image->path.find_last_of('/') + 1);
  FileAddr at = image->slide.to_file(lookup);
  if (auto symbol = image->elf->symbol_at(at)) {
    out.symbol = symbol->name;
    out.offset = image->slide.to_file(pc).value - symbol->address.value;
  }
  if (!image->cfi_tried) {
    image->cfi_tried = true;
    if (auto cfi = CallFrameInfo::open(image->elf)) image->cfi = std::move(*cfi);
  }
  if (image->cfi) {
    if (auto row = image->cfi->row(at)) out.cfi = *row;
  }
  return out;
}

}  // namespace lldbgo
