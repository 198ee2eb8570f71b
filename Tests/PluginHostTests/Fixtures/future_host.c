/* A host of a later minor, small: it opens a plugin, makes its first strategy and calls it, with longer tables than the plugin knows. What a
   plugin must not touch is filled with a pattern and looked at afterwards. Usage: future_host LIBRARY; prints what came of it. */
#include "espalier_distill.h"
#include "espalier_quantizer.h"
#include "espalier_space.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LATER 0x5a5a5a5a5a5a5a5aull
#define S(text) {text, sizeof(text) - 1}

static void stop(const char *text) {
  printf("%s\n", text);
  exit(1);
}

/* Writes as much of a struct as the plugin has room for, and leaves its size. */
static void fill(void *out, const void *value, size_t size) {
  uint32_t room;
  memcpy(&room, out, sizeof room);
  if (room >= size) stop("the plugin claims a size of later");
  memcpy((char *)out + sizeof room, (const char *)value + sizeof room, room - sizeof room);
}

static void say(const esp_host *host, int32_t level, esp_str text) {
  (void)host, (void)level;
  printf("log %.*s\n", (int)text.len, text.ptr);
}
static esp_status fail(const esp_host *host, esp_call *call, esp_status code, esp_str text) {
  (void)host, (void)call;
  printf("fail %d %.*s\n", code, (int)text.len, text.ptr);
  return code;
}
static const void *find(const esp_host *host, esp_str id) {
  (void)host, (void)id;
  return 0;
}
static const esp_host host = {sizeof host, 1, ESP_ABI_MINOR, 1, 0, S("later"), S("9"), say, fail, 0, 0, 0, find, {LATER, LATER}};

/* ---- pruning: two groups, of 8 and 4 channels with 4 values each; filter c holds c + 1 with a sign in turns ---- */

static const int64_t channels[] = {8, 4};

static esp_status group(esp_call *call, uint32_t index, esp_group *out) {
  (void)call;
  esp_group g = {sizeof g, ESP_ROLE_HEAD, S("a"), S("Conv"), channels[index], 1, 1, 0, 8, channels[index] * 100, channels[index] * 4,
                 {LATER, LATER}};
  static const char *const names[] = {"a", "b"};
  g.name.ptr = names[index];
  fill(out, &g, sizeof g);
  return 0;
}
static esp_status member(esp_call *call, uint32_t index, uint32_t which, esp_member *out) {
  (void)call, (void)which;
  esp_member m = {sizeof m, ESP_MEMBER_PRODUCER, S("a"), S("Conv"), 0, 4, 0, channels[index], 0, 1, {LATER, LATER}};
  fill(out, &m, sizeof m);
  return 0;
}
static esp_status weight(esp_call *call, uint32_t index, uint32_t which, esp_tensor_view *out) {
  (void)call, (void)which;
  static float values[32];
  static int64_t shape[4], strides[] = {4, 1, 1, 1};
  for (int k = 0; k < 32; ++k) values[k] = (float)((k / 4 + 1) * (k / 4 % 2 ? -1 : 1));
  shape[0] = channels[index], shape[1] = 4, shape[2] = shape[3] = 1;
  esp_tensor_view view = {sizeof view, ESP_VIEW_READ_ONLY, values, ESP_DEVICE_CPU, 0, 4, ESP_DTYPE_FLOAT, 32, 1, shape, strides, 0, 0};
  *out = view;
  return 0;
}
static esp_status importance(esp_call *call, uint32_t index, double *out, uint64_t n) {
  (void)call, (void)index;
  for (uint64_t k = 0; k < n; ++k) out[k] = 4.0 * (double)(k + 1);
  return 0;
}
static esp_status cost(esp_call *call, const esp_plan *plans, uint64_t n, esp_cost *out) {
  (void)call;
  for (uint64_t k = 0; k < n; ++k) out[k] = (esp_cost){1000 - 10 * (int64_t)plans[k].n_cuts, 500};
  return 0;
}
static esp_status set_ratio(esp_call *call, uint32_t index, double ratio) {
  (void)call;
  printf("%u ratio %g\n", index, ratio);
  return 0;
}
static esp_status set_channels(esp_call *call, uint32_t index, const int64_t *list, uint64_t n) {
  (void)call;
  printf("%u channels", index);
  for (uint64_t k = 0; k < n; ++k) printf(" %lld", (long long)list[k]);
  printf("\n");
  return 0;
}
static const esp_pruning_host pruning = {sizeof pruning, 2,        7,        group, member, weight, 0, importance, 0, cost, 0,
                                         set_ratio,      set_channels, 0, {LATER, LATER}};
