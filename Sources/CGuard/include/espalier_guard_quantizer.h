/* The guard's calls of esp.quantizer/1; see espalier_guard.h. */
#ifndef ESPALIER_GUARD_QUANTIZER_H
#define ESPALIER_GUARD_QUANTIZER_H
#include "espalier_guard.h"
#include "espalier_quantizer.h"
#ifdef __cplusplus
extern "C" {
#endif

esp_status esp_guard_quantizer_plan(const esp_crumb *_Nonnull at, const esp_quantizer_v1 *_Nonnull table, void *_Nonnull self,
                                    esp_call *_Nonnull call, const esp_quantizing_host *_Nonnull quantizing, esp_fault *_Nonnull fault);
esp_status esp_guard_quantizer_ranges(const esp_crumb *_Nonnull at, const esp_quantizer_v1 *_Nonnull table, void *_Nonnull self,
                                      esp_call *_Nonnull call, const esp_quantizing_host *_Nonnull quantizing, uint32_t index,
                                      esp_range *_Nonnull out, uint64_t n, esp_fault *_Nonnull fault);

#ifdef __cplusplus
}
#endif
#endif
