// A process that never ran: pages of memory, threads and images put together by a test or a fuzzer.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/base/byte_reader.h"
#include "core/elf/elf_file.h"
#include "core/target/images.h"
#include "core/target/memory.h"
#include "core/target/threads.h"

namespace lldbgo::testing {

class FakeTarget final : public Memory, public Threads, public Images {
 public:
  /// Maps an image as the loader would: its segments' bytes, and zeros behind them.
  void load(const ElfFile& elf, Slide slide);
  /// Zeroed pages that cover the range; pages that exist keep their contents.
  void map(Range<LoadAddr> range);
  /// Takes the pages that touch the range away: reading there fails.
  void unmap(Range<LoadAddr> range);
  /// Writes into mapped pages; the bytes that fall elsewhere are dropped.
  void write(LoadAddr at, Bytes bytes);
  void write_word(LoadAddr at, std::uint64_t word);

  void set_registers(ThreadId thread, const Registers& registers) { registers_[thread] = registers; }
  void select(ThreadId thread) { selected_ = thread; }
  /// How many reads there were: what a test bounds instead of time.
  std::size_t reads() const { return reads_; }

  Result<std::size_t> read(LoadAddr at, std::span<std::byte> into) override;
  std::vector<ThreadId> threads() override;
  std::optional<ThreadId> selected_thread() override { return selected_; }
  Result<Registers> registers(ThreadId thread) override;
  std::optional<std::uint64_t> xmm_low(ThreadId, unsigned) override { return std::nullopt; }
  std::vector<Image> images() override { return images_; }

 private:
  static constexpr std::uint64_t kPage = 4096;
  using Page = std::array<std::byte, kPage>;

  std::unordered_map<std::uint64_t, Page> pages_;  // by page number
  std::map<ThreadId, Registers> registers_;
  std::optional<ThreadId> selected_;
  std::vector<Image> images_;
  std::size_t reads_ = 0;
};

}  // namespace lldbgo::testing
