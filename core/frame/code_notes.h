// What the instructions of a Go function are there for, in words.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/frame/operand_names.h"
#include "core/gofacts/go_image.h"

namespace lldbgo {

/// Notes by the offset of the instruction they belong to; several are separated by "; ". `code`: the function's bytes
/// from its entry.
std::map<std::uint64_t, std::string> code_notes(const GoImage& image, const Func& f, Bytes code,
                                                const OperandPlaces& places);

/// The function's calling convention, where it can be told: true for ABI0. Up to Go 1.16 there is only that one, and
/// the answer is absent.
std::optional<bool> is_abi0(const GoImage& image, const Func& f);

}  // namespace lldbgo
