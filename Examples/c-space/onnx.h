/* As much of ONNX's protobuf as a network of convolutions needs: fields are appended to growing buffers, and a message is a
   buffer that is appended to another with its length. */
#ifndef ONNX_H
#define ONNX_H
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint8_t *bytes;
  size_t count, room;
  int failed; /* memory ran out: what follows is dropped */
} Buffer;

static void put(Buffer *b, const void *bytes, size_t n) {
  if (b->failed || n == 0) return;
  if (b->count + n > b->room) {
    size_t room = 2 * (b->count + n);
    uint8_t *more = realloc(b->bytes, room);
    if (!more) {
      b->failed = 1;
      return;
    }
    b->bytes = more;
    b->room = room;
  }
  memcpy(b->bytes + b->count, bytes, n);
  b->count += n;
}

/* Seven bits a byte, the lowest first; the top bit says that more follow. */
static void put_varint(Buffer *b, uint64_t value) {
  do {
    uint8_t byte = (uint8_t)((value & 127) | (value > 127 ? 128 : 0));
    put(b, &byte, 1);
    value >>= 7;
  } while (value);
}

/* A field is its number and how its value is written (0 a varint, 2 a length and so many bytes), then the value. */
static void put_int(Buffer *b, int field, int64_t value) {
  put_varint(b, (uint64_t)field << 3);
  put_varint(b, (uint64_t)value);
}

static void put_bytes(Buffer *b, int field, const void *bytes, size_t n) {
  put_varint(b, (uint64_t)field << 3 | 2);
  put_varint(b, n);
  put(b, bytes, n);
}

static void put_text(Buffer *b, int field, const char *text) { put_bytes(b, field, text, strlen(text)); }

/* Appends a message and empties it. */
static void put_message(Buffer *b, int field, Buffer *message) {
  put_bytes(b, field, message->bytes, message->count);
  b->failed |= message->failed;
  free(message->bytes);
  *message = (Buffer){0};
}

/* AttributeProto: name = 1, ints = 8, type = 20 (INTS is 7). */
static void put_ints(Buffer *node, const char *name, const int64_t *values, int n) {
  Buffer attribute = {0};
  put_text(&attribute, 1, name);
  for (int k = 0; k < n; ++k) put_int(&attribute, 8, values[k]);
  put_int(&attribute, 20, 7);
  put_message(node, 5, &attribute);
}

/* ValueInfoProto: name = 1, type = 2; a batch of any size, then channels, height and width. */
static void put_value(Buffer *graph, int field, const char *name, const int64_t sizes[3]) {
  Buffer shape = {0}, dimension = {0}, tensor = {0}, type = {0}, value = {0};
  put_text(&dimension, 2, "batch");
  put_message(&shape, 1, &dimension);
  for (int k = 0; k < 3; ++k) {
    put_int(&dimension, 1, sizes[k]);
    put_message(&shape, 1, &dimension);
  }
  put_int(&tensor, 1, 1); /* elem_type FLOAT */
  put_message(&tensor, 2, &shape);
  put_message(&type, 1, &tensor);
  put_text(&value, 1, name);
  put_message(&value, 2, &type);
  put_message(graph, field, &value);
}

/* TensorProto: dims = 1, data_type = 2 (FLOAT is 1), name = 8, raw_data = 9. */
static void put_weights(Buffer *graph, const char *name, const int64_t *sizes, int rank, const float *values) {
  Buffer tensor = {0};
  size_t count = 1;
  for (int k = 0; k < rank; ++k) {
    put_int(&tensor, 1, sizes[k]);
    count *= (size_t)sizes[k];
  }
  put_int(&tensor, 2, 1);
  put_text(&tensor, 8, name);
  put_bytes(&tensor, 9, values, count * sizeof(float));
  put_message(graph, 5, &tensor);
}
#endif
