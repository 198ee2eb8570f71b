/* esp.space/1: the networks that a search chooses from.
 * Since version 1.2 of the ABI; the rules of espalier_plugin.h hold here too.
 *
 * A space names its dimensions; a network of it is a list of tokens, one whole number a dimension. The host searches: it proposes
 * tokens, asks for the network that they stand for, counts what it costs, trains and judges it, and keeps the trials.
 *
 * A space gives its networks in one of two ways: as ONNX bytes of its own (set_model), or as a cut of the run's network, which the
 * host makes by the surgery of its pruners (network->set_ratio and set_channels).
 */
#ifndef ESPALIER_SPACE_H
#define ESPALIER_SPACE_H
#include "espalier_plugin.h"
#ifdef __cplusplus
extern "C" {
#endif

#define ESP_DIMENSION_ORDERED 1u /* neighbouring numbers mean similar networks */
/* One choice of a space. */
typedef struct esp_dimension {
  uint32_t struct_size;
  esp_flags flags;
  esp_str name;      /* unique in the space */
  int64_t low, high; /* both inclusive */
  /* How reports call the numbers, from low on: high - low + 1 of them, or none. */
  const esp_str *ESP_NULLABLE labels;
  uint32_t n_labels, reserved;
} esp_dimension;

/* What a host offers a space. Every function: [call-thread]; NULL where this host lacks it. */
typedef struct esp_space_host {
  uint32_t struct_size, reserved;
  uint64_t seed;                     /* of the run: for weights that are drawn */
  int64_t input_height, input_width; /* that the run asks for; 0 where it leaves that to the space */
  int64_t classes;                   /* that the run's task tells apart; 0 where it has none */
  /* The run's network, its channel groups and its weights as a pruner sees them, with the same call; NULL where the run has none.
     During `decode` its set_ratio, set_channels and set_score make the network. */
  const esp_pruning_host *ESP_NULLABLE network;
  /* During `dimensions` only: the next dimension; it is copied. */
  esp_status (*ESP_NULLABLE add_dimension)(esp_call *ESP_NONNULL call, const esp_dimension *ESP_NONNULL dimension);
  /* During `decode` only: the network as a whole ONNX model; the bytes are copied. */
  esp_status (*ESP_NULLABLE set_model)(esp_call *ESP_NONNULL call, const uint8_t *ESP_NULLABLE bytes, uint64_t n);
} esp_space_host;

#define ESP_SPACE_V1 "esp.space/1"
/* `dimensions` and `decode` are there. The same run, tokens and seed give the same answers: the host asks more than once, in more than one
   process. Tokens are within their bounds. */
typedef struct esp_space_v1 {
  uint32_t struct_size, reserved;
  /* [call-thread] Hands each dimension to add_dimension, at least one. */
  esp_status (*ESP_NULLABLE dimensions)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call,
                                        const esp_space_host *ESP_NONNULL space);
  /* [call-thread] Writes the tokens where a search begins; NULL for the low end of every dimension. */
  esp_status (*ESP_NULLABLE start)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call, const esp_space_host *ESP_NONNULL space,
                                   int64_t *ESP_NONNULL tokens, uint32_t n);
  /* [call-thread] Writes 1 where the tokens stand for a network, else 0; NULL where all do. */
  esp_status (*ESP_NULLABLE feasible)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call, const esp_space_host *ESP_NONNULL space,
                                      const int64_t *ESP_NONNULL tokens, uint32_t n, int32_t *ESP_NONNULL out);
  /* [call-thread] Hands the network to set_model, or its cuts to network->set_ratio and set_channels; without either, the run's network
     stays as it is. */
  esp_status (*ESP_NULLABLE decode)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call, const esp_space_host *ESP_NONNULL space,
                                    const int64_t *ESP_NONNULL tokens, uint32_t n);
} esp_space_v1;

#ifdef __cplusplus
}
#endif
#endif
