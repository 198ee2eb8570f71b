/* esp.distill/1: losses that compare tensors of a network in training, the student, with those of another, the teacher.
 * Since version 1.1 of the ABI; the rules of espalier_plugin.h hold here too.
 *
 * A loss is written in one of two ways. With `forward_ops` it gets tensors of the shared runtime and computes by esp.ops/1, which
 * records the gradient. With `forward` and `backward` it gets memory, and gives the gradient itself. The host never asks the teacher's
 * tensors for gradients, and takes `forward_ops` where a strategy has both.
 */
#ifndef ESPALIER_DISTILL_H
#define ESPALIER_DISTILL_H
#include "espalier_plugin.h"
#ifdef __cplusplus
extern "C" {
#endif

#define ESP_DISTILL_V1 "esp.distill/1"

/* Where a computation runs. Work is enqueued on `stream`, behind what is there, and nothing is waited for. */
typedef struct esp_exec {
  uint32_t struct_size;
  int32_t device_type, device_id; /* DLPack's code */
  uint32_t reserved;
  void *ESP_NULLABLE stream; /* the device's own handle (cudaStream_t); NULL on the CPU */
  uint64_t seed;             /* of the run */
  uint64_t deadline_ns;      /* 0 for none */
} esp_exec;

#define ESP_TAP_OUTPUTS 1u  /* each output of the student with the teacher's of its name, else of its stride, else of its place */
#define ESP_TAP_FEATURES 2u /* the maps that the last convolutions before the outputs read, paired by stride */
#define ESP_TAP_NAMED 3u    /* two values by their names */
/* What a loss compares; frozen. A recipe's own taps go before a strategy's. */
typedef struct esp_tap {
  uint32_t kind, reserved;
  esp_str student, teacher; /* for ESP_TAP_NAMED */
} esp_tap;

/* Two tensors that are compared. */
typedef struct esp_pair {
  uint32_t struct_size;
  int32_t stride; /* input pixels per pixel of the student's map; 0 where that is not known */
  esp_str student, teacher;
} esp_pair;

/* What a host tells while a loss is computed. Every function: [call-thread]; NULL where this host lacks it. */
typedef struct esp_distill_host {
  uint32_t struct_size, n_pairs;
  int64_t step, steps;               /* steps done before this one, and in all */
  int64_t input_height, input_width; /* of the batch */
  esp_status (*ESP_NULLABLE pair)(esp_call *ESP_NONNULL call, uint32_t index, esp_pair *ESP_NONNULL out);
  /* The batch's labelled boxes, a row each of float32: image, class, centre x, centre y, width, height in shares of the input, weight.
     ESP_E_UNIMPLEMENTED where the run has no labels. */
  esp_status (*ESP_NULLABLE targets)(esp_call *ESP_NONNULL call, esp_tensor_view *ESP_NONNULL out);
} esp_distill_host;

/* `forward_ops`, or `forward` with `backward`, is there. */
typedef struct esp_distill_v1 {
  uint32_t struct_size, reserved;
  /* [control-thread] What is compared; NULL for the outputs. The array lives as long as the instance. */
  esp_status (*ESP_NULLABLE taps)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call,
                                  const esp_tap *ESP_NULLABLE *ESP_NONNULL out, uint32_t *ESP_NONNULL n);
  /* [call-thread] Writes the loss into the one element of `loss`. Views are dense float32, of the pairs in order. What `backward` needs
     goes to `saved`, which the host hands back; the views of the same step are valid until then. */
  esp_status (*ESP_NULLABLE forward)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call, const esp_exec *ESP_NONNULL exec,
                                     const esp_distill_host *ESP_NONNULL distilling,
                                     const esp_tensor_view *ESP_NONNULL student, const esp_tensor_view *ESP_NONNULL teacher,
                                     uint32_t n, const esp_tensor_view *ESP_NONNULL loss,
                                     void *ESP_NULLABLE *ESP_NONNULL saved);
  /* [any-thread] Fills the loss's derivatives by the student's tensors, times the one element of `grad_loss`. Once a `forward`. */
  esp_status (*ESP_NULLABLE backward)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call, const esp_exec *ESP_NONNULL exec,
                                      void *ESP_NULLABLE saved, const esp_tensor_view *ESP_NONNULL grad_loss,
                                      const esp_tensor_view *ESP_NONNULL grad_student, uint32_t n);
  /* [any-thread] Once a `forward` that left something. */
  void (*ESP_NULLABLE drop_saved)(void *ESP_NONNULL self, void *ESP_NULLABLE saved);
  /* [call-thread] Hands out the loss as a tensor with one element, of which the host takes over one reference. The tensors are lent. */
  esp_status (*ESP_NULLABLE forward_ops)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call, const esp_exec *ESP_NONNULL exec,
                                         const esp_distill_host *ESP_NONNULL distilling,
                                         esp_tensor *ESP_NULLABLE const *ESP_NONNULL student,
                                         esp_tensor *ESP_NULLABLE const *ESP_NONNULL teacher, uint32_t n,
                                         esp_tensor *ESP_NULLABLE *ESP_NONNULL loss);
} esp_distill_v1;

#ifdef __cplusplus
}
#endif
#endif
