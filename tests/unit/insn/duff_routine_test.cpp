// The routines as mkduff.go lays them out, decoded and executed. The oracle is the machine: every entry is called on a
// buffer, and what has changed in it is compared.
#include "core/insn/duff_routine.h"

#include <sys/mman.h>

#include <cstring>

#include "tests/unit/catch.h"
#include "tests/unit/insn/code.h"

using namespace lldbgo;

namespace {

std::string repeated(std::string_view block, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out.append(block);
  return out + "c3";  // RET
}

// MOVUPS X0,(DI)  ,16(DI)  ,32(DI)  ,48(DI)  LEAQ 64(DI),DI
constexpr std::string_view kZeroX0 = "0f1107 0f114710 0f114720 0f114730 488d7f40 ";
// the same with X15
constexpr std::string_view kZeroX15 = "440f113f 440f117f10 440f117f20 440f117f30 488d7f40 ";
// MOVUPS (SI),X0  ADDQ $16,SI  MOVUPS X0,(DI)  ADDQ $16,DI
constexpr std::string_view kCopy = "0f1006 4883c610 0f1107 4883c710 ";

std::vector<std::byte> zero_1_15() {
  return test::code(repeated(kZeroX0, 16));
}
std::vector<std::byte> zero_1_17() {
  return test::code(repeated(kZeroX15, 16));
}
std::vector<std::byte> copy() {
  return test::code(repeated(kCopy, 64));
}

/// Executable memory with the routine in it.
class Executable {
 public:
  explicit Executable(const std::vector<std::byte>& code) {
    memory_ = mmap(nullptr, kSize, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory_ != MAP_FAILED);
    std::memcpy(memory_, code.data(), code.size());
  }
  ~Executable() { munmap(memory_, kSize); }
  Executable(const Executable&) = delete;
  Executable& operator=(const Executable&) = delete;

  /// Calls the routine at `offset` with these DI and SI, X0 and X15 being zero; gives DI as it is then.
  std::byte* call(std::uint64_t offset, std::byte* di, std::byte* si) const {
    auto entry = static_cast<const std::byte*>(memory_) + offset;
    // The red zone may hold locals of ours: the call must not push there.
    asm volatile(
        "sub $256, %%rsp\n\t"
        "xorps %%xmm0, %%xmm0\n\t"
        "xorps %%xmm15, %%xmm15\n\t"
        "call *%[entry]\n\t"
        "add $256, %%rsp"
        : "+D"(di), "+S"(si)
        : [entry] "r"(entry)
        : "xmm0", "xmm15", "memory", "cc");
    return di;
  }

 private:
  static constexpr std::size_t kSize = 4096;
  void* memory_ = nullptr;
};

struct Buffers {
  std::array<std::byte, 4096> to, from;
  Buffers() {
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = static_cast<std::byte>(0xa5);
      from[i] = static_cast<std::byte>(1 + i % 251);
    }
  }
};

constexpr std::size_t kMiddle = 1536;

/// What the entry promises, against what the processor does.
void execute_every_entry(const std::vector<std::byte>& code) {
  auto routine = decode_duff_routine(code);
  REQUIRE(routine);
  Executable machine(code);
  bool copies = routine->kind == DuffKind::copy;
  for (const DuffEntry& entry : routine->entries) {
    Buffers b;
    std::byte* first = b.to.data() + kMiddle;
    std::byte* end = machine.call(entry.offset, first - entry.adjust, b.from.data() + kMiddle - entry.adjust);
    CHECK(end == first + entry.bytes);
    bool right = true;
    for (std::size_t i = 0; i < b.to.size(); ++i) {
      bool inside = i >= kMiddle && i < kMiddle + entry.bytes;
      std::byte want = !inside ? std::byte{0xa5} : copies ? b.from[i] : std::byte{0};
      right = right && b.to[i] == want;
    }
    INFO("entry " << entry.offset);
    CHECK(right);
    CHECK(entry.stores * 16 == entry.bytes);
  }
}

/// The offset that the compiler computes (cmd/compile/internal/amd64/ssa.go duffStart), by its own words: 16 blocks of
/// 64 bytes, four stores of `store` bytes and a LEAQ of `step` each; for what is no multiple of 64, it goes back over
/// the LEAQ and the stores of one block.
std::int64_t compiler_offset(std::int64_t bytes, std::int64_t block, std::int64_t store, std::int64_t step) {
  std::int64_t steps = bytes / 16, blocks = steps / 4, rest = steps % 4;
  return block * (16 - blocks) - (rest != 0 ? step + store * rest : 0);
}

}  // namespace

