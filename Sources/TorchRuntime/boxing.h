// Between the table's tagged values and torch's: arguments by the schema in, results out.
#pragma once
#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>

#include <optional>
#include <string>

#include "guard.h"

namespace espalier {

enum class Kind { Tensor, Int, Double, Bool, Scalar, String, Device, Any, Other };

/// One argument of a schema, taken apart once.
struct Slot {
  Kind kind = Kind::Other;
  bool list = false;
  bool optional = false;       // the argument may be none
  bool optional_items = false; // the list may hold none
  int32_t repeat = 1;          // the length of a fixed list, to which one number is repeated
  std::optional<c10::IValue> fallback;
  std::string name, type;
};

Slot slot_of(const c10::Argument &argument);

/// The argument in the slot's type; throws a Failure that names the argument where it does not fit.
c10::IValue convert(const Slot &slot, const esp_operand &value);

/// Hands a result to the caller.
void hand_out(c10::IValue &&value, esp_operand &out);

/// Frees what results hold and clears them.
void free_results(esp_operand *results, uint64_t count);

}  // namespace espalier
