#include "espalier_guard_quantizer.h"
#include "guarded.h"

using espalier::guarded;

extern "C" {

esp_status esp_guard_quantizer_plan(const esp_crumb *at, const esp_quantizer_v1 *table, void *self, esp_call *call,
                                    const esp_quantizing_host *quantizing, esp_fault *fault) {
  return guarded(at, fault, [&] { return table->plan(self, call, quantizing); });
}

esp_status esp_guard_quantizer_ranges(const esp_crumb *at, const esp_quantizer_v1 *table, void *self, esp_call *call,
                                      const esp_quantizing_host *quantizing, uint32_t index, esp_range *out, uint64_t n,
                                      esp_fault *fault) {
  return guarded(at, fault, [&] { return table->ranges(self, call, quantizing, index, out, n); });
}

}  // extern "C"
