#include "plugin/image_cache.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/samples.h"
#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

/// A file of its own that goes away with the test.
class TemporaryFile {
 public:
  TemporaryFile() : path_(std::filesystem::temp_directory_path() / ("lldb-go-image-" + std::to_string(getpid()))) {}
  ~TemporaryFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }
  void becomes(const std::string& other) {
    std::filesystem::remove(path_);  // as a linker does: the old one may be mapped
    std::filesystem::copy_file(other, path_);
  }
  void becomes_text(const char* text) {
    std::filesystem::remove(path_);
    std::ofstream(path_) << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("an image is opened once, and again when its file has changed", "[image cache]") {
  auto first = testing::sample("1.24", "plain");
  auto second = testing::sample("1.24", "stripped");
  if (!first || !second) {
    WARN("no samples of Go 1.24: skipped");
    return;
  }
  TemporaryFile file;
  ImageCache cache;
  CHECK(cache.open(file.path()).error().code == Errc::not_found);

  file.becomes(*first);
  auto one = cache.open(file.path());
  REQUIRE(one);
  CHECK_FALSE((*one)->stripped());
  CHECK(*cache.open(file.path()) == *one);

  file.becomes(*second);
  auto two = cache.open(file.path());
  REQUIRE(two);
  CHECK(*two != *one);
  CHECK((*two)->stripped());

  file.becomes_text("no longer a program");
  CHECK_FALSE(cache.open(file.path()));
  file.becomes(*first);
  CHECK(cache.open(file.path()));
}
