// Operators of torch's dispatcher by name, called with tagged arguments through the boxed entry.
#include <ATen/ScalarOps.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/jit_type.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string_view>
#include <unordered_map>

#include "guard.h"

namespace {

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

Kind kind_of(const c10::Type &type) {
  switch (type.kind()) {
    case c10::TypeKind::TensorType: return Kind::Tensor;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
    case c10::TypeKind::ScalarTypeType:
    case c10::TypeKind::LayoutType:
    case c10::TypeKind::MemoryFormatType: return Kind::Int;
    case c10::TypeKind::FloatType:
    case c10::TypeKind::SymFloatType: return Kind::Double;
    case c10::TypeKind::BoolType:
    case c10::TypeKind::SymBoolType: return Kind::Bool;
    case c10::TypeKind::NumberType: return Kind::Scalar;
    case c10::TypeKind::StringType: return Kind::String;
    case c10::TypeKind::DeviceObjType: return Kind::Device;
    case c10::TypeKind::AnyType: return Kind::Any;
    default: return Kind::Other;
  }
}

Slot slot_of(const c10::Argument &argument) {
  Slot slot;
  slot.name = argument.name();
  slot.type = argument.real_type()->annotation_str();
  if (argument.default_value().has_value()) slot.fallback = *argument.default_value();
  c10::TypePtr type = argument.type();
  if (auto optional = type->cast<c10::OptionalType>()) {
    slot.optional = true;
    type = optional->getElementType();
  }
  if (auto list = type->cast<c10::ListType>()) {
    slot.list = true;
    slot.repeat = argument.N().value_or(1);
    type = list->getElementType();
    if (auto optional = type->cast<c10::OptionalType>()) {
      slot.optional_items = true;
      type = optional->getElementType();
    }
  }
  slot.kind = kind_of(*type);
  return slot;
}

const char *tag_name(uint32_t tag) {
  static const char *const names[] = {"none",     "a tensor", "an int",    "a float",  "a bool",
                                      "a string", "ints",     "floats",    "bools",    "tensors",
                                      "optional tensors",     "a dtype",   "a device", "a layout",
                                      "a memory format",      "a default"};
  return tag < sizeof names / sizeof *names ? names[tag] : "an unknown tag";
}

[[noreturn]] void mismatch(const Slot &slot, const esp_operand &value) {
  throw espalier::Failure{
      ESP_E_INVALID_ARGUMENT,
      "argument '" + slot.name + "' wants " + slot.type + ", got " + tag_name(value.tag)};
}

bool is_integer(uint32_t tag) {
  return tag == ESP_VALUE_INT || tag == ESP_VALUE_DTYPE || tag == ESP_VALUE_LAYOUT ||
         tag == ESP_VALUE_MEMORY_FORMAT;
}

c10::Scalar scalar(const Slot &slot, const esp_operand &value) {
  switch (value.tag) {
    case ESP_VALUE_INT: return c10::Scalar(value.integer);
    case ESP_VALUE_DOUBLE: return c10::Scalar(value.number);
    case ESP_VALUE_BOOL: return c10::Scalar(value.integer != 0);
    default: mismatch(slot, value);
  }
}

at::Tensor tensor(const Slot &slot, const esp_operand &value) {
  if (value.tag == ESP_VALUE_TENSOR) return espalier::take(value.tensor);
  // As Python does: a number among tensors takes part in promotion as a number.
  at::Tensor wrapped = c10::scalar_to_tensor(scalar(slot, value));
  wrapped.unsafeGetTensorImpl()->set_wrapped_number(true);
  return wrapped;
}

c10::Device device(const esp_operand &value) {
  return espalier::device(static_cast<int32_t>(value.integer), static_cast<int32_t>(value.count));
}

bool is_list(uint32_t tag) {
  return tag == ESP_VALUE_INTS || tag == ESP_VALUE_DOUBLES || tag == ESP_VALUE_BOOLS ||
         tag == ESP_VALUE_TENSORS || tag == ESP_VALUE_OPTIONAL_TENSORS;
}

/// A list of the items' type; a caller's empty list has none of its own.
c10::IValue empty_list(const Slot &slot) {
  auto items = [&](c10::TypePtr type) {
    if (slot.optional_items) type = c10::OptionalType::create(std::move(type));
    return c10::impl::GenericList(std::move(type));
  };
  switch (slot.kind) {
    case Kind::Tensor: return items(c10::TensorType::get());
    case Kind::Int: return items(c10::IntType::get());
    case Kind::Double: return items(c10::FloatType::get());
    case Kind::Bool: return items(c10::BoolType::get());
    case Kind::Scalar: return items(c10::NumberType::get());
    case Kind::String: return items(c10::StringType::get());
    default: return c10::impl::GenericList(c10::AnyType::get());
  }
}

c10::IValue list(const Slot &slot, const esp_operand &value) {
  if (is_list(value.tag) && value.count == 0) return empty_list(slot);
  switch (slot.kind) {
    case Kind::Tensor: {
      bool single = value.tag == ESP_VALUE_TENSOR;
      if (!single && value.tag != ESP_VALUE_TENSORS && value.tag != ESP_VALUE_OPTIONAL_TENSORS)
        break;
      esp_tensor *const *items = single ? &value.tensor : value.tensors;
      uint64_t count = single ? 1 : value.count;
      if (slot.optional_items) {
        c10::List<std::optional<at::Tensor>> out;
        out.reserve(count);
        for (uint64_t i = 0; i < count; ++i)
          out.push_back(
              items[i] == nullptr ? std::nullopt : std::make_optional(espalier::take(items[i])));
        return out;
      }
      c10::List<at::Tensor> out;
      out.reserve(count);
      for (uint64_t i = 0; i < count; ++i) {
        if (items[i] == nullptr) mismatch(slot, value);
        out.push_back(espalier::take(items[i]));
      }
      return out;
    }
    case Kind::Int:
      if (value.tag == ESP_VALUE_INTS) return c10::IntArrayRef(value.ints, value.count);
      if (value.tag == ESP_VALUE_INT)
        return std::vector<int64_t>(std::max(slot.repeat, 1), value.integer);
      break;
    case Kind::Double: {
      if (value.tag == ESP_VALUE_DOUBLES) return at::ArrayRef<double>(value.doubles, value.count);
      if (value.tag == ESP_VALUE_INTS)
        return std::vector<double>(value.ints, value.ints + value.count);
      if (value.tag == ESP_VALUE_DOUBLE || value.tag == ESP_VALUE_INT)
        return std::vector<double>(
            std::max(slot.repeat, 1), value.tag == ESP_VALUE_INT
                                          ? static_cast<double>(value.integer)
                                          : value.number);
      break;
    }
    case Kind::Bool: {
      c10::List<bool> out;
      if (value.tag == ESP_VALUE_BOOLS) {
        for (uint64_t i = 0; i < value.count; ++i) out.push_back(value.bools[i] != 0);
        return out;
      }
      break;
    }
    case Kind::Scalar: {
      c10::impl::GenericList out = empty_list(slot).toList();
      if (value.tag == ESP_VALUE_INTS) {
        for (uint64_t i = 0; i < value.count; ++i) out.push_back(c10::IValue(value.ints[i]));
        return out;
      }
      if (value.tag == ESP_VALUE_DOUBLES) {
        for (uint64_t i = 0; i < value.count; ++i) out.push_back(c10::IValue(value.doubles[i]));
        return out;
      }
      if (value.tag == ESP_VALUE_INT || value.tag == ESP_VALUE_DOUBLE) {
        out.push_back(c10::IValue(scalar(slot, value)));
        return out;
      }
      break;
    }
    default: break;
  }
  mismatch(slot, value);
}

c10::IValue any(const Slot &slot, const esp_operand &value) {
  switch (value.tag) {
    case ESP_VALUE_TENSOR: return espalier::take(value.tensor);
    case ESP_VALUE_INT: return value.integer;
    case ESP_VALUE_DOUBLE: return value.number;
    case ESP_VALUE_BOOL: return value.integer != 0;
    case ESP_VALUE_STRING: return std::string(value.string, value.count);
    default: mismatch(slot, value);
  }
}

c10::IValue convert(const Slot &slot, const esp_operand &value) {
  if (value.tag == ESP_VALUE_DEFAULT) {
    if (!slot.fallback.has_value())
      throw espalier::Failure{
          ESP_E_INVALID_ARGUMENT, "argument '" + slot.name + "' (" + slot.type + ") has no default"};
    return *slot.fallback;
  }
  if (value.tag == ESP_VALUE_NONE ||
      (value.tag == ESP_VALUE_TENSOR && value.tensor == nullptr && !slot.list)) {
    // An optional tensor that is absent is an undefined tensor to some kernels, none to others; boxing takes none.
    if (slot.optional || slot.kind == Kind::Any) return c10::IValue();
    mismatch(slot, value);
  }
  if (slot.list) return list(slot, value);
  switch (slot.kind) {
    case Kind::Tensor: return tensor(slot, value);
    case Kind::Int:
      if (is_integer(value.tag) || value.tag == ESP_VALUE_BOOL) return value.integer;
      break;
    case Kind::Double:
      if (value.tag == ESP_VALUE_DOUBLE) return value.number;
      if (value.tag == ESP_VALUE_INT) return static_cast<double>(value.integer);
      break;
    case Kind::Bool:
      if (value.tag == ESP_VALUE_BOOL || value.tag == ESP_VALUE_INT) return value.integer != 0;
      break;
    case Kind::Scalar: return scalar(slot, value);
    case Kind::String:
      if (value.tag == ESP_VALUE_STRING)
        return std::string(value.string == nullptr ? "" : value.string, value.count);
      break;
    case Kind::Device:
      if (value.tag == ESP_VALUE_DEVICE) return device(value);
      break;
    case Kind::Any: return any(slot, value);
    case Kind::Other: break;
  }
  mismatch(slot, value);
}

/// Room for `count` items; never null, so that an empty list differs from none.
template <class Item>
Item *room(size_t count) {
  auto *items = static_cast<Item *>(std::malloc(std::max<size_t>(count, 1) * sizeof(Item)));
  if (items == nullptr) throw std::bad_alloc();
  return items;
}

void hand_out(c10::IValue &&value, esp_operand &out) {
  out = esp_operand{};
  if (value.isTensor()) {
    out.tensor = espalier::give(std::move(value).toTensor());
    out.tag = out.tensor == nullptr ? ESP_VALUE_NONE : ESP_VALUE_TENSOR;
  } else if (value.isNone()) {
    out.tag = ESP_VALUE_NONE;
  } else if (value.isInt()) {
    out.tag = ESP_VALUE_INT;
    out.integer = value.toInt();
  } else if (value.isDouble()) {
    out.tag = ESP_VALUE_DOUBLE;
    out.number = value.toDouble();
  } else if (value.isBool()) {
    out.tag = ESP_VALUE_BOOL;
    out.integer = value.toBool() ? 1 : 0;
  } else if (value.isString()) {
    const std::string &text = value.toStringRef();
    char *copy = room<char>(text.size());
    std::memcpy(copy, text.data(), text.size());
    out.tag = ESP_VALUE_STRING;
    out.string = copy;
    out.count = text.size();
  } else if (value.isTensorList() || value.isOptionalTensorList()) {
    bool optional = !value.isTensorList();
    auto items = value.toListRef();
    auto **handles = room<esp_tensor *>(items.size());
    for (size_t i = 0; i < items.size(); ++i)
      handles[i] = items[i].isNone() ? nullptr : espalier::give(items[i].toTensor());
    out.tag = optional ? ESP_VALUE_OPTIONAL_TENSORS : ESP_VALUE_TENSORS;
    out.tensors = handles;
    out.count = items.size();
  } else if (value.isIntList()) {
    auto items = value.toIntVector();
    auto *copy = room<int64_t>(items.size());
    std::copy(items.begin(), items.end(), copy);
    out.tag = ESP_VALUE_INTS;
    out.ints = copy;
    out.count = items.size();
  } else if (value.isDoubleList()) {
    auto items = value.toDoubleVector();
    auto *copy = room<double>(items.size());
    std::copy(items.begin(), items.end(), copy);
    out.tag = ESP_VALUE_DOUBLES;
    out.doubles = copy;
    out.count = items.size();
  } else if (value.isBoolList()) {
    auto items = value.toBoolList();
    auto *copy = room<uint8_t>(items.size());
    for (size_t i = 0; i < items.size(); ++i) copy[i] = items[i] ? 1 : 0;
    out.tag = ESP_VALUE_BOOLS;
    out.bools = copy;
    out.count = items.size();
  } else if (value.isDevice()) {
    out.tag = ESP_VALUE_DEVICE;
    out.integer = espalier::device_code(value.toDevice().type());
    out.count = static_cast<uint64_t>(std::max<int>(value.toDevice().index(), 0));
  } else {
    throw espalier::Failure{
        ESP_E_UNIMPLEMENTED, "the result of type " + value.tagKind() + " cannot be handed out"};
  }
}

void free_results(esp_operand *results, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    esp_operand &value = results[i];
    switch (value.tag) {
      case ESP_VALUE_TENSOR:
        if (value.tensor != nullptr) c10::raw::intrusive_ptr::decref(espalier::impl(value.tensor));
        break;
      case ESP_VALUE_TENSORS:
      case ESP_VALUE_OPTIONAL_TENSORS:
        for (uint64_t j = 0; j < value.count; ++j)
          if (value.tensors[j] != nullptr)
            c10::raw::intrusive_ptr::decref(espalier::impl(value.tensors[j]));
        std::free(const_cast<esp_tensor **>(value.tensors));
        break;
      case ESP_VALUE_STRING: std::free(const_cast<char *>(value.string)); break;
      case ESP_VALUE_INTS: std::free(const_cast<int64_t *>(value.ints)); break;
      case ESP_VALUE_DOUBLES: std::free(const_cast<double *>(value.doubles)); break;
      case ESP_VALUE_BOOLS: std::free(const_cast<uint8_t *>(value.bools)); break;
      default: break;
    }
    value = esp_operand{};
  }
}

}  // namespace

