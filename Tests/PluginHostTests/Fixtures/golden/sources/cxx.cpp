// A quantizer as a stranger ships it in C++. The libraries built of it are kept: never edit it.
#include "espalier_quantizer.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace {

const esp_host *host;

constexpr esp_str text(std::string_view words) { return {words.data(), words.size()}; }

struct Quantizer {
  double margin;
};

esp_status create(const esp_strategy *, const esp_host *h, esp_call *call, const esp_value *params, uint32_t n, void **self) {
  if (n != 1 || params[0].type != ESP_T_F64) return h->fail(h, call, ESP_E_INVALID_ARGUMENT, text("other parameters"));
  *self = new Quantizer{params[0].u.f};
  return ESP_OK;
}

void destroy(void *self) { delete static_cast<Quantizer *>(self); }

// Layers with one output channel stay float; biases are corrected.
esp_status plan(void *, esp_call *call, const esp_quantizing_host *q) {
  for (uint32_t index = 0; index < q->n_tensors; ++index) {
    esp_quantized tensor{};
    tensor.struct_size = sizeof tensor;
    if (esp_status status = q->tensor(call, index, &tensor)) return status;
    if (tensor.kind == ESP_Q_WEIGHT && tensor.ranges == 1)
      if (esp_status status = q->leave_float(call, index)) return status;
  }
  return q->ask(call, ESP_Q_CORRECT_BIAS);
}

// The extremes, wider by the margin.
esp_status ranges(void *self, esp_call *call, const esp_quantizing_host *q, uint32_t index, esp_range *out, uint64_t n) {
  const double wider = 1 + static_cast<Quantizer *>(self)->margin;
  esp_quantized tensor{};
  tensor.struct_size = sizeof tensor;
  if (esp_status status = q->tensor(call, index, &tensor)) return status;
  if (tensor.kind == ESP_Q_ACTIVATION) {
    esp_seen seen{};
    seen.struct_size = sizeof seen;
    if (esp_status status = q->seen(call, index, &seen)) return status;
    *out = {seen.low * wider, seen.high * wider};
    return ESP_OK;
  }
  esp_tensor_view weight{};
  weight.struct_size = sizeof weight;
  if (esp_status status = q->weight(call, index, &weight)) return status;
  if (tensor.axis != 0 || static_cast<uint64_t>(weight.shape[0]) != n)
    return host->fail(host, call, ESP_E_INTERNAL, text("another weight"));
  int64_t size = 1;
  for (int32_t axis = 1; axis < weight.ndim; ++axis) size *= weight.shape[axis];
  const float *values = static_cast<const float *>(weight.data);
  for (uint64_t k = 0; k < n; ++k) {
    std::vector<double> channel(values + k * size, values + (k + 1) * size);
    auto [least, greatest] = std::minmax_element(channel.begin(), channel.end());
    out[k] = {*least * wider, *greatest * wider};
  }
  return ESP_OK;
}

esp_value number(double value) {
  esp_value result{};
  result.type = ESP_T_F64;
  result.u.f = value;
  return result;
}

const esp_param_spec margin = {
    sizeof(esp_param_spec), ESP_T_F64, 0, 0, text("margin"), text("Share by which ranges are wider."), {}, number(0.5), number(0), number(4),
    nullptr};
const esp_param_spec *const params[] = {&margin};
const esp_quantizer_v1 table = {sizeof table, 0, plan, ranges};
const esp_strategy strategy = {
    sizeof strategy, ESP_S_DETERMINISTIC, text("org.example.golden.quantizer"), text(ESP_QUANTIZER_V1), text("Golden quantizer"),
    text("A quantizer in C++."), text("1.0.0"), ESP_DEVICE_MASK_CPU, params, 1, 0, nullptr, create, destroy, &table};
const esp_strategy *const strategies[] = {&strategy};
const esp_plugin plugin = {
    sizeof plugin, 1, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 1}, text("org.example.golden.cxx"), text("1.0.0"), text("Example"),
    strategies, nullptr};

}  // namespace

extern "C" ESP_EXPORT const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
  host = h;
  return &plugin;
}
