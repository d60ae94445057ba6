#include "core/translate/cache.h"

#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "tests/unit/translate/translated.h"

using namespace lldbgo;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / "lldbgo-cache-XXXXXX") {
    std::string name = path_.string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string cache() const { return (path_ / "translated").string(); }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(cache()), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

std::shared_ptr<const GoImage> image(const std::string& version, const std::string& variant) {
  auto opened = GoImage::from_elf(sample::open(version, variant));
  REQUIRE(opened);
  return *opened;
}

}  // namespace

TEST_CASE("a copy is made once, under the program's name, for its user only") {
  Folder folder;
  TranslationCache cache(folder.cache());
  auto program = image("1.24", "plain");
  auto first = cache.translated(*program);
  INFO((first ? "" : first.error().text()));
  REQUIRE(first);
  CHECK(first->made_now);
  CHECK(fs::path(first->path).filename() == fs::path(program->elf().path()).filename());
  CHECK(first->bytes == fs::file_size(first->path));
  struct stat status {};
  REQUIRE(::stat(first->path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0500);
  auto second = cache.translated(*program);
  REQUIRE(second);
  CHECK_FALSE(second->made_now);
  CHECK(second->path == first->path);
  CHECK(folder.entries() == 1);
}

TEST_CASE("sessions that make the same copy at once all get it whole") {
  Folder folder;
  auto program = image("1.24", "plain");
  std::vector<std::thread> sessions;
  std::vector<std::uint64_t> sizes(6);
  for (std::size_t i = 0; i < sizes.size(); ++i)
    sessions.emplace_back([&, i] {
      auto made = TranslationCache(folder.cache()).translated(*program);
      if (made) sizes[i] = fs::file_size(made->path);
    });
  for (std::thread& session : sessions) session.join();
  for (std::uint64_t size : sizes) CHECK(size == sizes[0]);
  CHECK(sizes[0] > 1000000);
  CHECK(folder.entries() == 1);
}

TEST_CASE("the copies unused longest make room") {
  Folder folder;
  auto old = TranslationCache(folder.cache()).translated(*image("1.24", "plain"));
  REQUIRE(old);
  fs::last_write_time(fs::path(old->path).parent_path(), fs::file_time_type::clock::now() - std::chrono::hours(2));
  auto fresh = TranslationCache(folder.cache(), 1000).translated(*image("1.24", "noopt"));
  REQUIRE(fresh);
  CHECK_FALSE(fs::exists(old->path));
  CHECK(fs::exists(fresh->path));
}

TEST_CASE("what others could have written is not used") {
  Folder folder;
  auto program = image("1.24", "plain");
  auto made = TranslationCache(folder.cache()).translated(*program);
  REQUIRE(made);
  SECTION("the copy") {
    REQUIRE(::chmod(made->path.c_str(), 0522) == 0);
  }
  SECTION("the folder") {
    REQUIRE(::chmod(folder.cache().c_str(), 0777) == 0);
  }
  SECTION("a link in its place") {
    fs::path moved = made->path + ".moved";
    fs::rename(made->path, moved);
    fs::create_symlink(moved, made->path);
  }
  auto again = TranslationCache(folder.cache()).translated(*program);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::unsupported);
}

TEST_CASE("a program that cannot be translated leaves nothing behind") {
  Folder folder;
  auto made = TranslationCache(folder.cache()).translated(*image("1.24", "stripped"));
  REQUIRE_FALSE(made);
  CHECK(folder.entries() == 0);
}

TEST_CASE("a folder that cannot be made is an error, not a crash") {
  auto made = TranslationCache("/proc/nowhere/translated").translated(*image("1.24", "plain"));
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Errc::not_found);
}
