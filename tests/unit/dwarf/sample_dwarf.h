// Debug information of the sample binaries.
#pragma once

#include "core/dwarf/dwarf_info.h"
#include "tests/unit/elf/sample.h"

namespace lldbgo::sample {

struct Loaded {
  std::shared_ptr<const ElfFile> elf;
  std::shared_ptr<const DwarfInfo> dwarf;
  Report report;
  std::uint64_t slide = 0;  // of the run that the report is of

  FileAddr file(std::uint64_t load) const { return FileAddr(load - slide); }
};

inline Loaded load(const std::string& version, const std::string& variant) {
  Loaded out;
  out.elf = open(version, variant);
  auto dwarf = DwarfInfo::open(out.elf);
  INFO((dwarf ? "" : dwarf.error().text()));
  REQUIRE(dwarf);
  out.dwarf = *dwarf;
  out.report = report(version, variant);
  auto symbol = out.elf->symbol("main.globalShape");
  REQUIRE(symbol);
  out.slide = out.report.values.at("global main.globalShape") - symbol->address.value;
  return out;
}

inline const Variable& variable(const std::vector<Variable>& in, const std::string& name) {
  for (const Variable& v : in)
    if (v.name == name) return v;
  FAIL("no variable " << name);
  std::abort();
}

}  // namespace lldbgo::sample
