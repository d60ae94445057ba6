// The linker leaves a record of the toolchain and the modules in every Go executable, stripped or not: 16-byte aligned
// in the data segment, in a section of its own (.go.buildinfo) where there are sections.
//
//   +0   "\xff Go buildinf:"
//   +14  pointer size
//   +15  flags: 1 big-endian pointers, 2 inline strings
//   +16  until 1.17: address of runtime.buildVersion, address of runtime.modinfo (both Go string headers)
//   +32  since 1.18: uvarint length and bytes of the version, then the same of the module information
//
// The module information is text, a line per fact, between 16 magic bytes on either side (cmd/go modload.ModInfoData).
// Go sources: cmd/link/internal/ld/data.go buildinfo, debug/buildinfo/buildinfo.go (1.15..1.27).
#include "core/elf/build_info.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>

namespace lldbgo {
namespace {

constexpr std::string_view kMagic("\xff Go buildinf:", 14);
constexpr std::size_t kAlignment = 16, kHeaderSize = 32, kFraming = 16;
constexpr std::uint8_t kBigEndian = 1, kInlineStrings = 2;
constexpr std::uint64_t kMaxText = 16 << 20;

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct RawInfo {
  std::string_view version, modules;
};

Result<RawInfo> read_record(const ElfFile& elf, Bytes record) {
  ByteReader r(record, kMagic.size());
  std::uint8_t pointer_size = r.u8(), flags = r.u8();
  RawInfo out;
  if ((flags & kInlineStrings) != 0) {
    r.seek(kHeaderSize);
    out.version = as_text(r.take(r.uvarint()));
    out.modules = as_text(r.take(r.uvarint()));
    if (!r.ok()) return fail(Errc::truncated, "Go build info: its strings end behind the data");
  } else {
    if (pointer_size != 8 || (flags & kBigEndian) != 0)
      return fail(Errc::malformed, fmt::format("Go build info: pointers of {} bytes, flags {}", pointer_size, flags));
    FileAddr version(r.u64()), modules(r.u64());
    if (!r.ok()) return fail(Errc::truncated, "Go build info: the record is cut");
    auto v = go_string(elf, version, kMaxText), m = go_string(elf, modules, kMaxText);
    if (!v) return pass(v);
    // A build outside of modules leaves runtime.modinfo empty, in .bss, which the file has no bytes of.
    if (!m && m.error().code != Errc::not_found) return pass(m);
    out = {*v, m.value_or(std::string_view())};
  }
  if (!out.version.starts_with("go") && !out.version.starts_with("devel"))
    return fail(Errc::malformed, "Go build info: no Go version in it");
  return out;
}

/// The first record in `data` that reads well; the magic may also occur in the data of a program about build info.
Result<RawInfo> search(const ElfFile& elf, Bytes data) {
  Result<RawInfo> found = fail(Errc::not_go, fmt::format("{}: has no Go build info", elf.path()));
  std::string_view text = as_text(data);
  for (std::size_t at = text.find(kMagic); at != text.npos; at = text.find(kMagic, at + 1)) {
    if (at % kAlignment != 0) continue;
    auto info = read_record(elf, data.subspan(at));
    if (info || found.error().code == Errc::not_go) found = std::move(info);
    if (found) break;
  }
  return found;
}

Result<RawInfo> find_record(const ElfFile& elf) {
  if (const Section* s = elf.section(".go.buildinfo"); s != nullptr) {
    auto data = elf.contents(*s);
    if (!data) return pass(data);
    return search(elf, *data);
  }
  Result<RawInfo> found = fail(Errc::not_go, fmt::format("{}: has no Go build info", elf.path()));
  for (const Segment& s : elf.segments()) {
    if (!s.writable) continue;
    // An external linker starts the segment anywhere; the record is aligned in memory.
    std::uint64_t first = (kAlignment - s.address.value % kAlignment) % kAlignment;
    found = search(elf, elf.bytes_from(s.address + first, s.file_size));
    if (found || found.error().code != Errc::not_go) break;
  }
  return found;
}

std::string_view next_field(std::string_view& rest, char separator) {
  std::size_t end = std::min(rest.find(separator), rest.size());
  std::string_view field = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return field;
}

/// Takes a Go string literal, as strconv.Quote wrote it, or plain text up to `end`, from the front of `rest`.
std::string take_value(std::string_view& rest, char end) {
  if (!rest.starts_with('"')) return std::string(next_field(rest, end));
  std::string out;
  std::size_t i = 1;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] != '\\' || i + 1 == rest.size()) {
      out += rest[i];
      continue;
    }
    switch (rest[++i]) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case '"':
      case '\\':
        out += rest[i];
        break;
      default:
        out += {'\\', rest[i]};  // a rarer escape stays as it is written
    }
  }
  rest.remove_prefix(std::min(i + 1, rest.size()));
  if (rest.starts_with(end)) rest.remove_prefix(1);
  return out;
}

GoModule read_module(std::string_view rest) {
  GoModule m;
  m.path = next_field(rest, '\t');
  m.version = next_field(rest, '\t');
  m.sum = next_field(rest, '\t');
  return m;
}

void read_lines(std::string_view text, BuildInfo& info) {
  GoModule* last = nullptr;
  while (!text.empty()) {
    std::string_view line = next_field(text, '\n');
    std::string_view what = next_field(line, '\t');
    if (what == "path") {
      info.main_path = line;
    } else if (what == "mod") {
      info.main_module = read_module(line);
      last = &info.main_module;
    } else if (what == "dep") {
      last = &info.dependencies.emplace_back(read_module(line));
    } else if (what == "=>" && last != nullptr) {
      GoModule by = read_module(line);
      last->replaced_by = by.version.empty() ? by.path : by.path + ' ' + by.version;
    } else if (what == "build") {
      std::string key = take_value(line, '=');
      info.settings.emplace_back(std::move(key), take_value(line, '\n'));
    }
  }
}

}  // namespace

Result<std::string_view> go_string(const ElfFile& elf, FileAddr header, std::uint64_t limit) {
  if (!header) return std::string_view();
  auto words = elf.bytes(header, 16);
  if (!words) return pass(words);
  ByteReader r(*words);
  FileAddr data(r.u64());
  std::uint64_t size = r.u64();
  if (size == 0) return std::string_view();
  if (size > limit) return fail(Errc::malformed, fmt::format("Go string at {:#x}: {} bytes", header.value, size));
  auto text = elf.bytes(data, size);
  if (!text) return pass(text);
  return as_text(*text);
}

Result<BuildInfo> read_build_info(const ElfFile& elf) {
  auto raw = find_record(elf);
  if (!raw) return pass(raw);
  BuildInfo info;
  info.go_version = raw->version;
  std::string_view modules = raw->modules;
  // debug/buildinfo's own test of the framing: the text ends in a newline right before the closing magic.
  if (modules.size() > 2 * kFraming && modules[modules.size() - kFraming - 1] == '\n')
    read_lines(modules.substr(kFraming, modules.size() - 2 * kFraming), info);
  return info;
}

}  // namespace lldbgo
