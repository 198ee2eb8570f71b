/* The layout of espalier_quantizer.h at version 1.1. A line here is never edited, only added to. */
#include "espalier_quantizer.h"

#define SIZE(type, bytes) _Static_assert(sizeof(type) >= bytes, #type " shrank")
#define FROZEN(type, bytes) _Static_assert(sizeof(type) == bytes, #type " is frozen")
#define OFFSET(type, field, bytes) _Static_assert(offsetof(type, field) == bytes, #type "." #field " moved")

SIZE(esp_quantized, 64);
OFFSET(esp_quantized, kind, 4);
OFFSET(esp_quantized, name, 8);
OFFSET(esp_quantized, op, 24);
OFFSET(esp_quantized, ranges, 40);
OFFSET(esp_quantized, axis, 48);
OFFSET(esp_quantized, is_signed, 52);
OFFSET(esp_quantized, is_symmetric, 56);
FROZEN(esp_range, 16);
OFFSET(esp_range, low, 0);
OFFSET(esp_range, high, 8);
SIZE(esp_seen, 72);
OFFSET(esp_seen, n_bins, 4);
OFFSET(esp_seen, low, 8);
OFFSET(esp_seen, high, 12);
OFFSET(esp_seen, count, 16);
OFFSET(esp_seen, images, 24);
OFFSET(esp_seen, peaks, 32);
OFFSET(esp_seen, zeros, 40);
OFFSET(esp_seen, exponent, 48);
OFFSET(esp_seen, positive, 56);
OFFSET(esp_seen, negative, 64);
SIZE(esp_quantizing_host, 64);
OFFSET(esp_quantizing_host, n_tensors, 4);
OFFSET(esp_quantizing_host, seed, 8);
OFFSET(esp_quantizing_host, tensor, 16);
OFFSET(esp_quantizing_host, weight, 24);
OFFSET(esp_quantizing_host, seen, 32);
OFFSET(esp_quantizing_host, leave_float, 40);
OFFSET(esp_quantizing_host, ask, 48);
OFFSET(esp_quantizing_host, train, 56);
SIZE(esp_quantizer_v1, 24);
OFFSET(esp_quantizer_v1, plan, 8);
OFFSET(esp_quantizer_v1, ranges, 16);
SIZE(esp_quantizing_host, 72);
OFFSET(esp_quantizing_host, set, 64);
