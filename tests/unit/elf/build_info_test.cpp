#include "core/elf/build_info.h"

#include <elf.h>

#include <cstring>

#include "tests/unit/elf/sample.h"

using namespace lldbgo;

namespace {

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> out(1);
  for (char c : line) {
    if (c == '\t')
      out.emplace_back();
    else
      out.back() += c;
  }
  out.resize(std::max<std::size_t>(out.size(), 5));
  return out;
}

/// `go version -m FILE`, read the other way round.
BuildInfo from_go_version(const std::string& output) {
  BuildInfo info;
  GoModule* last = nullptr;
  std::istringstream lines(output);
  std::string line;
  std::getline(lines, line);
  info.go_version = line.substr(line.find(": ") + 2);
  while (std::getline(lines, line)) {
    auto f = fields_of(line);  // f[0] is empty
    if (f[1] == "path") info.main_path = f[2];
    if (f[1] == "mod") info.main_module = {f[2], f[3], f[4], ""}, last = &info.main_module;
    if (f[1] == "dep") info.dependencies.push_back({f[2], f[3], f[4], ""}), last = &info.dependencies.back();
    if (f[1] == "=>") last->replaced_by = f[3].empty() ? f[2] : f[2] + " " + f[3];
    if (f[1] == "build") {
      std::size_t equals = f[2].find('=');
      std::string value = f[2].substr(equals + 1);
      if (value.size() > 1 && value.front() == '"') value = value.substr(1, value.size() - 2);
      info.settings.emplace_back(f[2].substr(0, equals), value);
    }
  }
  return info;
}

void same_module(const GoModule& a, const GoModule& b) {
  CHECK(a.path == b.path);
  CHECK(a.version == b.version);
  CHECK(a.sum == b.sum);
  CHECK(a.replaced_by == b.replaced_by);
}

void same(const BuildInfo& a, const BuildInfo& b) {
  CHECK(a.go_version == b.go_version);
  CHECK(a.main_path == b.main_path);
  same_module(a.main_module, b.main_module);
  REQUIRE(a.dependencies.size() == b.dependencies.size());
  for (std::size_t i = 0; i < a.dependencies.size(); ++i) same_module(a.dependencies[i], b.dependencies[i]);
  CHECK(a.settings == b.settings);
}

// A file of one writable segment with `data` at 0x10000.
std::shared_ptr<const ElfFile> file_with(const std::string& data) {
  constexpr std::size_t kData = 0x1000;
  std::vector<std::byte> bytes(kData + data.size());
  Elf64_Ehdr h{};
  std::memcpy(h.e_ident, ELFMAG, SELFMAG);
  h.e_ident[EI_CLASS] = ELFCLASS64;
  h.e_ident[EI_DATA] = ELFDATA2LSB;
  h.e_ident[EI_VERSION] = EV_CURRENT;
  h.e_type = ET_EXEC;
  h.e_machine = EM_X86_64;
  h.e_version = EV_CURRENT;
  h.e_phoff = h.e_ehsize = sizeof h;
  h.e_phentsize = sizeof(Elf64_Phdr);
  h.e_phnum = 1;
  Elf64_Phdr p{PT_LOAD, PF_R | PF_W, kData, 0x10000, 0x10000, data.size(), data.size(), 0x1000};
  std::memcpy(bytes.data(), &h, sizeof h);
  std::memcpy(bytes.data() + sizeof h, &p, sizeof p);
  std::memcpy(bytes.data() + kData, data.data(), data.size());
  auto elf = ElfFile::from_bytes(bytes);
  REQUIRE(elf);
  return *elf;
}

const std::string kMagic("\xff Go buildinf:", 14);

std::string record(std::string version, const std::string& lines) {
  std::string out = kMagic + '\x08' + '\x02' + std::string(16, '\0');
  std::string modules = std::string(16, 'A') + lines + std::string(16, 'B');
  REQUIRE(version.size() < 128);
  out += static_cast<char>(version.size()) + version;
  out += static_cast<char>(0x80 | (modules.size() & 0x7f));
  out += static_cast<char>(modules.size() >> 7);
  return out + modules;
}

