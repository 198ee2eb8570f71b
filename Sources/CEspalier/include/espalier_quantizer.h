/* esp.quantizer/1: which tensors of a network become whole numbers of 8 bits, and which range each of them covers.
 * Since version 1.1 of the ABI; the rules of espalier_plugin.h hold here too.
 *
 * The host finds the tensors, looks at them while images pass, makes scales and zero points of the ranges, puts them into the graph,
 * and trains where a plan asks for it. A quantizer plans first, then gives a range for every tensor that the plan left.
 */
#ifndef ESPALIER_QUANTIZER_H
#define ESPALIER_QUANTIZER_H
#include "espalier_plugin.h"
#ifdef __cplusplus
extern "C" {
#endif

#define ESP_Q_ACTIVATION 1u /* a value, or several that share a scale */
#define ESP_Q_WEIGHT 2u     /* a layer's weight */
/* A tensor to be quantized. */
typedef struct esp_quantized {
  uint32_t struct_size, kind;
  esp_str name;       /* the value, or the layer whose weight it is; unique together with the kind */
  esp_str op;         /* ONNX operator that makes the value, or multiplies by the weight; empty for an input of the network */
  int64_t ranges;     /* how many ranges it takes: one, or one an output channel */
  int32_t axis;       /* of a weight's output channels; -1 for activations */
  int32_t is_signed;  /* whether its whole numbers have a sign */
  int32_t is_symmetric, reserved; /* whether zero is in their middle */
} esp_quantized;

/* What is told apart; what is outside is clipped. Frozen. */
typedef struct esp_range {
  double low, high;
} esp_range;

/* What calibration saw of an activation: extremes, and how often each magnitude occurred. Bin b of a side holds the values from b to b + 1
   times 2^exponent / n_bins. */
typedef struct esp_seen {
  uint32_t struct_size, n_bins;
  float low, high;
  int64_t count, images;
  double peaks;     /* the sum of the images' greatest magnitudes */
  int64_t zeros;    /* values that were exactly zero; they are in no bin */
  int32_t exponent, reserved;
  const int64_t *ESP_NULLABLE positive, *ESP_NULLABLE negative; /* n_bins each; NULL where all values were zero */
} esp_seen;

#define ESP_Q_TRAIN_MOVING_AVERAGE 1u /* scales follow an average of batches' maxima: `number` is what it keeps at each batch */
#define ESP_Q_TRAIN_RANGE 2u          /* the greatest of the last batches' maxima: `number` is how many */
#define ESP_Q_TRAIN_BATCH 3u          /* the maximum of the batch */
#define ESP_Q_TRAIN_LEARNED 4u        /* scales are parameters, trained with the weights; `number` is their share of the learning rate */

#define ESP_Q_EQUALIZE 1u     /* even out the ranges of channels between layers first */
#define ESP_Q_CORRECT_BIAS 2u /* move biases by the mean error that rounding makes */
#define ESP_Q_LEARN_ROUNDING 4u /* choose for each weight whether it is rounded up or down by what the layer's result loses */

#define ESP_Q_TUNING_IMAGES 1u       /* how many images biases are moved and rounding is learned by, at most; 32 unless set */
#define ESP_Q_ROUNDING_ITERATIONS 2u /* steps in which the rounding of one layer is learned; 1000 unless set */
/* Layers that lose most stay float, one more at a time, until all that is asked for is met: */
#define ESP_Q_METRIC_DROP 3u    /* the metric lies at most so far below the float network's; both are from 0 to 1 */
#define ESP_Q_LEAST_DECIBELS 4u /* signal by noise of every output is at least so many decibels */
#define ESP_Q_MOST_FLOAT 5u     /* how many layers may become float for it, at most */
/* The parameter at this place among the strategy's has choices: an instance is made for each but the one given, each is asked for ranges, and
   the one is kept whose outputs lie nearest the float network's. The plan is everyone's; the instances are not asked for theirs. */
#define ESP_Q_TRY_CHOICES 6u

/* What a host offers a quantizer. Every function: [call-thread]; NULL where this host lacks it. `out` structs: the caller sets
   struct_size. */
typedef struct esp_quantizing_host {
  uint32_t struct_size, n_tensors;
  uint64_t seed;
  esp_status (*ESP_NULLABLE tensor)(esp_call *ESP_NONNULL call, uint32_t index, esp_quantized *ESP_NONNULL out);
  /* A dense read-only view of a weight: CPU, float32. */
  esp_status (*ESP_NULLABLE weight)(esp_call *ESP_NONNULL call, uint32_t index, esp_tensor_view *ESP_NONNULL out);
  /* What calibration saw of an activation; ESP_E_UNIMPLEMENTED while planning, which comes before. */
  esp_status (*ESP_NULLABLE seen)(esp_call *ESP_NONNULL call, uint32_t index, esp_seen *ESP_NONNULL out);
  /* During `plan` only: the layer of a weight, or the readers of an activation, stay float. */
  esp_status (*ESP_NULLABLE leave_float)(esp_call *ESP_NONNULL call, uint32_t index);
  /* During `plan` only: options ESP_Q_EQUALIZE and so on. A host that lacks one refuses. */
  esp_status (*ESP_NULLABLE ask)(esp_call *ESP_NONNULL call, uint32_t options);
  /* During `plan` only: training with quantized values follows. A host or run that cannot train refuses. */
  esp_status (*ESP_NULLABLE train)(esp_call *ESP_NONNULL call, uint32_t how, double number);
  /* During `plan` only: a number, ESP_Q_TUNING_IMAGES and so on. A host that lacks it, or cannot take that number, refuses. */
  esp_status (*ESP_NULLABLE set)(esp_call *ESP_NONNULL call, uint32_t what, double number);
} esp_quantizing_host;

#define ESP_QUANTIZER_V1 "esp.quantizer/1"
typedef struct esp_quantizer_v1 {
  uint32_t struct_size, reserved;
  /* [call-thread] Decides; NULL where everything is quantized and nothing trained. */
  esp_status (*ESP_NULLABLE plan)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call,
                                  const esp_quantizing_host *ESP_NONNULL quantizing);
  /* [call-thread] Writes the tensor's ranges, n of them. */
  esp_status (*ESP_NULLABLE ranges)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call,
                                    const esp_quantizing_host *ESP_NONNULL quantizing, uint32_t index, esp_range *ESP_NONNULL out,
                                    uint64_t n);
} esp_quantizer_v1;

#ifdef __cplusplus
}
#endif
#endif
