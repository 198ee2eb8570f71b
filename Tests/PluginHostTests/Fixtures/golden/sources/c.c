/* A pruner and a loss of distillation as a stranger ships them in C. The libraries built of it are kept: never edit it. */
#include "espalier_distill.h"
#include "espalier_plugin.h"

#define S(text) {text, sizeof(text) - 1}

static const esp_host *host;
static char self_;

static esp_status refuse(esp_call *call, const char *text, uint64_t length) {
  esp_str message = {text, length};
  return host->fail(host, call, ESP_E_INTERNAL, message);
}
#define REFUSE(call, text) refuse(call, text, sizeof(text) - 1)

/* ---- the pruner: its parameters are its instance ---- */

typedef struct instance {
  double ratio;
} instance;
static instance instances[64];
static uint32_t n_instances;

static esp_status create_pruner(const esp_strategy *s, const esp_host *h, esp_call *call, const esp_value *params, uint32_t n, void **self) {
  (void)s;
  if (!ESP_HAS(h, get_extension) || n != 1 || params[0].type != ESP_T_F64 || n_instances == 64) return REFUSE(call, "other parameters");
  instances[n_instances].ratio = params[0].u.f;
  *self = &instances[n_instances++];
  return ESP_OK;
}

static double sum_of_squares(const float *values, int64_t n) {
  double sum = 0;
  for (int64_t k = 0; k < n; ++k) sum += (double)values[k] * values[k];
  return sum;
}