static void prune(const esp_strategy *strategy, void *self, esp_call *call) {
  const esp_pruner_v1 *table = strategy->vtable;
  printf("plan %d\n", table->plan(self, call, &pruning));
  double scores[4];
  printf("score %d", table->score(self, call, &pruning, 1, scores, 4));
  for (int k = 0; k < 4; ++k) printf(" %g", scores[k]);
  printf("\n");
}

/* ---- a loss, of 3 -3 0 7 beside zeros ---- */

static esp_status pair(esp_call *call, uint32_t index, esp_pair *out) {
  (void)call, (void)index;
  esp_pair p = {sizeof p, 8, S("own"), S("other"), {LATER, LATER}};
  fill(out, &p, sizeof p);
  return 0;
}
static esp_tensor_view view(float *data, int64_t *shape) {
  static const int64_t strides[] = {1};
  esp_tensor_view v = {sizeof v, 0, data, ESP_DEVICE_CPU, 0, 1, ESP_DTYPE_FLOAT, 32, 1, shape, strides, 0, 0};
  return v;
}
static void distill(const esp_strategy *strategy, void *self, esp_call *call) {
  const esp_distill_v1 *table = strategy->vtable;
  static const esp_distill_host distilling = {sizeof distilling, 1, 3, 10, 64, 96, pair, 0, {LATER, LATER}};
  static const esp_exec exec = {sizeof exec, ESP_DEVICE_CPU, 0, 0, 0, 7, 0, {LATER, LATER}};
  float own[] = {3, -3, 0, 7}, other[4] = {0}, loss = -1, up = 2, slopes[4];
  int64_t four = 4, one = 1;
  esp_tensor_view s = view(own, &four), t = view(other, &four), l = view(&loss, &one), g = view(&up, &one), d = view(slopes, &four);
  void *saved = 0;
  esp_status status = table->forward(self, call, &exec, &distilling, &s, &t, 1, &l, &saved);
  printf("forward %d %g\n", status, loss);
  printf("backward %d", table->backward(self, call, &exec, saved, &g, &d, 1));
  for (int k = 0; k < 4; ++k) printf(" %g", slopes[k]);
  printf("\n");
  if (table->drop_saved) table->drop_saved(self, saved);
}

/* ---- quantization: an activation from -0.25 to 0.75, a weight of three channels, one of a single channel ---- */

static esp_status tensor(esp_call *call, uint32_t index, esp_quantized *out) {
  (void)call;
  esp_quantized q = {sizeof q, index ? ESP_Q_WEIGHT : ESP_Q_ACTIVATION, S("x"), S("Conv"), index == 1 ? 3 : 1, index ? 0 : -1, 1, 1, 0,
                     {LATER, LATER}};
  fill(out, &q, sizeof q);
  return 0;
}
static esp_status channel_weight(esp_call *call, uint32_t index, esp_tensor_view *out) {
  (void)call, (void)index;
  static float values[] = {1, -2, 3, -4, 5, -6};
  static const int64_t shape[] = {3, 2}, strides[] = {2, 1};
  esp_tensor_view v = {sizeof v, ESP_VIEW_READ_ONLY, values, ESP_DEVICE_CPU, 0, 2, ESP_DTYPE_FLOAT, 32, 1, shape, strides, 0, 0};
  *out = v;
  return 0;
}
static esp_status seen(esp_call *call, uint32_t index, esp_seen *out) {
  (void)call, (void)index;
  esp_seen s = {sizeof s, 0, -0.25f, 0.75f, 4, 1, 0.75, 2, 0, 0, 0, 0, {LATER, LATER}};
  fill(out, &s, sizeof s);
  return 0;
}
static esp_status leave_float(esp_call *call, uint32_t index) {
  (void)call;
  printf("float %u\n", index);
  return 0;
}
static esp_status ask(esp_call *call, uint32_t options) {
  (void)call;
  printf("ask %u\n", options);
  return 0;
}
static void quantize(const esp_strategy *strategy, void *self, esp_call *call) {
  const esp_quantizer_v1 *table = strategy->vtable;
  static const esp_quantizing_host quantizing = {sizeof quantizing, 3, 7, tensor, channel_weight, seen, leave_float, ask, 0, 0, {LATER, LATER}};
  printf("plan %d\n", table->plan(self, call, &quantizing));
  for (uint32_t index = 0; index < 2; ++index) {
    esp_range ranges[3];
    uint64_t n = index ? 3 : 1;
    printf("ranges %d", table->ranges(self, call, &quantizing, index, ranges, n));
    for (uint64_t k = 0; k < n; ++k) printf(" %g %g", ranges[k].low, ranges[k].high);
    printf("\n");
  }
}

