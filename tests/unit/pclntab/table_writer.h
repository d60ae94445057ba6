// Writes a pclntab by hand, in the layout of any Go version, inside a minimal ELF file: an encoder that shares nothing
// with the reader but the layout's description. It also stands for the Go versions that no toolchain is at hand for.
#pragma once

#include <elf.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/elf/elf_file.h"
#include "core/pclntab/pclntab.h"
#include "tests/unit/catch.h"

namespace table_writer {

using lldbgo::FileAddr;
using lldbgo::PclntabLayout;

constexpr std::uint64_t kText = 0x401000, kData = 0x500000;

class Buffer {
 public:
  std::vector<std::byte> bytes;
  std::size_t size() const { return bytes.size(); }
  void raw(const void* data, std::size_t n) {
    auto* p = static_cast<const std::byte*>(data);
    bytes.insert(bytes.end(), p, p + n);
  }
  template <class T>
  void put(T value) {
    raw(&value, sizeof value);
  }
  void u8(unsigned v) { bytes.push_back(static_cast<std::byte>(v)); }
  void u32(std::uint64_t v) { put(static_cast<std::uint32_t>(v)); }
  void u64(std::uint64_t v) { put(v); }
  void uvarint(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) u8(static_cast<unsigned>(v & 0x7f) | 0x80);
    u8(static_cast<unsigned>(v));
  }
  void text(const std::string& s) { raw(s.c_str(), s.size() + 1); }
  void align(std::size_t n) { bytes.resize((size() + n - 1) / n * n); }
  template <class T>
  void patch(std::size_t at, T value) {
    std::memcpy(bytes.data() + at, &value, sizeof value);
  }
};

/// (value, bytes of text it holds for)
using Values = std::vector<std::pair<std::int32_t, std::uint32_t>>;

struct Inlined {
  std::string name;
  std::uint8_t id = 0;
  std::int32_t parent_pc = 0;
  std::int32_t start_line = 0;
};

struct Function {
  std::string name;
  std::uint32_t size = 0;
  std::int32_t args = 0;
  std::uint8_t id = 0, flag = 0;
  std::int32_t start_line = 0;
  Values pcsp, pcfile, pcln;
  std::vector<Values> pcdata;
  std::vector<Inlined> inlined;
  std::vector<std::vector<std::byte>> funcdata;  ///< contents per index; empty: absent
};

class Writer {
 public:
  explicit Writer(const PclntabLayout& layout) : layout_(layout) {}
  std::vector<Function> functions;
  std::vector<std::string> files;
  std::uint32_t magic = 0;

  /// Bases as moduledata would give them.
  lldbgo::PclntabBases bases() const { return {FileAddr(kText), FileAddr(gofunc_)}; }
  FileAddr header() const { return FileAddr(kData); }
  std::vector<std::byte>& image() { return image_; }

  std::shared_ptr<const lldbgo::ElfFile> elf() {
    build();
    return elf_of(image_);
  }
  /// An ELF file of one read-only segment with `data` at kData, and an executable one for the text.
  static std::shared_ptr<const lldbgo::ElfFile> elf_of(const std::vector<std::byte>& data) {
    Elf64_Ehdr e{};
    std::memcpy(e.e_ident, ELFMAG, SELFMAG);
    e.e_ident[EI_CLASS] = ELFCLASS64;
    e.e_ident[EI_DATA] = ELFDATA2LSB;
    e.e_ident[EI_VERSION] = EV_CURRENT;
    e.e_type = ET_EXEC;
    e.e_machine = EM_X86_64;
    e.e_version = EV_CURRENT;
    e.e_phoff = sizeof e;
    e.e_ehsize = sizeof e;
    e.e_phentsize = sizeof(Elf64_Phdr);
    e.e_phnum = 2;
    Elf64_Phdr text{}, read_only{};
    text.p_type = read_only.p_type = PT_LOAD;
    text.p_flags = PF_R | PF_X;
    text.p_vaddr = kText;
    text.p_memsz = 0x10000;
    read_only.p_flags = PF_R;
    read_only.p_vaddr = kData;
    read_only.p_offset = 0x1000;
    read_only.p_filesz = read_only.p_memsz = data.size();
    Buffer out;
    out.put(e);
    out.put(text);
    out.put(read_only);
    out.align(0x1000);
    out.raw(data.data(), data.size());
    auto elf = lldbgo::ElfFile::from_bytes(out.bytes);
    REQUIRE(elf);
    return *elf;
  }

 private:
  std::uint64_t pc_values(Buffer& pctab, const Values& values) {
    if (values.empty()) return 0;
    std::uint64_t at = pctab.size();
    std::int32_t last = -1;
    for (auto [value, length] : values) {
      std::int32_t delta = value - last;
      pctab.uvarint(static_cast<std::uint32_t>(delta << 1 ^ delta >> 31));
      pctab.uvarint(length);
      last = value;
    }
    pctab.u8(0);
    return at;
  }

