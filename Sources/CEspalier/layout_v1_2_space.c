/* The layout of espalier_space.h at version 1.2. A line here is never edited, only added to. */
#include "espalier_space.h"

#define SIZE(type, bytes) _Static_assert(sizeof(type) >= bytes, #type " shrank")
#define OFFSET(type, field, bytes) _Static_assert(offsetof(type, field) == bytes, #type "." #field " moved")

SIZE(esp_dimension, 56);
OFFSET(esp_dimension, flags, 4);
OFFSET(esp_dimension, name, 8);
OFFSET(esp_dimension, low, 24);
OFFSET(esp_dimension, high, 32);
OFFSET(esp_dimension, labels, 40);
OFFSET(esp_dimension, n_labels, 48);
SIZE(esp_space_host, 64);
OFFSET(esp_space_host, seed, 8);
OFFSET(esp_space_host, input_height, 16);
OFFSET(esp_space_host, input_width, 24);
OFFSET(esp_space_host, classes, 32);
OFFSET(esp_space_host, network, 40);
OFFSET(esp_space_host, add_dimension, 48);
OFFSET(esp_space_host, set_model, 56);
SIZE(esp_space_v1, 40);
OFFSET(esp_space_v1, dimensions, 8);
OFFSET(esp_space_v1, start, 16);
OFFSET(esp_space_v1, feasible, 24);
OFFSET(esp_space_v1, decode, 32);