/* ---- a space over the network of the pruner ---- */

static esp_status add_dimension(esp_call *call, const esp_dimension *dimension) {
  (void)call;
  if (dimension->struct_size >= sizeof(esp_dimension)) stop("the plugin claims a size of later");
  printf("dimension %.*s %lld %lld\n", (int)dimension->name.len, dimension->name.ptr, (long long)dimension->low, (long long)dimension->high);
  return 0;
}
static void search(const esp_strategy *strategy, void *self, esp_call *call) {
  const esp_space_v1 *table = strategy->vtable;
  static const esp_space_host space = {sizeof space, 0, 7, 64, 96, 3, &pruning, add_dimension, 0, {LATER, LATER}};
  int64_t tokens[2] = {-1, -1}, others[2] = {3, 2}, best[2] = {3, 0};
  int32_t is_feasible = -1;
  printf("dimensions %d\n", table->dimensions(self, call, &space));
  esp_status status = table->start(self, call, &space, tokens, 2);
  printf("start %d %lld %lld\n", status, (long long)tokens[0], (long long)tokens[1]);
  status = table->feasible(self, call, &space, others, 2, &is_feasible);
  printf("feasible %d %d\n", status, is_feasible);
  printf("decode %d\n", table->decode(self, call, &space, best, 2));
}

int main(int count, char **arguments) {
  if (count != 2) stop("usage: future_host LIBRARY");
  void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (!library) stop(dlerror());
  const esp_plugin *(*entry)(const esp_host *);
  *(void **)&entry = dlsym(library, "esp_plugin_entry_v1");
  const esp_plugin *plugin = entry ? entry(&host) : 0;
  if (!plugin || plugin->abi.major != 1 || plugin->abi.min_host_minor > ESP_ABI_MINOR) stop("no table");
  if (plugin->struct_size >= sizeof(esp_plugin)) stop("the plugin claims a size of later");
  for (uint32_t k = 0; k < plugin->n_strategies; ++k) {
    const esp_strategy *strategy = plugin->strategies[k];
    if (strategy->struct_size >= sizeof(esp_strategy)) stop("the strategy claims a size of later");
    esp_value values[1];
    void *self = 0;
    esp_call *call = (esp_call *)&call; /* opaque: only passed back */
    for (uint32_t p = 0; p < strategy->n_params && p < 1; ++p) values[p] = strategy->params[p]->def;
    printf("%.*s\n", (int)strategy->id.len, strategy->id.ptr);
    if (strategy->create(strategy, &host, call, values, strategy->n_params, &self) || !self) stop("no instance");
    esp_str id = strategy->interface_id;
    if (!strncmp(id.ptr, ESP_PRUNER_V1, id.len)) prune(strategy, self, call);
    if (!strncmp(id.ptr, ESP_DISTILL_V1, id.len)) distill(strategy, self, call);
    if (!strncmp(id.ptr, ESP_QUANTIZER_V1, id.len)) quantize(strategy, self, call);
    if (!strncmp(id.ptr, ESP_SPACE_V1, id.len)) search(strategy, self, call);
    strategy->destroy(self);
  }
  if (plugin->shutdown) plugin->shutdown();
  printf("end\n");
  return 0;
}
