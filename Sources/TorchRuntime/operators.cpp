// Operators of torch's dispatcher by name, called through the boxed entry.
#include <ATen/core/dispatch/Dispatcher.h>

#include <memory>
#include <mutex>
#include <sstream>
#include <string_view>
#include <unordered_map>

#include "boxing.h"

/// An operator with its schema taken apart once.
struct esp_operator {
  c10::OperatorHandle handle;
  std::vector<espalier::Slot> slots;
  size_t returns;

  explicit esp_operator(c10::OperatorHandle found) : handle(found) {
    const c10::FunctionSchema &schema = found.schema();
    slots.reserve(schema.arguments().size());
    for (const c10::Argument &argument : schema.arguments()) slots.push_back(espalier::slot_of(argument));
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
