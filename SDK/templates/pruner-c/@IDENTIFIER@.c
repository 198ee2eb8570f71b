/* A pruner: cuts the same share of every group, the filters of least power norm first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "espalier_plugin.h"

#define S(text) {text, sizeof(text) - 1}

static const esp_host *host;

/* What an instance was made with. */
typedef struct {
  double power;
} Settings;

static esp_status fail(esp_call *call, esp_status code, const char *text) {
  esp_str message = {text, strlen(text)};
  return host->fail(host, call, code, message);
}

/* The importance of each channel of a group: the least goes first. */
static esp_status score(void *self, esp_call *call, const esp_pruning_host *pruning, uint32_t group, double *out, uint64_t n) {
  double power = ((Settings *)self)->power;
  esp_tensor_view weight = {.struct_size = sizeof weight};
  esp_status status = pruning->weight(call, group, 0, &weight);
  if (status) return status;
  if (weight.ndim < 1 || (uint64_t)weight.shape[0] != n) return fail(call, ESP_E_UNIMPLEMENTED, "the weight's channels do not lie first");
  int64_t per_channel = 1;
  for (int32_t k = 1; k < weight.ndim; ++k) per_channel *= weight.shape[k];
  const float *values = (const float *)((const char *)weight.data + weight.byte_offset);
  for (uint64_t channel = 0; channel < n; ++channel) {
    double sum = 0;
    for (int64_t k = 0; k < per_channel; ++k) sum += pow(fabs(values[channel * per_channel + k]), power);
    out[channel] = sum;
  }
  return ESP_OK;
}

/* What is cut: a third of every group. */
static esp_status plan(void *self, esp_call *call, const esp_pruning_host *pruning) {
  for (uint32_t group = 0; group < pruning->n_groups; ++group) {
    if (host->should_stop(call)) return ESP_E_CANCELLED;
    esp_status status = pruning->set_ratio(call, group, 1.0 / 3);
    if (status) return status;
  }
  return ESP_OK;
}

/* ---- the tables that the host reads ---- */

static esp_status create(const esp_strategy *strategy, const esp_host *h, esp_call *call, const esp_value *values, uint32_t n, void **self) {
  Settings *settings = malloc(sizeof *settings);
  if (!settings) return ESP_E_OUT_OF_MEMORY;
  settings->power = values[0].u.f;
  *self = settings;
  return ESP_OK;
}

static void destroy(void *self) { free(self); }

static const esp_param_spec power = {sizeof(esp_param_spec), ESP_T_F64, ESP_P_TUNABLE, 0, S("power"), S("The power that weights are raised to."), S(""),
                                     {ESP_T_F64, 0, {.f = 1.0}, 0}, {ESP_T_F64, 0, {.f = 0.5}, 0}, {ESP_T_F64, 0, {.f = 2.0}, 0}, NULL};
static const esp_param_spec *const params[] = {&power};

static const esp_pruner_v1 vtable = {sizeof(esp_pruner_v1), 0, plan, score};
static const esp_strategy strategy = {sizeof(esp_strategy), ESP_S_REENTRANT | ESP_S_DETERMINISTIC, S("@ID@"), S(ESP_PRUNER_V1), S("@NAME@"),
                                      S("@DOC@"), S("1.0.0"), ESP_DEVICE_MASK_CPU, params, 1, 0, NULL, create, destroy, &vtable};
static const esp_strategy *const strategies[] = {&strategy};
static const esp_plugin plugin = {sizeof(esp_plugin), 1, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 0},
                                  S("@ID@"), S("1.0.0"), S("You"), strategies, NULL};

const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
  host = h;
  return &plugin;
}
