#include "core/target/page_cache.h"

#include <algorithm>
#include <cstring>

namespace lldbgo {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::size_t kMaxPages = 1 << 13;  // 32 MB

}  // namespace

const std::vector<std::byte>& PageCache::page(std::uint64_t number) {
  if (auto it = pages_.find(number); it != pages_.end()) return it->second;
  if (pages_.size() >= kMaxPages) pages_.clear();
  std::vector<std::byte> bytes(kPage);
  auto n = memory_.read(LoadAddr(number * kPage), bytes);
  bytes.resize(n ? std::min<std::size_t>(*n, kPage) : 0);
  return pages_.emplace(number, std::move(bytes)).first->second;
}

Result<std::size_t> PageCache::read(LoadAddr at, std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    std::uint64_t here = (at + done).value;
    const auto& bytes = page(here / kPage);
    std::size_t skip = here % kPage;
    if (skip >= bytes.size()) break;
    std::size_t n = std::min(into.size() - done, bytes.size() - skip);
    std::memcpy(into.data() + done, bytes.data() + skip, n);
    done += n;
  }
  // A recording need not start or end with a page.
  if (done < into.size()) {
    auto rest = memory_.read(at + done, into.subspan(done));
    if (!rest && done == 0) return rest;
    if (rest) done += std::min(*rest, into.size() - done);
  }
  return done;
}

}  // namespace lldbgo
