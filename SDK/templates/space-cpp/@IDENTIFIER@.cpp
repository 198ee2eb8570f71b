// A search space: how much of each channel group of the run's network is cut, in steps.
#include "plugin.hpp"

namespace {

struct Space {
  double most;
  static constexpr int64_t steps = 5;

  // One choice a group: 0 keeps it whole, each step cuts more.
  void dimensions(esp_call *call, const esp_space_host &space) const {
    if (!space.network || space.network->n_groups == 0) throw std::runtime_error("the run has no network with channel groups");
    for (uint32_t k = 0; k < space.network->n_groups; ++k) {
      esp_group group{};
      group.struct_size = sizeof group;
      check(space.network->group(call, k, &group));
      esp_dimension dimension{};
      dimension.struct_size = sizeof dimension;
      dimension.flags = ESP_DIMENSION_ORDERED;
      dimension.name = group.name;
      dimension.high = steps - 1;
      check(space.add_dimension(call, &dimension));
    }
  }

  // The network of some tokens: a cut of the run's network, which keeps its weights.
  void decode(esp_call *call, const esp_space_host &space, const int64_t *tokens, uint32_t n) const {
    for (uint32_t k = 0; k < n; ++k) {
      const double ratio = most * static_cast<double>(tokens[k]) / (steps - 1);
      if (ratio > 0) check(space.network->set_ratio(call, k, ratio));
    }
  }
};

const esp_space_v1 vtable{sizeof(esp_space_v1), 0,
                          [](void *self, esp_call *call, const esp_space_host *space) {
                            return guarded(call, [&] { static_cast<Space *>(self)->dimensions(call, *space); });
                          },
                          nullptr, nullptr,
                          [](void *self, esp_call *call, const esp_space_host *space, const int64_t *tokens, uint32_t n) {
                            return guarded(call, [&] { static_cast<Space *>(self)->decode(call, *space, tokens, n); });
                          }};

}  // namespace

extern "C" const esp_plugin *esp_plugin_entry_v1(const esp_host *given) {
  return plugin<Space>(given, "@ID@", ESP_SPACE_V1, "@NAME@", "@DOC@",
                       number("most", "The share of a group that the last step cuts.", 0.8, 0.1, 0.95), &vtable);
}
