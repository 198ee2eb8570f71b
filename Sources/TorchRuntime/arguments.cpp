// Arguments: tagged values become what the operator's schema asks for.
#include <ATen/ScalarOps.h>
#include <ATen/core/jit_type.h>

#include "boxing.h"

namespace espalier {
namespace {

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

const char *tag_name(uint32_t tag) {
  static const char *const names[] = {"none",     "a tensor", "an int",    "a float",  "a bool",
                                      "a string", "ints",     "floats",    "bools",    "tensors",
                                      "optional tensors",     "a dtype",   "a device", "a layout",
                                      "a memory format",      "a default"};
  return tag < sizeof names / sizeof *names ? names[tag] : "an unknown tag";
}

[[noreturn]] void mismatch(const Slot &slot, const esp_operand &value) {
  throw Failure{
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
  if (value.tag == ESP_VALUE_TENSOR) return take(value.tensor);
  // As Python does: a number among tensors takes part in promotion as a number.
  at::Tensor wrapped = c10::scalar_to_tensor(scalar(slot, value));
  wrapped.unsafeGetTensorImpl()->set_wrapped_number(true);
  return wrapped;
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
              items[i] == nullptr ? std::nullopt : std::make_optional(take(items[i])));
        return out;
      }
      c10::List<at::Tensor> out;
      out.reserve(count);
      for (uint64_t i = 0; i < count; ++i) {
        if (items[i] == nullptr) mismatch(slot, value);
        out.push_back(take(items[i]));
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
    case ESP_VALUE_TENSOR: return take(value.tensor);
    case ESP_VALUE_INT: return value.integer;
    case ESP_VALUE_DOUBLE: return value.number;
    case ESP_VALUE_BOOL: return value.integer != 0;
    case ESP_VALUE_STRING: return std::string(value.string, value.count);
    default: mismatch(slot, value);
  }
}

}  // namespace

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

c10::IValue convert(const Slot &slot, const esp_operand &value) {
  if (value.tag == ESP_VALUE_DEFAULT) {
    if (!slot.fallback.has_value())
      throw Failure{
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
      if (value.tag == ESP_VALUE_DEVICE)
        return device(static_cast<int32_t>(value.integer), static_cast<int32_t>(value.count));
      break;
    case Kind::Any: return any(slot, value);
    case Kind::Other: break;
  }
  mismatch(slot, value);
}

}  // namespace espalier
