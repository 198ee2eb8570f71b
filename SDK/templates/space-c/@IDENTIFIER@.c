/* A search space: how much of each channel group of the run's network is cut, in steps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "espalier_space.h"

#define S(text) {text, sizeof(text) - 1}

static const esp_host *host;

/* What an instance was made with. */
typedef struct {
  double most;
} Settings;

static esp_status fail(esp_call *call, esp_status code, const char *text) {
  esp_str message = {text, strlen(text)};
  return host->fail(host, call, code, message);
}

enum { STEPS = 5 };

/* One choice a group: 0 keeps it whole, each step cuts more. */
static esp_status dimensions(void *self, esp_call *call, const esp_space_host *space) {
  if (!space->network || space->network->n_groups == 0) return fail(call, ESP_E_UNIMPLEMENTED, "the run has no network with channel groups");
  for (uint32_t k = 0; k < space->network->n_groups; ++k) {
    esp_group group = {.struct_size = sizeof group};
    esp_status status = space->network->group(call, k, &group);
    if (status) return status;
    esp_dimension dimension = {.struct_size = sizeof dimension, .flags = ESP_DIMENSION_ORDERED, .name = group.name, .low = 0, .high = STEPS - 1};
    if ((status = space->add_dimension(call, &dimension))) return status;
  }
  return ESP_OK;
}

/* The network of some tokens: a cut of the run's network, which keeps its weights. */
static esp_status decode(void *self, esp_call *call, const esp_space_host *space, const int64_t *tokens, uint32_t n) {
  for (uint32_t k = 0; k < n; ++k) {
    double ratio = ((Settings *)self)->most * (double)tokens[k] / (STEPS - 1);
    esp_status status = ratio > 0 ? space->network->set_ratio(call, k, ratio) : ESP_OK;
    if (status) return status;
  }
  return ESP_OK;
}

/* ---- the tables that the host reads ---- */

static esp_status create(const esp_strategy *strategy, const esp_host *h, esp_call *call, const esp_value *values, uint32_t n, void **self) {
  Settings *settings = malloc(sizeof *settings);
  if (!settings) return ESP_E_OUT_OF_MEMORY;
  settings->most = values[0].u.f;
  *self = settings;
  return ESP_OK;
}

static void destroy(void *self) { free(self); }

static const esp_param_spec most = {sizeof(esp_param_spec), ESP_T_F64, ESP_P_TUNABLE, 0, S("most"), S("The share of a group that the last step cuts."), S(""),
                                     {ESP_T_F64, 0, {.f = 0.8}, 0}, {ESP_T_F64, 0, {.f = 0.1}, 0}, {ESP_T_F64, 0, {.f = 0.95}, 0}, NULL};
static const esp_param_spec *const params[] = {&most};

static const esp_space_v1 vtable = {sizeof(esp_space_v1), 0, dimensions, NULL, NULL, decode};
static const esp_strategy strategy = {sizeof(esp_strategy), ESP_S_REENTRANT | ESP_S_DETERMINISTIC, S("@ID@"), S(ESP_SPACE_V1), S("@NAME@"),
                                      S("@DOC@"), S("1.0.0"), ESP_DEVICE_MASK_CPU, params, 1, 0, NULL, create, destroy, &vtable};
static const esp_strategy *const strategies[] = {&strategy};
static const esp_plugin plugin = {sizeof(esp_plugin), 1, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 2},
                                  S("@ID@"), S("1.0.0"), S("You"), strategies, NULL};

const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
  host = h;
  return &plugin;
}
