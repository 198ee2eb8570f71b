/* esp.ops/1 as released: a field that moves breaks every plugin that was ever built, so it stops the build. */
#include "espalier_ops.h"

#define AT(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field " moved")
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type " changed its size")

AT(esp_operand, tag, 0);
AT(esp_operand, integer, 8);
AT(esp_operand, tensors, 8);
AT(esp_operand, count, 16);
SIZE(esp_operand, 24);

AT(esp_tensor_info, flags, 4);
AT(esp_tensor_info, dtype, 8);
AT(esp_tensor_info, layout, 12);
AT(esp_tensor_info, device_type, 16);
AT(esp_tensor_info, device_id, 20);
AT(esp_tensor_info, ndim, 24);
AT(esp_tensor_info, count, 32);
AT(esp_tensor_info, shape, 40);
AT(esp_tensor_info, strides, 48);

AT(esp_memory_stats, allocated, 8);
AT(esp_memory_stats, total, 48);

/* The table is pointers behind two words: the place of each is its rank. */
#define RANK(field, rank) AT(esp_ops_v1, field, 8 + 8 * (rank))
RANK(retain, 0);
RANK(release, 1);
RANK(create, 2);
RANK(borrow, 3);
RANK(info, 4);
RANK(data, 5);
RANK(find_operator, 6);
RANK(operator_schema, 7);
RANK(call, 8);
RANK(free_results, 9);
RANK(set_requires_grad, 10);
RANK(gradient, 11);
RANK(set_gradient, 12);
RANK(backward, 13);
RANK(grad, 14);
RANK(custom_function, 15);
RANK(begin_scope, 16);
RANK(end_scope, 17);
RANK(is_recording, 18);
RANK(to_dlpack, 19);
RANK(from_dlpack, 20);
RANK(current_stream, 21);
RANK(synchronize, 22);
RANK(create_event, 23);
RANK(destroy_event, 24);
RANK(record_event, 25);
RANK(wait_event, 26);
RANK(synchronize_event, 27);
RANK(elapsed, 28);
RANK(memory_stats, 29);
RANK(reset_memory_peak, 30);
RANK(empty_cache, 31);
RANK(seed, 32);
RANK(threads, 33);
RANK(set_threads, 34);
RANK(interop_threads, 35);
RANK(set_interop_threads, 36);
