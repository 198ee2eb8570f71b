/* A search space over any network as a stranger ships it in C. The libraries built of it are kept: never edit it. */
#include "espalier_space.h"

#define S(text) {text, sizeof(text) - 1}

static char self_;

static esp_status create(const esp_strategy *s, const esp_host *h, esp_call *call, const esp_value *params, uint32_t n, void **self) {
  (void)s, (void)h, (void)call, (void)params, (void)n;
  *self = &self_;
  return ESP_OK;
}
static void destroy(void *self) { (void)self; }

/* A dimension a channel group, with its name: how many eighths of the channels go. */
static esp_status dimensions(void *self, esp_call *call, const esp_space_host *space) {
  (void)self;
  for (uint32_t index = 0; index < space->network->n_groups; ++index) {
    esp_group group = {sizeof group, 0, {0, 0}, {0, 0}, 0, 0, 0, 0, 0, 0, 0};
    esp_status status = space->network->group(call, index, &group);
    if (status) return status;
    esp_dimension dimension = {sizeof dimension, ESP_DIMENSION_ORDERED, group.name, 0, 3, 0, 0, 0};
    status = space->add_dimension(call, &dimension);
    if (status) return status;
  }
  return ESP_OK;
}

static esp_status start(void *self, esp_call *call, const esp_space_host *space, int64_t *tokens, uint32_t n) {
  (void)self, (void)call, (void)space;
  for (uint32_t k = 0; k < n; ++k) tokens[k] = 1;
  return ESP_OK;
}

/* At most four eighths in all. */
static esp_status feasible(void *self, esp_call *call, const esp_space_host *space, const int64_t *tokens, uint32_t n, int32_t *out) {
  (void)self, (void)call, (void)space;
  int64_t sum = 0;
  for (uint32_t k = 0; k < n; ++k) sum += tokens[k];
  *out = sum <= 4;
  return ESP_OK;
}

static esp_status decode(void *self, esp_call *call, const esp_space_host *space, const int64_t *tokens, uint32_t n) {
  (void)self;
  for (uint32_t k = 0; k < n; ++k) {
    esp_status status = tokens[k] ? space->network->set_ratio(call, k, (double)tokens[k] / 8) : ESP_OK;
    if (status) return status;
  }
  return ESP_OK;
}

static const esp_space_v1 table = {sizeof table, 0, dimensions, start, feasible, decode};
static const esp_strategy strategy = {sizeof strategy, ESP_S_DETERMINISTIC, S("org.example.golden.space"), S(ESP_SPACE_V1),
                                      S("Golden space"), S("A space in C."), S("1.0.0"), ESP_DEVICE_MASK_CPU, 0, 0, 0, 0, create, destroy,
                                      &table};
static const esp_strategy *const strategies[] = {&strategy};
static const esp_plugin plugin = {sizeof plugin, 1, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 2}, S("org.example.golden.space"),
                                  S("1.0.0"), S("Example"), strategies, 0};

ESP_EXPORT const esp_plugin *esp_plugin_entry_v1(const esp_host *host) {
  (void)host;
  return &plugin;
}