struct esp_operator {
  c10::OperatorHandle handle;
  std::vector<Slot> slots;
  size_t returns;

  explicit esp_operator(c10::OperatorHandle found) : handle(found) {
    const c10::FunctionSchema &schema = found.schema();
    slots.reserve(schema.arguments().size());
    for (const c10::Argument &argument : schema.arguments()) slots.push_back(slot_of(argument));
    returns = schema.returns().size();
  }
};

namespace espalier {
namespace {

/// Every operator found so far. Entries are never removed: handles are valid for ever.
class Found {
 public:
  const esp_operator *find(esp_str name, esp_str overload) {
    // The key is built in a buffer that stays: looking a known operator up allocates nothing.
    static thread_local std::string key;
    key.clear();
    std::string_view bare(name.ptr == nullptr ? "" : name.ptr, name.len);
    if (bare.find("::") == std::string_view::npos) key += "aten::";
    key += bare;
    const size_t split = key.size();
    key += '.';
    if (overload.ptr != nullptr) key.append(overload.ptr, overload.len);
    std::lock_guard<std::mutex> lock(mutex_);
    auto known = operators_.find(key);
    if (known != operators_.end()) return known->second.get();
    const std::string full = key.substr(0, split), variant = key.substr(split + 1);
    auto handle = c10::Dispatcher::singleton().findSchema({full, variant});
    if (!handle.has_value()) throw Failure{ESP_E_NOT_FOUND, not_found(full, variant)};
    auto made = std::make_unique<esp_operator>(*handle);
    return operators_.emplace(key, std::move(made)).first->second.get();
  }

