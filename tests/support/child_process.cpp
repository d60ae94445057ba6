#include "tests/support/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "core/base/text.h"
#include "core/elf/elf_file.h"

namespace lldbgo::testing {

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const std::string& path, const std::string& argument,
                                                          std::string_view last) {
  std::unique_ptr<ChildProcess> child(new ChildProcess);
  child->path_ = path;
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return fail(Errc::internal, path + ": no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  char* const argv[] = {const_cast<char*>(path.c_str()), const_cast<char*>(argument.c_str()), nullptr};
  int failed = posix_spawn(&child->pid_, path.c_str(), &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  child->input_ = in[1];
  FILE* text = fdopen(out[0], "r");
  if (failed != 0) child->pid_ = -1;
  bool found = false;
  char* line = nullptr;
  std::size_t room = 0;
  for (ssize_t n = 0; !found && (n = getline(&line, &room, text)) > 0;) {
    std::string_view read(line, static_cast<std::size_t>(n));
    if (read.ends_with('\n')) read.remove_suffix(1);
    found = read == last;
    child->output_.emplace_back(read);
  }
  free(line);
  fclose(text);
  if (!found) return fail(Errc::not_found, path + ": ended without saying " + std::string(last));
  child->memory_ = open(("/proc/" + std::to_string(child->pid_) + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  return child;
}

ChildProcess::~ChildProcess() {
  if (memory_ >= 0) close(memory_);
  if (input_ >= 0) close(input_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
}

Result<std::size_t> ChildProcess::read(LoadAddr at, std::span<std::byte> into) {
  ssize_t n = pread(memory_, into.data(), into.size(), static_cast<off_t>(at.value));
  if (n <= 0) return fail(Errc::unreadable, "memory at " + hex(at.value) + ": cannot be read");
  return static_cast<std::size_t>(n);
}

std::vector<Image> ChildProcess::images() {
  auto elf = ElfFile::open(path_);
  std::ifstream maps("/proc/" + std::to_string(pid_) + "/maps");
  for (std::string line; elf && std::getline(maps, line);) {
    if (!line.ends_with(path_)) continue;
    std::uint64_t start = std::stoull(line, nullptr, 16);  // of the file's first segment
    return {{path_, Slide{start - (*elf)->segments().front().range().lo.value / 4096 * 4096}, true}};
  }
  return {};
}

}  // namespace lldbgo::testing
