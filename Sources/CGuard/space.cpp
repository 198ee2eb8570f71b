#include "espalier_guard_space.h"
#include "guarded.h"

using espalier::guarded;

extern "C" {

esp_status esp_guard_space_dimensions(const esp_crumb *at, const esp_space_v1 *table, void *self, esp_call *call,
                                      const esp_space_host *space, esp_fault *fault) {
  return guarded(at, fault, [&] { return table->dimensions(self, call, space); });
}

esp_status esp_guard_space_start(const esp_crumb *at, const esp_space_v1 *table, void *self, esp_call *call,
                                 const esp_space_host *space, int64_t *tokens, uint32_t n, esp_fault *fault) {
  return guarded(at, fault, [&] { return table->start(self, call, space, tokens, n); });
}

esp_status esp_guard_space_feasible(const esp_crumb *at, const esp_space_v1 *table, void *self, esp_call *call,
                                    const esp_space_host *space, const int64_t *tokens, uint32_t n, int32_t *out, esp_fault *fault) {
  return guarded(at, fault, [&] { return table->feasible(self, call, space, tokens, n, out); });
}

esp_status esp_guard_space_decode(const esp_crumb *at, const esp_space_v1 *table, void *self, esp_call *call,
                                  const esp_space_host *space, const int64_t *tokens, uint32_t n, esp_fault *fault) {
  return guarded(at, fault, [&] { return table->decode(self, call, space, tokens, n); });
}

}  // extern "C"