/* The sum of squares of each filter, of the weight that names the group. */
static esp_status score(void *self, esp_call *call, const esp_pruning_host *p, uint32_t index, double *out, uint64_t n) {
  (void)self;
  esp_tensor_view w = {sizeof w, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  esp_status status = p->weight(call, index, 0, &w);
  if (status) return status;
  if (w.dtype_code != ESP_DTYPE_FLOAT || w.dtype_bits != 32 || w.ndim < 1 || (uint64_t)w.shape[0] != n || !(w.flags & ESP_VIEW_READ_ONLY))
    return REFUSE(call, "another weight");
  int64_t size = 1;
  for (int32_t axis = 1; axis < w.ndim; ++axis) size *= w.shape[axis];
  for (uint64_t k = 0; k < n; ++k) out[k] = sum_of_squares((const float *)w.data + (int64_t)k * size, size);
  return ESP_OK;
}

/* Groups at even places lose the share of the parameter, those at odd places the channels whose importance lies below the mean. What
   the plan costs is asked for and told. */
static esp_status plan(void *self, esp_call *call, const esp_pruning_host *p) {
  for (uint32_t index = 0; index < p->n_groups; ++index) {
    esp_group group = {sizeof group, 0, {0, 0}, {0, 0}, 0, 0, 0, 0, 0, 0, 0};
    esp_member member = {sizeof member, 0, {0, 0}, {0, 0}, 0, 0, 0, 0, 0, 0};
    esp_status status = p->group(call, index, &group);
    if (!status) status = p->member(call, index, 0, &member);
    if (status) return status;
    if (group.n_members < 1 || member.kind != ESP_MEMBER_PRODUCER || member.count != group.channels) return REFUSE(call, "another group");
    if (index % 2 == 0) {
      status = p->set_ratio(call, index, ((instance *)self)->ratio);
    } else {
      double importance[64], mean = 0;
      int64_t channels[64];
      uint64_t n = 0;
      if (group.channels > 64) return REFUSE(call, "too many channels");
      status = p->importance(call, index, importance, (uint64_t)group.channels);
      if (status) return status;
      for (int64_t k = 0; k < group.channels; ++k) mean += importance[k] / (double)group.channels;
      for (int64_t k = 0; k < group.channels; ++k)
        if (importance[k] < mean) channels[n++] = k;
      status = p->set_channels(call, index, channels, n);
    }
    if (status) return status;
  }
  esp_cut cut = {0, ESP_CUT_RATIO, 0.5, 0, 0};
  esp_plan one = {&cut, 1};
  esp_cost cost = {0, 0};
  esp_status status = p->cost(call, &one, 1, &cost);
  if (status) return status;
  char text[] = "0000 multiply-adds";
  for (int place = 3, macs = (int)cost.macs; place >= 0; --place, macs /= 10) text[place] = (char)('0' + macs % 10);
  esp_str message = {text, sizeof text - 1};
  host->log(host, ESP_LOG_INFO, message);
  return ESP_OK;
}

static void destroy(void *self) { (void)self; }

/* ---- the loss: the mean absolute difference, with its gradient ---- */

static esp_status create_loss(const esp_strategy *s, const esp_host *h, esp_call *call, const esp_value *params, uint32_t n, void **self) {
  (void)s, (void)h, (void)call, (void)params, (void)n;
  *self = &self_;
  return ESP_OK;
}

static int64_t count(const esp_tensor_view *view) {
  int64_t n = 1;
  for (int32_t axis = 0; axis < view->ndim; ++axis) n *= view->shape[axis];
  return n;
}

#define MOST_PAIRS 16u
static esp_tensor_view kept[2][MOST_PAIRS];

static esp_status forward(void *self, esp_call *call, const esp_exec *exec, const esp_distill_host *d, const esp_tensor_view *student,
                          const esp_tensor_view *teacher, uint32_t n, const esp_tensor_view *loss, void **saved) {
  (void)self;
  double total = 0;
  if (exec->device_type != ESP_DEVICE_CPU || n != d->n_pairs || n > MOST_PAIRS) return REFUSE(call, "other surroundings");
  for (uint32_t pair = 0; pair < n; ++pair) {
    const float *a = student[pair].data, *b = teacher[pair].data;
    int64_t elements = count(&student[pair]);
    for (int64_t k = 0; k < elements; ++k) total += (a[k] > b[k] ? a[k] - b[k] : b[k] - a[k]) / (double)elements;
    kept[0][pair] = student[pair];
    kept[1][pair] = teacher[pair];
  }
  *(float *)loss->data = (float)total;
  *saved = kept;
  return ESP_OK;
}

static esp_status backward(void *self, esp_call *call, const esp_exec *exec, void *saved, const esp_tensor_view *grad_loss,
                           const esp_tensor_view *grad_student, uint32_t n) {
  (void)self, (void)call, (void)exec, (void)saved;
  float up = *(const float *)grad_loss->data;
  for (uint32_t pair = 0; pair < n; ++pair) {
    const float *a = kept[0][pair].data, *b = kept[1][pair].data;
    int64_t elements = count(&grad_student[pair]);
    for (int64_t k = 0; k < elements; ++k)
      ((float *)grad_student[pair].data)[k] = a[k] == b[k] ? 0 : (a[k] > b[k] ? up : -up) / (float)elements;
  }
  return ESP_OK;
}

static void drop_saved(void *self, void *saved) { (void)self, (void)saved; }

/* ---- the tables ---- */

static const esp_param_spec ratio = {sizeof(esp_param_spec), ESP_T_F64, ESP_P_TUNABLE, 0, S("ratio"), S("Share of channels to remove."),
                                     S("share"), {ESP_T_F64, 0, {.f = 0.25}, 0}, {ESP_T_F64, 0, {.f = 0}, 0}, {ESP_T_F64, 0, {.f = 0.9}, 0}, 0};
static const esp_param_spec *const params[] = {&ratio};
static const esp_pruner_v1 pruner_table = {sizeof pruner_table, 0, plan, score};
static const esp_strategy pruner = {sizeof pruner, ESP_S_DETERMINISTIC, S("org.example.golden.pruner"), S(ESP_PRUNER_V1), S("Golden pruner"),
                                    S("A pruner in C."), S("1.0.0"), ESP_DEVICE_MASK_CPU, params, 1, 0, 0, create_pruner, destroy,
                                    &pruner_table};
static const esp_distill_v1 loss_table = {sizeof loss_table, 0, 0, forward, backward, drop_saved, 0};
static const esp_strategy loss = {sizeof loss, 0, S("org.example.golden.loss"), S(ESP_DISTILL_V1), S("Golden loss"), S("A loss in C."),
                                  S("1.0.0"), ESP_DEVICE_MASK_CPU, 0, 0, 0, 0, create_loss, destroy, &loss_table};
static const esp_strategy *const strategies[] = {&pruner, &loss};
static const esp_plugin plugin = {sizeof plugin, 2, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 1}, S("org.example.golden.c"),
                                  S("1.0.0"), S("Example"), strategies, 0};

ESP_EXPORT const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
  host = h;
  return &plugin;
}
