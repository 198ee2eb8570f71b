/* A search space in plain C: face detectors of plain convolutions, written as ONNX by hand (onnx.h).
   Outputs are those of Espalier's task ssd_face: for strides 8 and 16 four numbers a prior and two scores, two priors a cell on
   stride 8 and six on stride 16. */
#include <math.h>
#include <stdio.h>
#include "espalier_space.h"
#include "onnx.h"

#define S(text) {text, sizeof(text) - 1}

static const int64_t widths[] = {8, 12, 16, 24, 32};
enum { WIDTH, DEPTH, KERNEL, N_TOKENS };

static const esp_host *host;

/* ---- the network ---- */

/* A graph in the making, whose last feature map the next layer reads. */
typedef struct {
  Buffer graph;
  char last[32];
  int64_t channels, height, width;
  uint64_t random;
} Net;

/* Even over -1 to 1, by SplitMix64: the same seed gives the same weights. */
static float draw(Net *net) {
  uint64_t z = net->random += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return (float)((z ^ z >> 31) >> 40) / (1 << 23) - 1;
}

/* A convolution with bias over the last map, which it makes `output` of; weights by He's rule, biases zero. */
static void convolve(Net *net, const char *output, int64_t filters, int64_t kernel, int64_t stride) {
  char weight[48], bias[48];
  snprintf(weight, sizeof weight, "%s.weight", output);
  snprintf(bias, sizeof bias, "%s.bias", output);
  int64_t sizes[] = {filters, net->channels, kernel, kernel};
  int64_t fan = net->channels * kernel * kernel, count = filters * fan;
  float *values = calloc((size_t)(count + filters), sizeof(float));
  if (!values) {
    net->graph.failed = 1;
    return;
  }
  for (int64_t k = 0; k < count; ++k) values[k] = draw(net) * sqrtf(6.0f / (float)fan);
  put_weights(&net->graph, weight, sizes, 4, values);
  put_weights(&net->graph, bias, &filters, 1, values + count);
  free(values);

  int64_t pad = kernel / 2;
  Buffer node = {0};
  put_text(&node, 1, net->last);
  put_text(&node, 1, weight);
  put_text(&node, 1, bias);
  put_text(&node, 2, output);
  put_text(&node, 3, output);
  put_text(&node, 4, "Conv");
  put_ints(&node, "kernel_shape", (int64_t[]){kernel, kernel}, 2);
  put_ints(&node, "strides", (int64_t[]){stride, stride}, 2);
  put_ints(&node, "pads", (int64_t[]){pad, pad, pad, pad}, 4);
  put_message(&net->graph, 1, &node);
}

/* A convolution and its relu, which the next layer reads. */
static void layer(Net *net, const char *name, int64_t filters, int64_t kernel, int64_t stride) {
  convolve(net, name, filters, kernel, stride);
  char output[32];
  snprintf(output, sizeof output, "%s.relu", name);
  Buffer node = {0};
  put_text(&node, 1, name);
  put_text(&node, 2, output);
  put_text(&node, 3, output);
  put_text(&node, 4, "Relu");
  put_message(&net->graph, 1, &node);
  memcpy(net->last, output, sizeof output);
  net->channels = filters;
  net->height /= stride;
  net->width /= stride;
}

/* The boxes and scores of one stride. */
static void predict(Net *net, int level, int64_t priors) {
  char name[32];
  snprintf(name, sizeof name, "face_box.%d", level);
  convolve(net, name, 4 * priors, 3, 1);
  put_value(&net->graph, 12, name, (int64_t[]){4 * priors, net->height, net->width});
  snprintf(name, sizeof name, "face_score.%d", level);
  convolve(net, name, 2 * priors, 3, 1);
  put_value(&net->graph, 12, name, (int64_t[]){2 * priors, net->height, net->width});
}