TEST_CASE("duffzero of Go 1.15: stores of X0") {
  auto routine = decode_duff_routine(zero_1_15());
  REQUIRE(routine);
  CHECK(routine->kind == DuffKind::zero);
  CHECK(routine->xmm == 0);
  CHECK(routine->size() == 305);
  CHECK(routine->blocks() == 16);
  for (std::int64_t n = 32; n <= 1024; n += 16) {
    const DuffEntry* e = routine->entry(static_cast<std::uint64_t>(compiler_offset(n, 19, 4, 4)));
    INFO(n);
    REQUIRE(e != nullptr);
    CHECK(e->bytes == static_cast<std::uint64_t>(n));
    CHECK(e->adjust == (n % 64 == 0 ? 0 : 64 - n % 64));
  }
}

TEST_CASE("duffzero of Go 1.17 to 1.25: stores of X15") {
  auto routine = decode_duff_routine(zero_1_17());
  REQUIRE(routine);
  CHECK(routine->xmm == 15);
  CHECK(routine->size() == 369);
  for (std::int64_t n = 32; n <= 1024; n += 16) {
    const DuffEntry* e = routine->entry(static_cast<std::uint64_t>(compiler_offset(n, 23, 5, 4)));
    INFO(n);
    REQUIRE(e != nullptr);
    CHECK(e->bytes == static_cast<std::uint64_t>(n));
  }
  CHECK(routine->entry(336)->bytes == 80);
  CHECK(routine->entry(336)->adjust == 48);
  CHECK(routine->remaining(336) == 80);
  CHECK(routine->remaining(341) == 64);  // the LEAQ behind its store
  CHECK(routine->block_of(336) == 14 * 23);
}

TEST_CASE("duffcopy: from (SI) to (DI)") {
  auto routine = decode_duff_routine(copy());
  REQUIRE(routine);
  CHECK(routine->kind == DuffKind::copy);
  CHECK(routine->size() == 897);
  CHECK(routine->entries.size() == 64);
  for (std::uint64_t n = 80; n <= 1024; n += 16) {
    const DuffEntry* e = routine->entry(14 * (64 - n / 16));
    INFO(n);
    REQUIRE(e != nullptr);
    CHECK(e->bytes == n);
    CHECK(e->adjust == 0);
  }
  CHECK(routine->entry(826)->stores == 5);
}

TEST_CASE("the processor writes what every entry promises") {
  execute_every_entry(zero_1_15());
  execute_every_entry(zero_1_17());
  execute_every_entry(copy());
}

TEST_CASE("what is no entry") {
  auto zero = decode_duff_routine(zero_1_17());
  auto copying = decode_duff_routine(copy());
  CHECK(zero->entry(19) == nullptr);   // LEAQ: DI would be moved first
  CHECK(zero->entry(1) == nullptr);    // inside an instruction
  CHECK(zero->entry(368) == nullptr);  // RET
  CHECK(zero->entry(100000) == nullptr);
  CHECK(copying->entry(3) == nullptr);   // ADDQ: X0 would hold something else
  CHECK(copying->entry(7) == nullptr);   // the store
  CHECK(copying->entry(10) == nullptr);  // ADDQ to DI: from and to would not fit each other
}

TEST_CASE("a load that nothing stores is no entry") {
  auto code = copy();
  code.pop_back();
  for (std::byte b : test::code("0f1006 c3")) code.push_back(b);
  auto routine = decode_duff_routine(code);
  REQUIRE(routine);
  CHECK(routine->entries.size() == 64);
  CHECK(routine->entry(64 * 14) == nullptr);
}

TEST_CASE("what is no routine") {
  CHECK_FALSE(decode_duff_routine({}));
  CHECK_FALSE(decode_duff_routine(test::code("c3")));
  CHECK_FALSE(decode_duff_routine(test::code(repeated(kZeroX15, 2))));  // too short for a device
  auto cut = zero_1_17();
  cut.pop_back();
  CHECK_FALSE(decode_duff_routine(cut));  // no RET
  auto changed = zero_1_17();
  changed[3 * 23 + 8] = std::byte{0x20};  // a hole: 16(DI) becomes 32(DI)
  auto holed = decode_duff_routine(changed);
  CHECK((!holed || holed->entry(0) == nullptr));
  auto foreign = zero_1_17();
  foreign[23] = std::byte{0x90};
  CHECK_FALSE(decode_duff_routine(foreign));
}
