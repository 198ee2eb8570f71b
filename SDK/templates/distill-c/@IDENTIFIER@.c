/* A loss of distillation: the mean of squared differences, times a scale. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "espalier_distill.h"

#define S(text) {text, sizeof(text) - 1}

static const esp_host *host;

/* What an instance was made with. */
typedef struct {
  double scale;
} Settings;

static esp_status fail(esp_call *call, esp_status code, const char *text) {
  esp_str message = {text, strlen(text)};
  return host->fail(host, call, code, message);
}

/* What the backward pass needs: the differences of each pair, one behind the other. */
typedef struct {
  int64_t *counts;
  float *differences;
} Saved;

static int64_t count(const esp_tensor_view *view) {
  int64_t n = 1;
  for (int32_t k = 0; k < view->ndim; ++k) n *= view->shape[k];
  return n;
}

static float *data(const esp_tensor_view *view) { return (float *)((char *)view->data + view->byte_offset); }

static void drop_saved(void *self, void *pointer) {
  Saved *saved = pointer;
  if (!saved) return;
  free(saved->counts);
  free(saved->differences);
  free(saved);
}

static esp_status forward(void *self, esp_call *call, const esp_exec *exec, const esp_distill_host *distilling, const esp_tensor_view *student,
                          const esp_tensor_view *teacher, uint32_t n, const esp_tensor_view *loss, void **out) {
  int64_t total = 0, at = 0;
  for (uint32_t pair = 0; pair < n; ++pair) {
    if (count(&student[pair]) != count(&teacher[pair])) return fail(call, ESP_E_INVALID_ARGUMENT, "student and teacher differ in size");
    total += count(&student[pair]);
  }
  Saved *saved = calloc(1, sizeof *saved);
  if (saved) {
    saved->counts = malloc(n * sizeof *saved->counts);
    saved->differences = malloc((size_t)total * sizeof *saved->differences);
  }
  if (!saved || !saved->counts || !saved->differences) {
    drop_saved(self, saved);
    return ESP_E_OUT_OF_MEMORY;
  }
  double sum = 0;
  for (uint32_t pair = 0; pair < n; ++pair) {
    const float *s = data(&student[pair]), *t = data(&teacher[pair]);
    int64_t elements = saved->counts[pair] = count(&student[pair]);
    double part = 0;
    for (int64_t k = 0; k < elements; ++k) {
      float difference = saved->differences[at++] = s[k] - t[k];
      part += (double)difference * difference;
    }
    sum += part / (double)elements;
  }
  *data(loss) = (float)(((Settings *)self)->scale * sum);
  *out = saved;
  return ESP_OK;
}

/* d loss / d student = 2 scale (student - teacher) / n, times what the loss itself is derived by. */
static esp_status backward(void *self, esp_call *call, const esp_exec *exec, void *pointer, const esp_tensor_view *grad_loss,
                           const esp_tensor_view *grad_student, uint32_t n) {
  const Saved *saved = pointer;
  int64_t at = 0;
  for (uint32_t pair = 0; pair < n; ++pair) {
    float *out = data(&grad_student[pair]);
    float factor = (float)(2 * ((Settings *)self)->scale * *data(grad_loss) / (double)saved->counts[pair]);
    for (int64_t k = 0; k < saved->counts[pair]; ++k) out[k] = factor * saved->differences[at++];
  }
  return ESP_OK;
}

/* ---- the tables that the host reads ---- */

static esp_status create(const esp_strategy *strategy, const esp_host *h, esp_call *call, const esp_value *values, uint32_t n, void **self) {
  Settings *settings = malloc(sizeof *settings);
  if (!settings) return ESP_E_OUT_OF_MEMORY;
  settings->scale = values[0].u.f;
  *self = settings;
  return ESP_OK;
}

static void destroy(void *self) { free(self); }

static const esp_param_spec scale = {sizeof(esp_param_spec), ESP_T_F64, ESP_P_TUNABLE, 0, S("scale"), S("What the loss is multiplied by."), S(""),
                                     {ESP_T_F64, 0, {.f = 1.0}, 0}, {ESP_T_F64, 0, {.f = 0.001}, 0}, {ESP_T_F64, 0, {.f = 1000.0}, 0}, NULL};
static const esp_param_spec *const params[] = {&scale};

static const esp_distill_v1 vtable = {sizeof(esp_distill_v1), 0, NULL, forward, backward, drop_saved, NULL};
static const esp_strategy strategy = {sizeof(esp_strategy), ESP_S_REENTRANT | ESP_S_DETERMINISTIC, S("@ID@"), S(ESP_DISTILL_V1), S("@NAME@"),
                                      S("@DOC@"), S("1.0.0"), ESP_DEVICE_MASK_CPU, params, 1, 0, NULL, create, destroy, &vtable};
static const esp_strategy *const strategies[] = {&strategy};
static const esp_plugin plugin = {sizeof(esp_plugin), 1, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 1},
                                  S("@ID@"), S("1.0.0"), S("You"), strategies, NULL};

const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
  host = h;
  return &plugin;
}
