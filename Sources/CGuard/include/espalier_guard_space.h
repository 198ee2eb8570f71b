/* The guard's calls of esp.space/1; see espalier_guard.h. */
#ifndef ESPALIER_GUARD_SPACE_H
#define ESPALIER_GUARD_SPACE_H
#include "espalier_guard.h"
#include "espalier_space.h"
#ifdef __cplusplus
extern "C" {
#endif

esp_status esp_guard_space_dimensions(const esp_crumb *_Nonnull at, const esp_space_v1 *_Nonnull table, void *_Nonnull self,
                                      esp_call *_Nonnull call, const esp_space_host *_Nonnull space, esp_fault *_Nonnull fault);
esp_status esp_guard_space_start(const esp_crumb *_Nonnull at, const esp_space_v1 *_Nonnull table, void *_Nonnull self,
                                 esp_call *_Nonnull call, const esp_space_host *_Nonnull space, int64_t *_Nonnull tokens, uint32_t n,
                                 esp_fault *_Nonnull fault);
esp_status esp_guard_space_feasible(const esp_crumb *_Nonnull at, const esp_space_v1 *_Nonnull table, void *_Nonnull self,
                                    esp_call *_Nonnull call, const esp_space_host *_Nonnull space, const int64_t *_Nonnull tokens,
                                    uint32_t n, int32_t *_Nonnull out, esp_fault *_Nonnull fault);
esp_status esp_guard_space_decode(const esp_crumb *_Nonnull at, const esp_space_v1 *_Nonnull table, void *_Nonnull self,
                                  esp_call *_Nonnull call, const esp_space_host *_Nonnull space, const int64_t *_Nonnull tokens,
                                  uint32_t n, esp_fault *_Nonnull fault);

#ifdef __cplusplus
}
#endif
#endif
