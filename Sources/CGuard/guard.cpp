#include "guarded.h"

#include <dlfcn.h>

using espalier::Care;
using espalier::guarded;

extern "C" {

esp_status esp_guard_open(const esp_crumb *at, const char *path, int32_t flags, void **out, esp_fault *fault) {
  *out = nullptr;
  const esp_status status = guarded<Care::loading>(at, fault, [&] {
    *out = dlopen(path, flags);
    return ESP_OK;
  });
  if (status != ESP_OK || *out) return status;
  const char *reason = dlerror();
  espalier::tell(fault, reason ? reason : "dlopen failed");
  return ESP_E_NOT_FOUND;
}

esp_status esp_guard_entry(const esp_crumb *at, void *symbol, const esp_host *host, const esp_plugin **out, esp_fault *fault) {
  *out = nullptr;
  return guarded<Care::thorough>(at, fault, [&] {
    *out = reinterpret_cast<esp_entry_fn>(symbol)(host);
    return ESP_OK;
  });
}

esp_status esp_guard_create(const esp_crumb *at, esp_create_fn function, const esp_strategy *strategy, const esp_host *host,
                            esp_call *call, const esp_value *params, uint32_t n, void **self, esp_fault *fault) {
  *self = nullptr;
  return guarded<Care::thorough>(at, fault, [&] { return function(strategy, host, call, params, n, self); });
}

esp_status esp_guard_destroy(const esp_crumb *at, void (*function)(void *), void *self, esp_fault *fault) {
  return guarded<Care::thorough>(at, fault, [&] {
    function(self);
    return ESP_OK;
  });
}

esp_status esp_guard_shutdown(const esp_crumb *at, void (*function)(void), esp_fault *fault) {
  return guarded<Care::thorough>(at, fault, [&] {
    function();
    return ESP_OK;
  });
}

esp_status esp_guard_plan(const esp_crumb *at, esp_plan_fn function, void *self, esp_call *call, const esp_pruning_host *pruning,
                          esp_fault *fault) {
  return guarded(at, fault, [&] { return function(self, call, pruning); });
}

esp_status esp_guard_score(const esp_crumb *at, esp_score_fn function, void *self, esp_call *call, const esp_pruning_host *pruning,
                           uint32_t group, double *out, uint64_t n, esp_fault *fault) {
  return guarded(at, fault, [&] { return function(self, call, pruning, group, out, n); });
}

}  // extern "C"
