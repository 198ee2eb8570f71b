// Results: torch's values become tagged ones that the caller owns.
#include <cstdlib>

#include "boxing.h"

namespace espalier {
namespace {

/// Room for `count` items; never null, so that an empty list differs from none.
template <class Item>
Item *room(size_t count) {
  auto *items = static_cast<Item *>(std::malloc(std::max<size_t>(count, 1) * sizeof(Item)));
  if (items == nullptr) throw std::bad_alloc();
  return items;
}

}  // namespace

void hand_out(c10::IValue &&value, esp_operand &out) {
  out = esp_operand{};
  if (value.isTensor()) {
    out.tensor = give(std::move(value).toTensor());
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
      handles[i] = items[i].isNone() ? nullptr : give(items[i].toTensor());
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
    out.integer = device_code(value.toDevice().type());
    out.count = static_cast<uint64_t>(std::max<int>(value.toDevice().index(), 0));
  } else {
    throw Failure{
        ESP_E_UNIMPLEMENTED, "the result of type " + value.tagKind() + " cannot be handed out"};
  }
}

void free_results(esp_operand *results, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    esp_operand &value = results[i];
    switch (value.tag) {
      case ESP_VALUE_TENSOR:
        if (value.tensor != nullptr) c10::raw::intrusive_ptr::decref(impl(value.tensor));
        break;
      case ESP_VALUE_TENSORS:
      case ESP_VALUE_OPTIONAL_TENSORS:
        for (uint64_t j = 0; j < value.count; ++j)
          if (value.tensors[j] != nullptr)
            c10::raw::intrusive_ptr::decref(impl(value.tensors[j]));
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

}  // namespace espalier
