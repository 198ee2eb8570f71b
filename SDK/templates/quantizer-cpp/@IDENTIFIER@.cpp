// A quantizer: ranges by the extremes, shrunk by a share.
#include <algorithm>
#include <cmath>

#include "plugin.hpp"

namespace {

struct Quantizer {
  double share;

  void ranges(esp_call *call, const esp_quantizing_host &quantizing, uint32_t index, esp_range *out, uint64_t n) const {
    esp_quantized tensor{};
    tensor.struct_size = sizeof tensor;
    check(quantizing.tensor(call, index, &tensor));
    if (tensor.kind == ESP_Q_WEIGHT) return weight(call, quantizing, index, n == 1 ? -1 : tensor.axis, out, n);
    esp_seen seen{};
    seen.struct_size = sizeof seen;
    check(quantizing.seen(call, index, &seen));
    out[0] = {std::min<double>(seen.low, 0) * share, std::max<double>(seen.high, 0) * share};
    if (out[0].low == out[0].high) out[0].high = 1;
  }

 private:
  // The range of each channel of a weight, by its extremes.
  void weight(esp_call *call, const esp_quantizing_host &quantizing, uint32_t index, int32_t axis, esp_range *out, uint64_t n) const {
    esp_tensor_view view{};
    view.struct_size = sizeof view;
    check(quantizing.weight(call, index, &view));
    const int64_t channels = axis < 0 ? 1 : view.shape[axis];
    if (static_cast<uint64_t>(channels) != n) throw std::runtime_error("the weight has other channels than ranges");
    int64_t inner = 1;
    for (int32_t k = axis + 1; k < view.ndim; ++k) inner *= view.shape[k];
    for (uint64_t channel = 0; channel < n; ++channel) out[channel] = {0, 0};
    const int64_t elements = count(view);
    for (int64_t k = 0; k < elements; ++k) {
      esp_range &range = out[k / inner % channels];
      range.high = std::max<double>(range.high, std::fabs(data(view)[k]));
    }
    for (uint64_t channel = 0; channel < n; ++channel) {
      const double most = out[channel].high == 0 ? 1 : out[channel].high * share;
      out[channel] = {-most, most};
    }
  }
};

const esp_quantizer_v1 vtable{sizeof(esp_quantizer_v1), 0, nullptr,
                              [](void *self, esp_call *call, const esp_quantizing_host *quantizing, uint32_t index, esp_range *out, uint64_t n) {
                                return guarded(call, [&] { static_cast<Quantizer *>(self)->ranges(call, *quantizing, index, out, n); });
                              }};

}  // namespace

extern "C" const esp_plugin *esp_plugin_entry_v1(const esp_host *given) {
  return plugin<Quantizer>(given, "@ID@", ESP_QUANTIZER_V1, "@NAME@", "@DOC@",
                           number("share", "What remains of the extremes.", 1.0, 0.1, 1.0), &vtable);
}
