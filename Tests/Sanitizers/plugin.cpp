// A plugin whose first group is scored, whose second throws, and whose slow one asks until it is told to stop.
#define FLAGS ESP_S_REENTRANT
#include "espalier_plugin.h"
#include <cstring>
#include <stdexcept>
#include <thread>
#include <unistd.h>

static const esp_host *own;

static esp_status score_(void *, esp_call *call, const esp_pruning_host *p, uint32_t index, double *out, uint64_t n) {
  esp_group group = {sizeof group};
  if (esp_status status = p->group(call, index, &group)) return status;
  const auto is = [&](const char *name) { return group.name.len == std::strlen(name) && !std::memcmp(group.name.ptr, name, group.name.len); };
  if (is("second")) throw std::runtime_error("boom");
  if (is("slow")) {
    while (!own->should_stop(call)) usleep(1000);
    return ESP_E_CANCELLED;
  }
  for (uint64_t k = 0; k < n; ++k) out[k] = static_cast<double>(k);
  return ESP_OK;
}

static esp_status plan_(void *, esp_call *call, const esp_pruning_host *p) {
  std::thread others[4];
  for (auto &other : others)
    other = std::thread([=] {
      for (int k = 0; k < 20; ++k) {
        own->log(own, ESP_LOG_INFO, {"at work", 7});
        (void)own->should_stop(call);
      }
    });
  for (auto &other : others) other.join();
  return p->set_ratio(call, 0, 0.5);
}

#define SCORE score_
#define PLAN plan_
#define ENTRY
#include "plugin.h"
extern "C" const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
  own = h;
  return &plugin;
}