  void build() {
    bool split = layout_.header_has_tables, narrow = layout_.offsets32;
    if (magic == 0)
      magic = !split ? 0xfffffffb : !narrow ? 0xfffffffa : layout_.has_start_line ? 0xfffffff1 : 0xfffffff0;
    Buffer header, names, cutab, filetab, pctab;
    header.u32(magic);
    header.u32(0x08010000);
    pctab.u8(0);
    names.u8(0);

    // Up to 1.15 all offsets count from the header: sub-tables are placed after the function table, so sizes come
    // first.
    std::uint64_t entry_size = narrow ? 8 : 16;
    std::uint64_t functab_size = functions.size() * entry_size + entry_size / 2;
    std::uint64_t names_base = split ? 0 : 16 + functab_size + 4 + 64;
    std::vector<std::uint64_t> name_at;
    std::vector<std::vector<std::uint64_t>> inlined_at;
    for (const Function& f : functions) {
      name_at.push_back(names_base + names.size());
      names.text(f.name);
      inlined_at.emplace_back();
      for (const Inlined& call : f.inlined) {
        inlined_at.back().push_back(names_base + names.size());
        names.text(call.name);
      }
    }
    std::vector<std::uint64_t> file_at;
    for (const std::string& file : files) {
      file_at.push_back(split ? filetab.size() : names_base + names.size());
      (split ? filetab : names).text(file);
      cutab.u32(file_at.back());
    }
    std::uint64_t pctab_base = split ? 0 : names_base + names.size();

    // Funcdata goes in front of everything else at a fixed place behind the table.
    Buffer funcdata;
    gofunc_ = kData + 0x8000;
    std::vector<std::vector<std::uint64_t>> funcdata_at;
    for (std::size_t i = 0; i < functions.size(); ++i) {
      Function& f = functions[i];
      if (!f.inlined.empty()) {
        Buffer tree;
        for (std::size_t k = 0; k < f.inlined.size(); ++k) {
          const Inlined& call = f.inlined[k];
          if (layout_.inline_tree_v2) {
            tree.u32(call.id);
            tree.u32(inlined_at[i][k]);
            tree.put(call.parent_pc);
            tree.put(call.start_line);
          } else {
            tree.put(std::int16_t(-1));
            tree.u8(call.id);
            tree.u8(0);
            tree.u32(0);
            tree.u32(0);
            tree.u32(inlined_at[i][k]);
            tree.put(call.parent_pc);
          }
        }
        auto index = static_cast<std::size_t>(layout_.funcdata.inline_tree);
        if (f.funcdata.size() <= index) f.funcdata.resize(index + 1);
        f.funcdata[index] = tree.bytes;
      }
      funcdata_at.emplace_back();
      for (const auto& data : f.funcdata) {
        funcdata.align(8);
        funcdata_at.back().push_back(data.empty() ? 0 : funcdata.size() + 8);
        funcdata.u64(0);
        funcdata.raw(data.data(), data.size());
      }
    }

    Buffer records, functab;
    std::uint64_t pc = kText;
    std::vector<std::uint64_t> record_at;
    for (std::size_t i = 0; i < functions.size(); ++i) {
      const Function& f = functions[i];
      records.align(8);
      record_at.push_back(records.size());
      narrow ? records.u32(pc - kText) : records.u64(pc);
      records.u32(name_at[i]);
      records.put(f.args);
      records.u32(0);
      auto table = [&](const Values& v) { return v.empty() ? 0 : pctab_base + pc_values(pctab, v); };
      records.u32(table(f.pcsp));
      records.u32(table(f.pcfile));
      records.u32(table(f.pcln));
      records.u32(f.pcdata.size());
      if (layout_.has_cu_offset) records.u32(0);
      if (layout_.has_start_line) records.put(f.start_line);
      records.u8(f.id);
      records.u8(f.flag);
      records.u8(0);
      records.u8(static_cast<unsigned>(f.funcdata.size()));
      for (const Values& v : f.pcdata) records.u32(table(v));
      if (!layout_.funcdata_relative) records.align(8);
      for (std::uint64_t at : funcdata_at[i]) {
        if (layout_.funcdata_relative) {
          records.u32(at == 0 ? 0xffffffff : at);
        } else {
          records.u64(at == 0 ? 0 : gofunc_ + at);
        }
      }
      pc += f.size;
    }

    std::uint64_t record_base = split ? functab_size : 0x4000;
    while (split && record_base % 8 != 0) ++record_base;
    pc = kText;
    for (std::size_t i = 0; i < functions.size(); ++i) {
      narrow ? functab.u32(pc - kText) : functab.u64(pc);
      narrow ? functab.u32(record_base + record_at[i]) : functab.u64(record_base + record_at[i]);
      pc += functions[i].size;
    }
    narrow ? functab.u32(pc - kText) : functab.u64(pc);

    Buffer out = header;
    out.u64(functions.size());
    if (split) {
      out.u64(files.size());
      if (narrow) out.u64(layout_.text_start_in_header ? kText : 0);
      std::size_t offsets = out.size();
      out.bytes.resize(offsets + 40);
      std::size_t i = 0;
      for (const Buffer* table : {&names, &cutab, &filetab, &pctab}) {
        out.align(32);
        out.patch(offsets + 8 * i++, std::uint64_t(out.size()));
        out.raw(table->bytes.data(), table->size());
      }
      out.align(32);
      out.patch(offsets + 32, std::uint64_t(out.size()));
      out.raw(functab.bytes.data(), functab.size());
      out.align(8);
      out.raw(records.bytes.data(), records.size());
    } else {
      out.raw(functab.bytes.data(), functab.size());
      out.u32(0x3000);  // file table
      out.bytes.resize(names_base);
      out.raw(names.bytes.data(), names.size());
      out.raw(pctab.bytes.data(), pctab.size());
      out.bytes.resize(0x3000);
      out.u32(files.size() + 1);
      for (std::uint64_t at : file_at) out.u32(at);
      out.bytes.resize(0x4000);
      out.raw(records.bytes.data(), records.size());
    }
    REQUIRE(out.size() <= 0x8000);
    out.bytes.resize(0x8000);
    out.raw(funcdata.bytes.data(), funcdata.size());
    image_ = out.bytes;
  }

  PclntabLayout layout_;
  std::uint64_t gofunc_ = 0;
  std::vector<std::byte> image_;
};

}  // namespace table_writer
