// Times a piece of work many times and prints the median: nothing here asserts a duration.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace lldbgo::bench {

/// Resident memory of this process in KiB.
inline long resident_kib() {
  long pages = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/// Runs `work` `runs` times; prints median, fastest, and the growth of resident memory over the first run.
template <class Work>
void measure(const std::string& what, int runs, Work work) {
  std::vector<double> ms;
  long before = resident_kib(), after_first = 0;
  for (int i = 0; i < runs; ++i) {
    auto start = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    ms.push_back(took.count());
    if (i == 0) after_first = resident_kib();
  }
  std::sort(ms.begin(), ms.end());
  fmt::print("{:<52} {:>10.3f} {:>10.3f} {:>6} {:>+9.1f}\n", what, ms[ms.size() / 2], ms.front(), runs,
             static_cast<double>(after_first - before) / 1024);
}

inline void heading(const std::string& what) {
  fmt::print("\n{:<52} {:>10} {:>10} {:>6} {:>9}\n", what, "median ms", "fastest", "runs", "RSS MiB");
}

}  // namespace lldbgo::bench
