#include "core/elf/build_info.h"
namespace lldbgo { Result<BuildInfo> read_build_info(const ElfFile&) { return fail(Errc::unsupported, "x"); } }
