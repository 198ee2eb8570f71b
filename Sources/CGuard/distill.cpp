#include "espalier_guard_distill.h"
#include "guarded.h"

using espalier::guarded;

extern "C" {

esp_status esp_guard_taps(const esp_crumb *at, const esp_distill_v1 *table, void *self, esp_call *call, const esp_tap **out, uint32_t *n,
                          esp_fault *fault) {
  *out = nullptr;
  *n = 0;
  return guarded(at, fault, [&] { return table->taps(self, call, out, n); });
}

esp_status esp_guard_forward(const esp_crumb *at, const esp_distill_v1 *table, void *self, esp_call *call, const esp_exec *exec,
                             const esp_distill_host *distilling, const esp_tensor_view *student, const esp_tensor_view *teacher,
                             uint32_t n, const esp_tensor_view *loss, void **saved, esp_fault *fault) {
  *saved = nullptr;
  return guarded(at, fault,
                 [&] { return table->forward(self, call, exec, distilling, student, teacher, n, loss, saved); });
}

esp_status esp_guard_backward(const esp_crumb *at, const esp_distill_v1 *table, void *self, esp_call *call, const esp_exec *exec,
                              void *saved, const esp_tensor_view *grad_loss, const esp_tensor_view *grad_student, uint32_t n,
                              esp_fault *fault) {
  return guarded(at, fault, [&] { return table->backward(self, call, exec, saved, grad_loss, grad_student, n); });
}

esp_status esp_guard_drop_saved(const esp_crumb *at, const esp_distill_v1 *table, void *self, void *saved, esp_fault *fault) {
  return guarded(at, fault, [&] {
    table->drop_saved(self, saved);
    return ESP_OK;
  });
}

esp_status esp_guard_forward_ops(const esp_crumb *at, const esp_distill_v1 *table, void *self, esp_call *call, const esp_exec *exec,
                                 const esp_distill_host *distilling, esp_tensor *const *student, esp_tensor *const *teacher, uint32_t n,
                                 esp_tensor **loss, esp_fault *fault) {
  *loss = nullptr;
  return guarded(at, fault, [&] { return table->forward_ops(self, call, exec, distilling, student, teacher, n, loss); });
}

}  // extern "C"
