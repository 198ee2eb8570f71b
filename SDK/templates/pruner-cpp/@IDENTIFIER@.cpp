// A pruner: cuts a third of every group, the filters of least power norm first.
#include <cmath>

#include "plugin.hpp"

namespace {

struct Pruner {
  double power;

  void plan(esp_call *call, const esp_pruning_host &pruning) const {
    for (uint32_t group = 0; group < pruning.n_groups; ++group) check(pruning.set_ratio(call, group, 1.0 / 3));
  }

  // The importance of each channel of a group: the least goes first.
  void score(esp_call *call, const esp_pruning_host &pruning, uint32_t group, double *out, uint64_t n) const {
    esp_tensor_view weight{};
    weight.struct_size = sizeof weight;
    check(pruning.weight(call, group, 0, &weight));
    if (weight.ndim < 1 || static_cast<uint64_t>(weight.shape[0]) != n) throw std::runtime_error("the weight's channels do not lie first");
    const int64_t per_channel = count(weight) / weight.shape[0];
    const float *values = data(weight);
    for (uint64_t channel = 0; channel < n; ++channel) {
      out[channel] = 0;
      for (int64_t k = 0; k < per_channel; ++k) out[channel] += std::pow(std::fabs(values[channel * per_channel + k]), power);
    }
  }
};

const esp_pruner_v1 vtable{
    sizeof(esp_pruner_v1), 0,
    [](void *self, esp_call *call, const esp_pruning_host *pruning) {
      return guarded(call, [&] { static_cast<Pruner *>(self)->plan(call, *pruning); });
    },
    [](void *self, esp_call *call, const esp_pruning_host *pruning, uint32_t group, double *out, uint64_t n) {
      return guarded(call, [&] { static_cast<Pruner *>(self)->score(call, *pruning, group, out, n); });
    }};

}  // namespace

extern "C" const esp_plugin *esp_plugin_entry_v1(const esp_host *given) {
  return plugin<Pruner>(given, "@ID@", ESP_PRUNER_V1, "@NAME@", "@DOC@",
                        number("power", "The power that weights are raised to.", 1.0, 0.5, 2.0), &vtable);
}
