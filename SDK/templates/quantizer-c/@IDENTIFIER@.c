/* A quantizer: ranges by the extremes, shrunk by a share. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "espalier_quantizer.h"

#define S(text) {text, sizeof(text) - 1}

static const esp_host *host;

/* What an instance was made with. */
typedef struct {
  double share;
} Settings;

static esp_status fail(esp_call *call, esp_status code, const char *text) {
  esp_str message = {text, strlen(text)};
  return host->fail(host, call, code, message);
}

/* The range of each channel of a weight, by its extremes. */
static esp_status weight_ranges(esp_call *call, const esp_quantizing_host *quantizing, uint32_t index, const esp_quantized *tensor,
                                double share, esp_range *out, uint64_t n) {
  esp_tensor_view weight = {.struct_size = sizeof weight};
  esp_status status = quantizing->weight(call, index, &weight);
  if (status) return status;
  int32_t axis = n == 1 ? -1 : tensor->axis;
  int64_t outer = 1, channels = axis < 0 ? 1 : weight.shape[axis], inner = 1;
  for (int32_t k = 0; k < weight.ndim; ++k) {
    if (k < axis) outer *= weight.shape[k];
    if (k > axis) inner *= weight.shape[k];
  }
  if ((uint64_t)channels != n) return fail(call, ESP_E_INTERNAL, "the weight has other channels than ranges");
  const float *values = (const float *)((const char *)weight.data + weight.byte_offset);
  for (int64_t channel = 0; channel < channels; ++channel) {
    double most = 0;
    for (int64_t block = 0; block < outer; ++block)
      for (int64_t k = 0; k < inner; ++k) most = fmax(most, fabs(values[(block * channels + channel) * inner + k]));
    if (most == 0) most = 1; /* a channel of zeros: any range holds them */
    out[channel].low = -most * share;
    out[channel].high = most * share;
  }
  return ESP_OK;
}

static esp_status ranges(void *self, esp_call *call, const esp_quantizing_host *quantizing, uint32_t index, esp_range *out, uint64_t n) {
  double share = ((Settings *)self)->share;
  esp_quantized tensor = {.struct_size = sizeof tensor};
  esp_status status = quantizing->tensor(call, index, &tensor);
  if (status) return status;
  if (tensor.kind == ESP_Q_WEIGHT) return weight_ranges(call, quantizing, index, &tensor, share, out, n);
  esp_seen seen = {.struct_size = sizeof seen};
  if ((status = quantizing->seen(call, index, &seen))) return status;
  out[0].low = fmin(seen.low, 0) * share;
  out[0].high = fmax(seen.high, 0) * share;
  if (out[0].low == out[0].high) out[0].high = 1;
  return ESP_OK;
}

/* ---- the tables that the host reads ---- */

static esp_status create(const esp_strategy *strategy, const esp_host *h, esp_call *call, const esp_value *values, uint32_t n, void **self) {
  Settings *settings = malloc(sizeof *settings);
  if (!settings) return ESP_E_OUT_OF_MEMORY;
  settings->share = values[0].u.f;
  *self = settings;
  return ESP_OK;
}

static void destroy(void *self) { free(self); }

static const esp_param_spec share = {sizeof(esp_param_spec), ESP_T_F64, ESP_P_TUNABLE, 0, S("share"), S("What remains of the extremes."), S(""),
                                     {ESP_T_F64, 0, {.f = 1.0}, 0}, {ESP_T_F64, 0, {.f = 0.1}, 0}, {ESP_T_F64, 0, {.f = 1.0}, 0}, NULL};
static const esp_param_spec *const params[] = {&share};

static const esp_quantizer_v1 vtable = {sizeof(esp_quantizer_v1), 0, NULL, ranges};
static const esp_strategy strategy = {sizeof(esp_strategy), ESP_S_REENTRANT | ESP_S_DETERMINISTIC, S("@ID@"), S(ESP_QUANTIZER_V1), S("@NAME@"),
                                      S("@DOC@"), S("1.0.0"), ESP_DEVICE_MASK_CPU, params, 1, 0, NULL, create, destroy, &vtable};
static const esp_strategy *const strategies[] = {&strategy};
static const esp_plugin plugin = {sizeof(esp_plugin), 1, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 1},
                                  S("@ID@"), S("1.0.0"), S("You"), strategies, NULL};

const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
  host = h;
  return &plugin;
}
