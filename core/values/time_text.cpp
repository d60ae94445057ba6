#include "core/values/time_text.h"

#include <fmt/format.h>

namespace lldbgo {
namespace {

/// ".25" of a fraction of `digits` digits; "" of zero.
std::string fraction(std::uint64_t value, int digits) {
  if (value == 0) return "";
  std::string text = fmt::format(".{:0{}}", value, digits);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

struct Date {
  std::int64_t year = 0;
  unsigned month = 0, day = 0;
};

/// Of the proleptic Gregorian calendar. Counted in eras of 400 years that begin on the first of March, so that the
/// leap day is the last one.
Date date_of(std::int64_t days_since_1970) {
  constexpr std::int64_t kEraDays = 146097, kFromYear0 = 719468;
  std::int64_t day = days_since_1970 + kFromYear0;
  std::int64_t era = (day >= 0 ? day : day - (kEraDays - 1)) / kEraDays;
  auto of_era = static_cast<unsigned>(day - era * kEraDays);
  unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
  unsigned month = (5 * of_year + 2) / 153;  // 0: March
  Date out;
  out.day = of_year - (153 * month + 2) / 5 + 1;
  out.month = month < 10 ? month + 3 : month - 9;
  out.year = static_cast<std::int64_t>(year) + era * 400 + (out.month <= 2 ? 1 : 0);
  return out;
}

std::int64_t wrapping_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace

std::string duration_text(std::int64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  bool negative = nanoseconds < 0;
  std::uint64_t n = negative ? ~static_cast<std::uint64_t>(nanoseconds) + 1 : static_cast<std::uint64_t>(nanoseconds);
  std::string sign = negative ? "-" : "";
  if (n < 1000) return sign + fmt::format("{}ns", n);
  if (n < 1000000) return sign + fmt::format("{}{}µs", n / 1000, fraction(n % 1000, 3));
  if (n < 1000000000) return sign + fmt::format("{}{}ms", n / 1000000, fraction(n % 1000000, 6));
  std::uint64_t seconds = n / 1000000000;
  std::string text = fmt::format("{}{}s", seconds % 60, fraction(n % 1000000000, 9));
  if (seconds >= 60) text = fmt::format("{}m", seconds / 60 % 60) + text;
  if (seconds >= 3600) text = fmt::format("{}h", seconds / 3600) + text;
  return sign + text;
}

std::string time_text(std::int64_t unix_seconds, std::uint32_t nanoseconds, std::int32_t offset) {
  constexpr std::int64_t kDay = 86400;
  std::int64_t local = wrapping_add(unix_seconds, offset);
  std::int64_t days = local / kDay, second = local % kDay;
  if (second < 0) {
    --days;
    second += kDay;
  }
  Date date = date_of(days);
  std::string year = date.year < 0 ? fmt::format("-{:04}", -date.year) : fmt::format("{:04}", date.year);
  std::string text = fmt::format("{}-{:02}-{:02}T{:02}:{:02}:{:02}{}", year, date.month, date.day, second / 3600,
                                 second / 60 % 60, second % 60, fraction(nanoseconds, 9));
  if (offset == 0) return text + "Z";
  std::int32_t minutes = (offset < 0 ? -offset : offset) / 60;
  return text + fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace lldbgo
