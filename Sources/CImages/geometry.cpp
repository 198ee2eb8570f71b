#include <cstring>

#include "guard.h"
#include "kernels.h"

using espimg::fail;
using espimg::is_side;
using espimg::kernels;

namespace {

bool holds(int32_t side, int32_t start, int32_t length) {
  return is_side(side) && start >= 0 && length >= 0 && length <= side - start;
}

}  // namespace

extern "C" int32_t espimg_opencv_version(void) {
  const espimg_kernels *with = kernels(nullptr, 0);
  return with ? with->opencv_version : 0;
}

extern "C" int32_t espimg_resize(
  const uint8_t *from, int32_t width, int32_t height, uint8_t *to, int32_t new_width,
  int32_t new_height, int32_t interpolation, char *text, size_t capacity
) {
  if (!is_side(width) || !is_side(height) || !is_side(new_width) || !is_side(new_height))
    return fail(ESPIMG_ARGUMENT, text, capacity, "a side is out of range");
  if (interpolation < ESPIMG_NEAREST || interpolation > ESPIMG_LANCZOS4)
    return fail(ESPIMG_ARGUMENT, text, capacity, "no such interpolation");
  const espimg_kernels *with = kernels(text, capacity);
  if (!with) return ESPIMG_NO_KERNELS;
  return with->resize(from, width, height, to, new_width, new_height, interpolation, text, capacity)
    ? ESPIMG_ARGUMENT : ESPIMG_OK;
}

extern "C" int32_t espimg_copy(
  const uint8_t *from, int32_t from_width, int32_t from_height, int32_t x, int32_t y, int32_t width,
  int32_t height, uint8_t *to, int32_t to_width, int32_t to_height, int32_t to_x, int32_t to_y
) {
  if (!holds(from_width, x, width) || !holds(from_height, y, height)) return ESPIMG_ARGUMENT;
  if (!holds(to_width, to_x, width) || !holds(to_height, to_y, height)) return ESPIMG_ARGUMENT;
  for (int32_t row = 0; row < height; ++row)
    std::memcpy(
      to + 3 * ((size_t)(to_y + row) * to_width + to_x),
      from + 3 * ((size_t)(y + row) * from_width + x), 3 * (size_t)width
    );
  return ESPIMG_OK;
}

extern "C" int32_t espimg_mirror(
  const uint8_t *from, int32_t width, int32_t height, int32_t axis, uint8_t *to
) {
  if (!is_side(width) || !is_side(height) || axis < 0 || axis > 2) return ESPIMG_ARGUMENT;
  const espimg_kernels *with = kernels(nullptr, 0);
  if (!with) return ESPIMG_NO_KERNELS;
  return with->mirror(from, width, height, axis, to, nullptr, 0) ? ESPIMG_ARGUMENT : ESPIMG_OK;
}

extern "C" int32_t espimg_planes(
  const uint8_t *rgb, int32_t width, int32_t height, const int32_t *order, const float *scale,
  const float *shift, float *to
) {
  if (!is_side(width) || !is_side(height)) return ESPIMG_ARGUMENT;
  for (int c = 0; c < 3; ++c)
    if (order[c] < 0 || order[c] > 2) return ESPIMG_ARGUMENT;
  const espimg_kernels *with = kernels(nullptr, 0);
  if (!with) return ESPIMG_NO_KERNELS;
  return with->planes(rgb, width, height, order, scale, shift, to, nullptr, 0)
    ? ESPIMG_ARGUMENT : ESPIMG_OK;
}

extern "C" int32_t espimg_frame(
  uint8_t *rgb, int32_t width, int32_t height, const int32_t *edges, const uint8_t *color,
  const char *label
) {
  if (!is_side(width) || !is_side(height)) return ESPIMG_ARGUMENT;
  // OpenCV shifts coordinates by 16 bits.
  for (int i = 0; i < 4; ++i)
    if (edges[i] < -ESPIMG_MAX_SIDE / 2 || edges[i] > ESPIMG_MAX_SIDE) return ESPIMG_ARGUMENT;
  const espimg_kernels *with = kernels(nullptr, 0);
  if (!with) return ESPIMG_NO_KERNELS;
  return with->frame(rgb, width, height, edges, color, label, nullptr, 0) ? ESPIMG_ARGUMENT
                                                                         : ESPIMG_OK;
}
