/* The guard's calls of esp.distill/1; see espalier_guard.h. */
#ifndef ESPALIER_GUARD_DISTILL_H
#define ESPALIER_GUARD_DISTILL_H
#include "espalier_distill.h"
#include "espalier_guard.h"
#ifdef __cplusplus
extern "C" {
#endif

esp_status esp_guard_taps(const esp_crumb *_Nonnull at, const esp_distill_v1 *_Nonnull table, void *_Nonnull self, esp_call *_Nonnull call,
                          const esp_tap *_Nullable *_Nonnull out, uint32_t *_Nonnull n, esp_fault *_Nonnull fault);
esp_status esp_guard_forward(const esp_crumb *_Nonnull at, const esp_distill_v1 *_Nonnull table, void *_Nonnull self,
                             esp_call *_Nonnull call, const esp_exec *_Nonnull exec, const esp_distill_host *_Nonnull distilling,
                             const esp_tensor_view *_Nonnull student, const esp_tensor_view *_Nonnull teacher, uint32_t n,
                             const esp_tensor_view *_Nonnull loss, void *_Nullable *_Nonnull saved, esp_fault *_Nonnull fault);
esp_status esp_guard_backward(const esp_crumb *_Nonnull at, const esp_distill_v1 *_Nonnull table, void *_Nonnull self,
                              esp_call *_Nonnull call, const esp_exec *_Nonnull exec, void *_Nullable saved,
                              const esp_tensor_view *_Nonnull grad_loss, const esp_tensor_view *_Nonnull grad_student, uint32_t n,
                              esp_fault *_Nonnull fault);
esp_status esp_guard_drop_saved(const esp_crumb *_Nonnull at, const esp_distill_v1 *_Nonnull table, void *_Nonnull self,
                                void *_Nullable saved, esp_fault *_Nonnull fault);
esp_status esp_guard_forward_ops(const esp_crumb *_Nonnull at, const esp_distill_v1 *_Nonnull table, void *_Nonnull self,
                                 esp_call *_Nonnull call, const esp_exec *_Nonnull exec, const esp_distill_host *_Nonnull distilling,
                                 esp_tensor *_Nullable const *_Nonnull student, esp_tensor *_Nullable const *_Nonnull teacher, uint32_t n,
                                 esp_tensor *_Nullable *_Nonnull loss, esp_fault *_Nonnull fault);

#ifdef __cplusplus
}
#endif
#endif
