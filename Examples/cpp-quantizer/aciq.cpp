// Ranges by analytical clipping (Banner and others 2019, "Post training 4-bit quantization"): values are taken for Laplace's, and the
// range is where the error of rounding within it and of clipping beyond it is least in sum. No search, no images beyond calibration's.
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "espalier_quantizer.h"

namespace {

template <class Text>
constexpr esp_str literal(const Text &text) { return {text, sizeof(Text) - 1}; }

struct Quantizer {
  double bits;
};

/// The x with x · e^x = y, by Newton's method; y > 1.
double lambertW(double y) {
  double x = std::log(y);
  for (int step = 0; step < 50; ++step) x -= (x - y * std::exp(-x)) / (1 + x);
  return x;
}

/// Sum of magnitudes of one side of the histogram, and how many values it holds.
struct Side {
  double sum = 0, count = 0;

  Side(const int64_t *bins, uint32_t n, double width) {
    for (uint32_t bin = 0; bins && bin < n; ++bin) {
      sum += static_cast<double>(bins[bin]) * (bin + 0.5) * width;
      count += static_cast<double>(bins[bin]);
    }
  }
};

/// 2b²·e^(−α/b) is lost beyond ±α, and α²/(3·4^bits) within; on one side alone α²/(12·4^bits).
esp_range activation(const esp_seen &seen, double bits) {
  const double width = std::ldexp(1.0, seen.exponent) / seen.n_bins;
  const Side positive(seen.positive, seen.n_bins, width), negative(seen.negative, seen.n_bins, width);
  const bool isOneSided = seen.low >= 0 || seen.high <= 0;
  const double count = positive.count + negative.count + (isOneSided ? 0 : static_cast<double>(seen.zeros));
  if (count == 0) return {0, 1};  // nothing but zeros: any range holds them
  const double scale = (positive.sum + negative.sum) / count;
  const double clip = scale * lambertW((isOneSided ? 12 : 3) * std::pow(4, bits));
  return {std::max<double>(std::min<double>(seen.low, 0), -clip), std::min<double>(std::max<double>(seen.high, 0), clip)};
}

/// Extremes: weights have no outliers worth a clip at 8 bits.
void weight(const esp_tensor_view &view, int32_t axis, esp_range *out, uint64_t n) {
  int64_t inner = 1, count = 1;
  for (int32_t k = 0; k < view.ndim; ++k) {
    count *= view.shape[k];
    if (k > axis) inner *= view.shape[k];
  }
  const auto *values = reinterpret_cast<const float *>(static_cast<const char *>(view.data) + view.byte_offset);
  std::vector<double> most(n, 0);
  for (int64_t k = 0; k < count; ++k) {
    double &channel = most[n == 1 ? 0 : static_cast<uint64_t>(k / inner) % n];
    channel = std::max<double>(channel, std::fabs(values[k]));
  }
  for (uint64_t k = 0; k < n; ++k) out[k] = most[k] > 0 ? esp_range{-most[k], most[k]} : esp_range{-1, 1};
}

/// An exception that leaves a function becomes an error that names it, so there is nothing to catch here.
void check(esp_status status) {
  if (status != ESP_OK) throw std::runtime_error("the host refused");
}

esp_status ranges(void *self, esp_call *call, const esp_quantizing_host *quantizing, uint32_t index, esp_range *out, uint64_t n) {
  esp_quantized tensor = {};
  tensor.struct_size = sizeof tensor;
  check(quantizing->tensor(call, index, &tensor));
  if (tensor.kind == ESP_Q_WEIGHT) {
    esp_tensor_view view = {};
    view.struct_size = sizeof view;
    check(quantizing->weight(call, index, &view));
    weight(view, tensor.axis, out, n);
    return ESP_OK;
  }
  esp_seen seen = {};
  seen.struct_size = sizeof seen;
  check(quantizing->seen(call, index, &seen));
  out[0] = activation(seen, static_cast<Quantizer *>(self)->bits);
  return ESP_OK;
}

esp_status create(const esp_strategy *, const esp_host *, esp_call *, const esp_value *values, uint32_t, void **self) {
  *self = new Quantizer{values[0].u.f};
  return ESP_OK;
}

void destroy(void *self) { delete static_cast<Quantizer *>(self); }

constexpr esp_value number(double value) { return {ESP_T_F64, 0, {.f = value}, 0}; }

const esp_param_spec bits = {
    sizeof(esp_param_spec), ESP_T_F64, ESP_P_TUNABLE, 0, literal("bits"), literal("Bits that ranges are chosen for; fewer clip more."),
    {}, number(8), number(2), number(8), nullptr};
const esp_param_spec *const parameters[] = {&bits};
const esp_quantizer_v1 functions = {sizeof(esp_quantizer_v1), 0, nullptr, ranges};
const esp_strategy strategy = {
    sizeof(esp_strategy), ESP_S_REENTRANT | ESP_S_DETERMINISTIC, literal("org.example.aciq"), literal(ESP_QUANTIZER_V1), literal("ACIQ"),
    literal("Ranges by analytical clipping, as if values were Laplace's."), literal("1.0.0"), ESP_DEVICE_MASK_CPU, parameters, 1, 0, nullptr,
    create, destroy, &functions};
const esp_strategy *const strategies[] = {&strategy};
const esp_plugin plugin = {
    sizeof(esp_plugin), 1, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 1}, literal("org.example.aciq"), literal("1.0.0"),
    literal("Example"), strategies, nullptr};

}  // namespace

extern "C" const esp_plugin *esp_plugin_entry_v1(const esp_host *) {
  return &plugin;
}
