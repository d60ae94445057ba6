#include "core/gofacts/go_image.h"

#include <map>
#include <mutex>

#include "core/gofacts/identify.h"
#include "core/gofacts/pclntab_facts.h"
#include "core/gofacts/wait_reasons.h"
#include "core/pclntab/header.h"
#include "core/pclntab/tables.h"

namespace lldbgo {

struct GoImage::Impl {
  std::shared_ptr<const ElfFile> elf;
  std::shared_ptr<const Pclntab> pclntab;
  Moduledata moduledata;
  Identity identity;

  mutable std::once_flag dwarf_once, cfi_once, cgo_once;
  mutable std::shared_ptr<const DwarfInfo> dwarf;
  mutable std::shared_ptr<const CallFrameInfo> cfi;
  mutable std::optional<bool> cgo;

  mutable std::mutex offsets_mutex;
  mutable std::map<std::pair<std::string, std::string>, Result<StructOffset>> offsets;

  std::optional<std::string_view> setting(std::string_view name) const {
    for (const auto& [key, value] : identity.build_info.settings) {
      if (key == name) return value;
    }
    return std::nullopt;
  }
  bool has_function(std::string_view name) const { return !pclntab->named(name).empty(); }
};

namespace {

PclntabBases find_bases(const ElfFile& elf, const Moduledata& m, std::vector<std::string>& problems) {
  PclntabBases bases;
  bases.gofunc = m.gofunc;
  bases.text = m.text.lo;
  if (m.address) return bases;
  if (auto text = elf.symbol("runtime.text")) bases.text = text->address;
  // Renamed with the other generated symbols in 1.20.
  for (const char* name : {"go:func.*", "go.func.*"}) {
    if (auto symbol = elf.symbol(name); symbol && !bases.gofunc) bases.gofunc = symbol->address;
  }
  if (!bases.gofunc)
    problems.push_back("no base of function data: inlining, arguments and pointer maps are not available");
  return bases;
}

// A Go that is newer than the tables may still have an older record; the record proves itself.
Result<Moduledata> find_known_moduledata(const ElfFile& elf, const GoVersion& version, FileAddr pclntab) {
  auto found = find_moduledata(elf, version, pclntab);
  if (found || support_of(version) != Support::untested) return found;
  GoVersion older = version;
  older.major = 1;
  for (older.minor = kNewestMinor; older.minor >= 20; --older.minor) {
    if (auto m = find_moduledata(elf, older, pclntab)) return m;
  }
  return found;
}

template <class Ask>
std::optional<StructOffset> first_alternative(std::string_view field, Ask ask) {
  while (true) {
    auto bar = field.find('|');
    if (auto found = ask(field.substr(0, bar))) return found;
    if (bar == std::string_view::npos) return std::nullopt;
    field.remove_prefix(bar + 1);
  }
}

}  // namespace

GoImage::GoImage(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
GoImage::~GoImage() = default;

Result<std::shared_ptr<const GoImage>> GoImage::open(const std::string& path) {
  auto elf = ElfFile::open(path);
  if (!elf) return pass(elf);
  return from_elf(std::move(*elf));
}

Result<std::shared_ptr<const GoImage>> GoImage::from_elf(std::shared_ptr<const ElfFile> elf) {
  auto impl = std::make_unique<Impl>();
  impl->elf = elf;
  auto header = find_pclntab(*elf);
  if (!header) return pass(header);
  auto identity = identify(*elf, *header);
  if (!identity) return pass(identity);
  impl->identity = std::move(*identity);
  auto& problems = impl->identity.problems;
  const GoVersion& version = impl->identity.version;

  if (auto m = find_known_moduledata(*elf, version, *header)) {
    impl->moduledata = *m;
  } else {
    problems.push_back(m.error().text());
  }
  PclntabBases bases = find_bases(*elf, impl->moduledata, problems);
  auto head = parse_pc_header(pclntab_bytes(*elf, *header));
  if (head && head->text_start && bases.text && head->text_start != bases.text) {
    problems.push_back("the pc-line table and moduledata disagree about the start of the text");
  }
  auto table = Pclntab::open(elf, *header, pclntab_layout(version), bases);
  if (!table) return pass(table);
  impl->pclntab = std::move(*table);
  if (support_of(version) == Support::untested) {
    problems.push_back(version.text() +
                       " is newer than this lldb-go; its tables are read as those of the newest known Go");
  }
  return std::shared_ptr<const GoImage>(new GoImage(std::move(impl)));
}

const ElfFile& GoImage::elf() const {
  return *impl_->elf;
}
const Pclntab& GoImage::pclntab() const {
  return *impl_->pclntab;
}
const Moduledata& GoImage::moduledata() const {
  return impl_->moduledata;
}
const GoVersion& GoImage::version() const {
  return impl_->identity.version;
}
const char* GoImage::version_source() const {
  return impl_->identity.source;
}
const BuildInfo& GoImage::build_info() const {
  return impl_->identity.build_info;
}
bool GoImage::stripped() const {
  return !impl_->elf->has_symtab();
}
const std::vector<std::string>& GoImage::problems() const {
  return impl_->identity.problems;
}

Support GoImage::support() const {
  return impl_->identity.guessed ? Support::untested : support_of(impl_->identity.version);
}

std::string GoImage::build_mode() const {
  if (auto mode = impl_->setting("-buildmode")) return std::string(*mode);
  // Up to 1.17 nothing says so.
  if (!impl_->elf->position_independent()) return "exe";
  if (impl_->elf->has_interpreter()) return "pie";
  return impl_->has_function("_rt0_amd64_linux_lib") ? "c-shared" : "plugin";
}

std::optional<bool> GoImage::cgo() const {
  // CGO_ENABLED=1 only allows it. Package runtime/cgo is linked when some package has C code; its assembly function
  // crosscall2, through which C calls Go, is always kept (runtime/cgo/asm_amd64.s).
  std::call_once(impl_->cgo_once, [this] { impl_->cgo = impl_->has_function("crosscall2"); });
  return impl_->cgo;
}

bool GoImage::register_abi() const {
  // GOEXPERIMENT could still turn it off in 1.17 and 1.18.
  const GoVersion& v = version();
  return has_register_abi(v) && !v.experiment("noregabi") && !v.experiment("noregabiargs");
}

const DwarfInfo* GoImage::dwarf() const {
  std::call_once(impl_->dwarf_once, [this] {
    if (auto info = DwarfInfo::open(impl_->elf)) impl_->dwarf = std::move(*info);
  });
  return impl_->dwarf.get();
}

const CallFrameInfo* GoImage::cfi() const {
  std::call_once(impl_->cfi_once, [this] {
    if (auto info = CallFrameInfo::open(impl_->elf)) impl_->cfi = std::move(*info);
  });
  return impl_->cfi.get();
}

Result<StructOffset> GoImage::offset(std::string_view struct_name, std::string_view field) const {
  std::lock_guard lock(impl_->offsets_mutex);
  std::pair<std::string, std::string> key(struct_name, field);
  if (auto it = impl_->offsets.find(key); it != impl_->offsets.end()) return it->second;
  auto from_dwarf = [&](std::string_view name) -> std::optional<StructOffset> {
    auto value = dwarf() != nullptr ? dwarf()->field_offset(struct_name, name)
                                    : Result<std::uint64_t>(fail(Errc::not_found, ""));
    return value ? std::optional(StructOffset{*value, Provenance::dwarf}) : std::nullopt;
  };
  auto from_table = [&](std::string_view name) { return measured_offset(version(), struct_name, name); };
  auto found = first_alternative(field, from_dwarf);
  if (!found) found = first_alternative(field, from_table);
  Result<StructOffset> result = StructOffset{};
  if (found) {
    result = *found;
    if (impl_->identity.guessed && found->from != Provenance::dwarf) result->from = Provenance::guessed;
  } else {
    result = fail(Errc::not_found, key.first + "." + key.second + ": not known for " + version().text());
  }
  return impl_->offsets.emplace(std::move(key), std::move(result)).first->second;
}

Result<FileAddr> GoImage::global(std::string_view name) const {
  if (auto symbol = impl_->elf->symbol(name)) return symbol->address;
  if (dwarf() != nullptr) {
    if (auto variable = dwarf()->global(name)) return variable->address;
  }
  return fail(Errc::not_found, std::string(name) + ": no symbol and no debug info names it");
}

std::string GoImage::wait_reason(std::uint8_t value) const {
  return std::string(wait_reason_text(value, version()));
}

}  // namespace lldbgo