 private:
  /// Names the overloads that there are: the usual mistake is a missing one.
  static std::string not_found(const std::string &name, const std::string &overload) {
    std::string overloads;
    for (const c10::OperatorName &other : c10::Dispatcher::singleton().getAllOpNames())
      if (other.name == name)
        overloads += (overloads.empty() ? "" : ", ") + ("\"" + other.overload_name + "\"");
    if (overloads.empty()) return "libtorch has no operator " + name;
    return "operator " + name + " has no overload \"" + overload + "\", but " + overloads;
  }

  std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<esp_operator>> operators_;
};

/// Never destroyed: a thread may still call at exit.
Found &found() {
  static auto *const all = new Found();
  return *all;
}

esp_status find_operator(
    esp_str name, esp_str overload, const esp_operator **out, esp_error_text error) {
  *out = nullptr;
  return guarded(error, [&] { *out = found().find(name, overload); });
}

uint64_t operator_schema(const esp_operator *op, char *buffer, uint64_t capacity) {
  try {
    std::ostringstream text;
    text << op->handle.schema();
    std::string all = text.str();
    if (buffer != nullptr) std::memcpy(buffer, all.data(), std::min<size_t>(all.size(), capacity));
    return all.size();
  } catch (...) {
    return 0;
  }
}

esp_status call(
    const esp_operator *op, const esp_operand *arguments, uint64_t argument_count, esp_operand *results,
    uint64_t result_capacity, uint64_t *result_count, esp_error_text error) {
  *result_count = 0;
  return guarded(error, [&] {
    const size_t expected = op->slots.size();
    if (argument_count > expected)
      throw Failure{
          ESP_E_INVALID_ARGUMENT, "takes " + std::to_string(expected) + " arguments, got " +
                                      std::to_string(argument_count)};
    if (op->returns > result_capacity)
      throw Failure{
          ESP_E_INVALID_ARGUMENT, "hands out " + std::to_string(op->returns) +
                                      " results, room for " + std::to_string(result_capacity)};
    std::vector<c10::IValue> stack;
    stack.reserve(std::max(expected, op->returns));
    for (size_t i = 0; i < argument_count; ++i)
      stack.push_back(convert(op->slots[i], arguments[i]));
    for (size_t i = argument_count; i < expected; ++i) {
      const Slot &slot = op->slots[i];
      if (!slot.fallback.has_value())
        throw Failure{
            ESP_E_INVALID_ARGUMENT,
            "argument '" + slot.name + "' (" + slot.type + ") is missing and has no default"};
      stack.push_back(*slot.fallback);
    }
    op->handle.callBoxed(&stack);
    uint64_t made = 0;
    try {
      for (; made < stack.size() && made < result_capacity; ++made)
        hand_out(std::move(stack[made]), results[made]);
    } catch (...) {
      free_results(results, made);
      throw;
    }
    *result_count = made;
  });
}

}  // namespace

void fill_operators(esp_ops_v1 &ops) {
  ops.find_operator = find_operator;
  ops.operator_schema = operator_schema;
  ops.call = call;
  ops.free_results = free_results;
}

}  // namespace espalier
