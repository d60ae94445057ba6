// One frame of a sample program, made by hand: registers, stack and text of our own.
#pragma once

#include <cstring>

#include "core/frame/frame_map.h"
#include "tests/support/samples.h"
#include "tests/unit/catch.h"
#include "tests/unit/values/fake_memory.h"

namespace lldbgo::test {

class FakeThreads : public Threads {
 public:
  std::vector<ThreadId> threads() override { return {{1}}; }
  std::optional<ThreadId> selected_thread() override { return ThreadId{1}; }
  Result<Registers> registers(ThreadId) override { return fail(Errc::not_found, "not asked for"); }
  std::optional<std::uint64_t> xmm_low(ThreadId, unsigned index) override {
    return index == 0 ? std::optional(xmm0) : std::nullopt;
  }
  std::uint64_t xmm0 = 0;
};

class NoImages : public Images {
 public:
  std::vector<Image> images() override { return {}; }
};

/// A stack of [kSp - 4096, kSp + 4096) whose word at address A is A ^ kJunk until something is stored.
struct FrameWorld {
  static constexpr std::uint64_t kFp = 0xc000100000, kJunk = 0x5a5a'0000'0000'0000;

  explicit FrameWorld(const std::string& path) {
    auto opened = GoImage::open(path);
    REQUIRE(opened);
    image = *opened;
    process = std::make_unique<GoProcess>(image, Slide{}, memory, threads, images);
    stack_bytes.resize(2 * kHalf);
    for (std::uint64_t at = kFp - kHalf; at < kFp + kHalf; at += 8) poke(at, at ^ kJunk, 8);
    memory.put_text(LoadAddr(0xc000200000), "hello world");
  }

  void poke(std::uint64_t at, std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) stack_bytes[at - (kFp - kHalf) + i] = static_cast<std::byte>(value >> (8 * i));
  }

  /// The frame of `func` at entry + offset with its argument base at kFp.
  Result<FrameMap> map(const Func& func, std::uint64_t offset, bool pc_is_return = false) {
    memory.put(LoadAddr(kFp - kHalf), stack_bytes);
    Stack stack;
    stack.thread = ThreadId{1};
    PhysicalFrame f;
    f.pc = process->to_load(func.entry + offset);
    f.pc_offset = offset;
    f.pc_is_return = pc_is_return;
    f.func = func;
    auto delta = image->pclntab().sp_delta(func, func.entry + offset);
    REQUIRE(delta);
    f.sp_delta = *delta;
    f.fp = LoadAddr(kFp);
    f.sp = LoadAddr(kFp - 8 - *delta);
    if (!pc_is_return) f.registers = registers;
    f.abi = abi;
    f.entries.push_back({std::string(func.name), "", 0, func.id, false, false});
    f.stack = StackKind::goroutine;
    stack.frames.push_back(f);
    return build_frame_map(*process, stack, 0);
  }

  Func func(std::string_view name, bool assembly = false) {
    for (const Func& f : image->pclntab().named(name)) {
      if (f.id != FuncId::wrapper || !assembly) return f;
    }
    FAIL("no function " << name);
    return {};
  }

  static constexpr std::uint64_t kHalf = 4096;
  std::shared_ptr<const GoImage> image;
  FakeMemory memory;
  FakeThreads threads;
  NoImages images;
  std::unique_ptr<GoProcess> process;
  std::vector<std::byte> stack_bytes;
  Registers registers;
  std::optional<Abi> abi = Abi::internal;
};

/// Every byte from hardware SP up to `end` in exactly one slot, the offsets those of the anchors.
inline void check_cover(const FrameMap& m) {
  REQUIRE_FALSE(m.slots.empty());
  LoadAddr at = m.slots.front().address + m.slots.front().size;
  for (const Slot& s : m.slots) {
    REQUIRE(s.size > 0);
    REQUIRE(s.address + s.size == at);
    REQUIRE(s.offset_fp == s.address - m.pseudo_fp);
    REQUIRE(s.offset_sp == s.address - m.hardware_sp);
    REQUIRE(s.offset_psp == s.address - m.pseudo_sp);
    at = s.address;
  }
  REQUIRE(at == m.hardware_sp);
}

inline const Slot* slot(const FrameMap& m, std::string_view name) {
  for (const Slot& s : m.slots) {
    if (s.name == name) return &s;
  }
  return nullptr;
}

inline const Argument* argument(const FrameMap& m, std::string_view name) {
  for (const Argument& a : m.args) {
    if (a.name == name) return &a;
  }
  return nullptr;
}

}  // namespace lldbgo::test
