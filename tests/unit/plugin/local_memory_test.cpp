#include "plugin/local_memory.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

/// A child that waits, traced by us or not.
class Child {
 public:
  explicit Child(bool traced) : pid_(fork()) {
    if (pid_ == 0) {
      if (traced) ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      raise(SIGSTOP);
      _exit(0);
    }
    int status = 0;
    waitpid(pid_, &status, WUNTRACED);
  }
  ~Child() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  std::uint64_t pid() const { return static_cast<std::uint64_t>(pid_); }

 private:
  pid_t pid_;
};

LoadAddr address_of(const void* p) {
  return LoadAddr(reinterpret_cast<std::uint64_t>(p));
}

}  // namespace

TEST_CASE("only a process that we trace is ours", "[local memory]") {
  CHECK(traced_by_us(Child(true).pid()));
  CHECK_FALSE(traced_by_us(Child(false).pid()));
  CHECK_FALSE(traced_by_us(static_cast<std::uint64_t>(getpid())));
  CHECK_FALSE(traced_by_us(0));
  CHECK_FALSE(traced_by_us(~std::uint64_t{0}));
}

TEST_CASE("a read stops where memory ends", "[local memory]") {
  const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  auto* two = static_cast<char*>(mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  REQUIRE(two != MAP_FAILED);
  std::memset(two, 'x', page);
  REQUIRE(munmap(two + page, page) == 0);
  auto pid = static_cast<std::uint64_t>(getpid());
  std::byte into[16];
  CHECK(read_local(pid, address_of(two), into) == 16);
  CHECK(into[15] == std::byte{'x'});
  CHECK(read_local(pid, address_of(two + page - 4), into) == 4);
  CHECK(read_local(pid, address_of(two + page), into) == 0);
  CHECK(read_local(pid, LoadAddr(0), into) == 0);
  munmap(two, page);
}
