// The user's translated executables: $XDG_CACHE_HOME/lldb-go/translated, else ~/.cache/lldb-go/translated, a folder for
// each, named by what was translated, with the copy in it under the program's own name. A copy is made aside and
// appears whole, or not at all; nobody changes it afterwards. Only what belongs to the user, and nobody else may write,
// is used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/gofacts/go_image.h"
#include "core/translate/translate.h"

namespace lldbgo {

struct CachedTranslation {
  std::string path;         ///< of the translated copy
  std::uint64_t bytes = 0;  ///< its size
  bool made_now = false;    ///< false: it was there
};

class TranslationCache {
 public:
  static constexpr std::uint64_t kDefaultLimit = std::uint64_t{4} << 30;

  /// `folder`: created when it is first needed. `limit`: bytes of all copies together; the ones unused longest go, the
  /// newest stays whatever its size.
  explicit TranslationCache(std::string folder, std::uint64_t limit = kDefaultLimit)
      : folder_(std::move(folder)), limit_(limit) {}
  /// The folder of the user who runs this process. Errors: not_found (no home directory).
  static Result<std::string> default_folder();

  /// The translated copy of `image`, made if there is none. Errors: those of translate(); not_found (the folder cannot
  /// be written); unsupported (the folder, or the copy in it, belongs to someone else or others may write it).
  Result<CachedTranslation> translated(const GoImage& image);

 private:
  Result<> prepare_folder();
  void evict(const std::string& keep);

  std::string folder_;
  std::uint64_t limit_;
};

}  // namespace lldbgo
