/* The layout of espalier_distill.h at version 1.1. A line here is never edited, only added to: a new minor gets its own file. */
#include "espalier_distill.h"

#ifdef __cplusplus
#  define ESP_ASSERT(condition, text) static_assert(condition, text)
#else
#  define ESP_ASSERT(condition, text) _Static_assert(condition, text)
#endif
#define SIZE(type, bytes) ESP_ASSERT(sizeof(type) >= bytes, #type " shrank")
#define FROZEN(type, bytes) ESP_ASSERT(sizeof(type) == bytes, #type " is frozen")
#define OFFSET(type, field, bytes) ESP_ASSERT(offsetof(type, field) == bytes, #type "." #field " moved")

SIZE(esp_exec, 40);
OFFSET(esp_exec, device_type, 4);
OFFSET(esp_exec, device_id, 8);
OFFSET(esp_exec, stream, 16);
OFFSET(esp_exec, seed, 24);
OFFSET(esp_exec, deadline_ns, 32);
FROZEN(esp_tap, 40);
OFFSET(esp_tap, kind, 0);
OFFSET(esp_tap, student, 8);
OFFSET(esp_tap, teacher, 24);
SIZE(esp_pair, 40);
OFFSET(esp_pair, stride, 4);
OFFSET(esp_pair, student, 8);
OFFSET(esp_pair, teacher, 24);
SIZE(esp_distill_host, 56);
OFFSET(esp_distill_host, n_pairs, 4);
OFFSET(esp_distill_host, step, 8);
OFFSET(esp_distill_host, steps, 16);
OFFSET(esp_distill_host, input_height, 24);
OFFSET(esp_distill_host, input_width, 32);
OFFSET(esp_distill_host, pair, 40);
OFFSET(esp_distill_host, targets, 48);
SIZE(esp_distill_v1, 48);
OFFSET(esp_distill_v1, taps, 8);
OFFSET(esp_distill_v1, forward, 16);
OFFSET(esp_distill_v1, backward, 24);
OFFSET(esp_distill_v1, drop_saved, 32);
OFFSET(esp_distill_v1, forward_ops, 40);
