#include "core/translate/cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace lldbgo {
namespace {

namespace fs = std::filesystem;

std::string why(int error) {
  return std::generic_category().message(error);
}

/// The same bytes give the same name, wherever the file is and whenever it was built.
std::string key_of(const ElfFile& elf) {
  XXH128_hash_t hash = XXH3_128bits(elf.image().data(), elf.image().size());
  return fmt::format("{:016x}{:016x}-{}", hash.high64, hash.low64, kTranslationVersion);
}

/// Belongs to the user, and nobody else can change it. Absent: it is not there.
std::optional<Result<struct stat>> trusted(const std::string& path, mode_t kind) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return Result<struct stat>(fail(Errc::not_found, path + ": " + why(errno)));
  }
  if ((status.st_mode & S_IFMT) != kind || status.st_uid != ::geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return Result<struct stat>(fail(Errc::unsupported, path + ": others could have written it", "remove it"));
  return Result<struct stat>(status);
}

/// Removed with all that is in it unless kept.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& parent) : path_(parent + "/.new-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  bool made() const { return !path_.empty(); }
  const std::string& path() const { return path_; }
  /// False: there is a folder of that name already.
  bool become(const std::string& name) {
    if (::rename(path_.c_str(), name.c_str()) != 0) return false;
    path_.clear();
    return true;
  }

 private:
  std::string path_;
};

}  // namespace

Result<std::string> TranslationCache::default_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return std::string(cache) + "/lldb-go/translated";
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return std::string(home) + "/.cache/lldb-go/translated";
  return fail(Errc::not_found, "no folder for translated programs: neither XDG_CACHE_HOME nor HOME is set");
}

Result<> TranslationCache::prepare_folder() {
  std::error_code error;
  fs::create_directories(fs::path(folder_).parent_path(), error);
  if (error) return fail(Errc::not_found, folder_ + ": " + error.message());
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return fail(Errc::not_found, folder_ + ": " + why(errno));
  auto mine = trusted(folder_, S_IFDIR);
  if (!mine) return fail(Errc::not_found, folder_ + ": " + why(ENOENT));
  if (!*mine) return pass(*mine);
  return {};
}

Result<CachedTranslation> TranslationCache::translated(const GoImage& image) {
  if (auto ready = prepare_folder(); !ready) return pass(ready);
  const ElfFile& elf = image.elf();
  std::string name = fs::path(elf.path()).filename();
  if (name.empty()) return fail(Errc::not_found, "a program in memory has no file to stand in for");
  std::string entry = folder_ + "/" + key_of(elf), path = entry + "/" + name;

  auto known = [&]() -> std::optional<Result<CachedTranslation>> {
    for (auto [what, kind] : {std::pair(entry, mode_t{S_IFDIR}), std::pair(path, mode_t{S_IFREG})}) {
      auto mine = trusted(what, kind);
      if (!mine) return {};
      if (!*mine) return Result<CachedTranslation>(pass(*mine));
      if (kind != S_IFREG) continue;
      ::utimensat(AT_FDCWD, entry.c_str(), nullptr, 0);  // used now
      return Result<CachedTranslation>(CachedTranslation{path, static_cast<std::uint64_t>((*mine)->st_size), false});
    }
    return {};
  };
  if (auto found = known()) return *found;

  TemporaryFolder fresh(folder_);
  if (!fresh.made()) return fail(Errc::not_found, folder_ + ": " + why(errno));
  std::string file = fresh.path() + "/" + name;
  int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500);
  if (descriptor < 0) return fail(Errc::not_found, file + ": " + why(errno));
  auto done = translate(image, descriptor);
  struct stat status {};
  int stated = ::fstat(descriptor, &status), closed = ::close(descriptor);
  if (!done) return pass(done);
  if (stated != 0 || closed != 0) return fail(Errc::not_found, file + ": " + why(errno));

  if (!fresh.become(entry)) {
    // Another session was faster, or the same program is there under another name.
    if (auto found = known()) return *found;
    if (::rename(file.c_str(), path.c_str()) != 0) return fail(Errc::not_found, path + ": " + why(errno));
  }
  evict(entry);
  return CachedTranslation{path, static_cast<std::uint64_t>(status.st_size), true};
}

void TranslationCache::evict(const std::string& keep) {
  struct Entry {
    fs::path path;
    fs::file_time_type used;
    std::uint64_t bytes = 0;
  };
  std::vector<Entry> entries;
  std::uint64_t total = 0;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    Entry entry{at->path(), fs::last_write_time(at->path(), ignored), 0};
    for (fs::directory_iterator file(at->path(), ignored), none; !ignored && file != none; file.increment(ignored)) {
      std::error_code gone;
      std::uintmax_t size = file->file_size(gone);
      if (!gone) entry.bytes += size;
    }
    total += entry.bytes;
    // An unfinished copy belongs to a session that makes it now, unless that died long ago.
    bool unfinished = entry.path.filename().string().front() == '.';
    if (unfinished && fs::file_time_type::clock::now() - entry.used < std::chrono::hours(1)) continue;
    if (entry.path != keep) entries.push_back(std::move(entry));
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const Entry& entry : entries) {
    if (total <= limit_) break;
    fs::remove_all(entry.path, error);
    total -= entry.bytes;
  }
}

}  // namespace lldbgo
