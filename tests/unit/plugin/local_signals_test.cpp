// A signal that this very thread blocks is pending for it.
#include "plugin/local_signals.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "tests/unit/catch.h"

using namespace lldbgo;

TEST_CASE("a pending signal is seen until it is taken") {
  auto pid = static_cast<std::uint64_t>(getpid());
  auto thread = static_cast<std::uint64_t>(syscall(SYS_gettid));
  sigset_t urgent;
  sigemptyset(&urgent);
  sigaddset(&urgent, SIGURG);
  REQUIRE(pthread_sigmask(SIG_BLOCK, &urgent, nullptr) == 0);
  CHECK_FALSE(signal_pending(pid, thread, SIGURG));
  REQUIRE(pthread_kill(pthread_self(), SIGURG) == 0);
  CHECK(signal_pending(pid, thread, SIGURG));
  CHECK_FALSE(signal_pending(pid, thread, SIGUSR1));
  int taken = 0;
  REQUIRE(sigwait(&urgent, &taken) == 0);
  CHECK_FALSE(signal_pending(pid, thread, SIGURG));
  pthread_sigmask(SIG_UNBLOCK, &urgent, nullptr);
}

TEST_CASE("what cannot be known is not pending") {
  CHECK_FALSE(signal_pending(static_cast<std::uint64_t>(getpid()), 1, SIGURG));
  CHECK_FALSE(signal_pending(static_cast<std::uint64_t>(getpid()), static_cast<std::uint64_t>(getpid()), 0));
  CHECK_FALSE(signal_pending(static_cast<std::uint64_t>(getpid()), static_cast<std::uint64_t>(getpid()), 65));
}
