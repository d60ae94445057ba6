// Why: this library is never linked against liblldb, so that it can live in whichever LLDB loads it. Its `lldb::`
// symbols are bound when first called (-z lazy), and the dynamic loader looks for them in the process's global scope.
// `lldb` and `lldb-dap` link liblldb, so it is there. A host that opened liblldb with RTLD_LOCAL (Python's `import
// lldb`, CodeLLDB) hides it, and the first call would end the process. The constructor below runs before any such call:
// it finds the object that defines LLDB's API among the loaded ones and opens it again with RTLD_GLOBAL, which only
// widens its scope.
#include <dlfcn.h>
#include <link.h>

#include <cstddef>

namespace {

constexpr const char* kApiSymbol = "_ZN4lldb10SBDebugger10InitializeEv";

int widen_if_lldb(dl_phdr_info* info, std::size_t, void*) {
  if (info->dlpi_name == nullptr || *info->dlpi_name == '\0') return 0;
  void* handle = dlopen(info->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
  if (handle == nullptr) return 0;
  // dlsym also answers for the object's dependencies: ask who really defines it.
  Dl_info definer{};
  void* symbol = dlsym(handle, kApiSymbol);
  bool found = symbol != nullptr && dladdr(symbol, &definer) != 0 &&
               definer.dli_fbase == reinterpret_cast<void*>(info->dlpi_addr);
  if (found) dlopen(info->dlpi_name, RTLD_LAZY | RTLD_NOLOAD | RTLD_GLOBAL);
  dlclose(handle);
  return found ? 1 : 0;
}

__attribute__((constructor)) void make_lldb_visible() {
  if (dlsym(RTLD_DEFAULT, kApiSymbol) == nullptr) dl_iterate_phdr(widen_if_lldb, nullptr);
}

}  // namespace