/* The whole model: GraphProto within ModelProto. */
static Buffer network(const int64_t *tokens, int64_t height, int64_t width, uint64_t seed) {
  Net net = {.last = "image", .channels = 3, .height = height, .width = width, .random = seed};
  int64_t first = widths[tokens[WIDTH]], kernel = tokens[KERNEL];
  put_text(&net.graph, 2, "plain_face");
  put_value(&net.graph, 11, "image", (int64_t[]){3, height, width});
  layer(&net, "stem", first, 3, 2);
  char name[24];
  for (int stage = 1; stage <= 3; ++stage) {
    for (int64_t k = 0; k <= tokens[DEPTH]; ++k) {
      snprintf(name, sizeof name, "stage%d.%d", stage, (int)k);
      layer(&net, name, first << (stage - 1), kernel, k == 0 ? 2 : 1);
    }
    if (stage > 1) predict(&net, stage - 2, stage == 2 ? 2 : 6);
  }
  Buffer opset = {0}, model = {0};
  put_text(&opset, 1, "");
  put_int(&opset, 2, 17);
  put_int(&model, 1, 8); /* ir_version */
  put_text(&model, 2, "plain_face");
  put_message(&model, 7, &net.graph);
  put_message(&model, 8, &opset);
  return model;
}

/* ---- the space ---- */

static esp_status dimensions(void *self, esp_call *call, const esp_space_host *space) {
  static const esp_str labels[] = {S("8"), S("12"), S("16"), S("24"), S("32")};
  const esp_dimension all[N_TOKENS] = {
    {sizeof(esp_dimension), ESP_DIMENSION_ORDERED, S("width"), 0, 4, labels, 5, 0},
    {sizeof(esp_dimension), ESP_DIMENSION_ORDERED, S("depth"), 0, 3, NULL, 0, 0},
    {sizeof(esp_dimension), ESP_DIMENSION_ORDERED, S("kernel"), 3, 5, NULL, 0, 0},
  };
  for (int k = 0; k < N_TOKENS; ++k) {
    esp_status status = space->add_dimension(call, &all[k]);
    if (status) return status;
  }
  return ESP_OK;
}

static esp_status start(void *self, esp_call *call, const esp_space_host *space, int64_t *tokens, uint32_t n) {
  tokens[WIDTH] = 2;
  tokens[DEPTH] = 1;
  tokens[KERNEL] = 3;
  return ESP_OK;
}

/* Kernels have a middle: 4 stands for no network. */
static esp_status feasible(void *self, esp_call *call, const esp_space_host *space, const int64_t *tokens, uint32_t n, int32_t *out) {
  *out = tokens[KERNEL] % 2;
  return ESP_OK;
}

static esp_status decode(void *self, esp_call *call, const esp_space_host *space, const int64_t *tokens, uint32_t n) {
  int64_t height = space->input_height ? space->input_height : 128, width = space->input_width ? space->input_width : 128;
  if (height % 16 || width % 16) {
    esp_str text = S("the input's height and width must be multiples of 16");
    return host->fail(host, call, ESP_E_INVALID_ARGUMENT, text);
  }
  Buffer model = network(tokens, height, width, space->seed);
  esp_status status = model.failed ? ESP_E_OUT_OF_MEMORY : space->set_model(call, model.bytes, model.count);
  free(model.bytes);
  return status;
}

/* ---- the plugin ---- */

/* There are no hyper-parameters, so every instance is the same. */
static esp_status create(const esp_strategy *strategy, const esp_host *host, esp_call *call, const esp_value *values, uint32_t n,
                         void **self) {
  static char instance;
  *self = &instance;
  return ESP_OK;
}

static void destroy(void *self) {}

static const esp_space_v1 table = {sizeof table, 0, dimensions, start, feasible, decode};
static const esp_strategy strategy = {
  .struct_size = sizeof strategy,
  .flags = ESP_S_REENTRANT | ESP_S_DETERMINISTIC,
  .id = S("org.example.plain-face"),
  .interface_id = S(ESP_SPACE_V1),
  .name = S("Plain face"),
  .doc = S("Face detectors of plain convolutions."),
  .version = S("1.0.0"),
  .device_mask = ESP_DEVICE_MASK_CPU,
  .create = create,
  .destroy = destroy,
  .vtable = &table,
};
static const esp_strategy *const strategies[] = {&strategy};
static const esp_plugin plugin = {
  .struct_size = sizeof plugin,
  .n_strategies = 1,
  /* Spaces came with 1.2, and there is nothing else here that an older host could use. */
  .abi = {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 2},
  .id = S("org.example.plain-face"),
  .version = S("1.0.0"),
  .vendor = S("Example"),
  .strategies = strategies,
};

ESP_EXPORT const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
  host = h;
  return &plugin;
}
