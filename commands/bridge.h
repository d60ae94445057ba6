// The port to the host's translated debug information (core/translate).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lldbgo {

/// A Go module of the selected target, as the bridge left it.
struct BridgedModule {
  std::string path;         ///< the program's own file
  std::string go_version;   ///< "" unknown
  bool active = false;      ///< the host reads the translated copy
  std::string translated;   ///< the copy's file; "" none
  bool from_cache = false;  ///< the copy was there already
  double seconds = 0;       ///< it took to have the copy
  std::uint64_t bytes = 0;  ///< size of the copy
  std::string reason;       ///< why it is not active; "" it is
};

class Bridge {
 public:
  virtual ~Bridge() = default;
  /// Whether modules are translated without being asked.
  virtual bool automatic() = 0;
  /// Translates what can be in the selected target, and from now on in every other.
  virtual void on() = 0;
  /// Gives every target its own files back, and leaves them alone from now on.
  virtual void off() = 0;
  virtual std::vector<BridgedModule> modules() = 0;
};

}  // namespace lldbgo
