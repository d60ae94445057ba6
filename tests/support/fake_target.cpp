#include "tests/support/fake_target.h"

#include <algorithm>
#include <cstring>

namespace lldbgo::testing {

void FakeTarget::load(const ElfFile& elf, Slide slide) {
  for (const Segment& segment : elf.segments()) {
    LoadAddr start = slide.to_load(segment.address);
    map({start, start + segment.memory_size});
    write(start, elf.bytes_from(segment.address, segment.file_size));
  }
  Image image;
  image.path = elf.path();
  image.slide = slide;
  image.main = images_.empty();
  images_.push_back(image);
}

void FakeTarget::map(Range<LoadAddr> range) {
  for (std::uint64_t page = range.lo.value / kPage; page * kPage < range.hi.value; ++page) pages_.try_emplace(page);
}

void FakeTarget::unmap(Range<LoadAddr> range) {
  for (std::uint64_t page = range.lo.value / kPage; page * kPage < range.hi.value; ++page) pages_.erase(page);
}

void FakeTarget::write(LoadAddr at, Bytes bytes) {
  while (!bytes.empty()) {
    std::uint64_t inside = at.value % kPage;
    std::size_t n = std::min<std::size_t>(bytes.size(), kPage - inside);
    if (auto page = pages_.find(at.value / kPage); page != pages_.end()) {
      std::memcpy(page->second.data() + inside, bytes.data(), n);
    }
    at = at + n;
    bytes = bytes.subspan(n);
  }
}

void FakeTarget::write_word(LoadAddr at, std::uint64_t word) { write(at, std::as_bytes(std::span(&word, 1))); }

Result<std::size_t> FakeTarget::read(LoadAddr at, std::span<std::byte> into) {
  ++reads_;
  std::size_t done = 0;
  while (done < into.size()) {
    LoadAddr here = at + done;
    auto page = pages_.find(here.value / kPage);
    if (page == pages_.end()) break;
    std::uint64_t inside = here.value % kPage;
    std::size_t n = std::min<std::size_t>(into.size() - done, kPage - inside);
    std::memcpy(into.data() + done, page->second.data() + inside, n);
    done += n;
  }
  if (done == 0 && !into.empty()) return fail(Errc::unreadable, "nothing is mapped there");
  return done;
}

std::vector<ThreadId> FakeTarget::threads() {
  std::vector<ThreadId> out;
  for (const auto& [thread, registers] : registers_) out.push_back(thread);
  return out;
}

Result<Registers> FakeTarget::registers(ThreadId thread) {
  auto found = registers_.find(thread);
  if (found == registers_.end()) return fail(Errc::not_found, "no such thread");
  return found->second;
}

}  // namespace lldbgo::testing