Errc error_of(const std::string& data) {
  auto info = read_build_info(*file_with(data));
  REQUIRE_FALSE(info);
  return info.error().code;
}

}  // namespace

TEST_CASE("the build record says what `go version -m` says") {
  for (const std::string& version : sample::versions()) {
    for (const std::string variant : {"plain", "stripped", "noopt", "pie", "cgo", "cgo-pie"}) {
      INFO(version << " " << variant);
      auto info = read_build_info(*sample::open(version, variant));
      REQUIRE(info);
      BuildInfo expected = from_go_version(sample::text(sample::path(version, variant) + ".version"));
      REQUIRE(!expected.dependencies.empty());
      REQUIRE((sample::minor(version) < 18 || expected.settings.size() > 3));
      same(*info, expected);
    }
  }
}

TEST_CASE("the build record is found without section headers") {
  for (const std::string& version : sample::versions()) {
    for (const std::string variant : {"stripped", "cgo-pie"}) {
      INFO(version << " " << variant);
      auto bytes = sample::bytes(sample::path(version, variant));
      std::memset(bytes.data() + offsetof(Elf64_Ehdr, e_shoff), 0, 8);
      std::memset(bytes.data() + offsetof(Elf64_Ehdr, e_shnum), 0, 4);
      auto bare = ElfFile::from_bytes(bytes);
      REQUIRE(bare);
      REQUIRE((*bare)->sections().empty());
      auto info = read_build_info(**bare);
      REQUIRE(info);
      same(*info, from_go_version(sample::text(sample::path(version, variant) + ".version")));
    }
  }
}

TEST_CASE("quoted settings are unquoted") {
  auto info = read_build_info(
      *file_with(record("go1.22.1 X:noswissmap",
                        "path\tcommand-line-arguments\nbuild\t-ldflags=\"-X \\\"a=b\\\" -s\"\nbuild\tCGO_CFLAGS=\n"
                        "build\t\"odd key\"=v\n")));
  REQUIRE(info);
  CHECK(info->go_version == "go1.22.1 X:noswissmap");
  CHECK(info->main_path == "command-line-arguments");
  using Settings = decltype(info->settings);
  CHECK(info->settings == Settings{{"-ldflags", "-X \"a=b\" -s"}, {"CGO_CFLAGS", ""}, {"odd key", "v"}});
}

TEST_CASE("the magic in a program's own data does not hide the record") {
  std::string decoy = kMagic + "\x08\x02" + std::string(16, '\0') +
                      std::string(
                          "\x03"
                          "abc\0",
                          5);
  decoy.resize((decoy.size() + 15) / 16 * 16);
  std::string unaligned = std::string(8, 'x') + record("go1.99", "") + std::string(16, '\0');
  unaligned.resize(unaligned.size() / 16 * 16);
  auto info = read_build_info(*file_with(decoy + unaligned + record("go1.21.3", "path\tp\n")));
  REQUIRE(info);
  CHECK(info->go_version == "go1.21.3");
}

TEST_CASE("a broken build record is an error") {
  std::string good = record("go1.21.3", "path\tp\n");
  CHECK(error_of(std::string(4096, '\0')) == Errc::not_go);
  CHECK(error_of("") == Errc::not_go);
  CHECK(error_of(good.substr(0, good.size() - 1)) == Errc::truncated);
  CHECK(error_of(good.substr(0, 20)) == Errc::truncated);
  CHECK(error_of(record("rust", "")) == Errc::malformed);
  std::string endless = good;
  std::memset(endless.data() + 32, 0xff, 12);  // a length that does not end
  CHECK(error_of(endless) == Errc::truncated);
  std::string pointers = kMagic + '\x08' + '\0';
  CHECK(error_of(pointers + std::string(16, '\xff')) == Errc::not_found);
  CHECK(error_of(pointers + std::string(16, '\0')) == Errc::malformed);
  CHECK(error_of(kMagic + "\x08\x01" + std::string(16, '\0')) == Errc::malformed);
  CHECK(error_of(kMagic + '\x04' + '\0' + std::string(16, '\0')) == Errc::malformed);
}
