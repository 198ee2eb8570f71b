#include <cstring>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/core/version.hpp>
#include <opencv2/imgproc.hpp>

#include "guard.h"

using espimg::fail;
using espimg::guarded;
using espimg::is_side;

namespace {

// Callers bring their own threads; OpenCV's would fight with them.
void use_one_thread() {
  static std::once_flag once;
  std::call_once(once, [] { cv::setNumThreads(1); });
}

cv::Mat picture(const uint8_t *rgb, int32_t width, int32_t height) {
  return cv::Mat(height, width, CV_8UC3, const_cast<uint8_t *>(rgb));
}

bool holds(int32_t side, int32_t start, int32_t length) {
  return is_side(side) && start >= 0 && length >= 0 && length <= side - start;
}

}  // namespace

extern "C" int32_t espimg_opencv_version(void) {
  return CV_VERSION_MAJOR * 10000 + CV_VERSION_MINOR * 100 + CV_VERSION_REVISION;
}

extern "C" int32_t espimg_resize(
  const uint8_t *from, int32_t width, int32_t height, uint8_t *to, int32_t new_width,
  int32_t new_height, int32_t interpolation, char *text, size_t capacity
) {
  return guarded(text, capacity, [&]() -> int32_t {
    if (!is_side(width) || !is_side(height) || !is_side(new_width) || !is_side(new_height))
      return fail(ESPIMG_ARGUMENT, text, capacity, "a side is out of range");
    if (interpolation < ESPIMG_NEAREST || interpolation > ESPIMG_LANCZOS4)
      return fail(ESPIMG_ARGUMENT, text, capacity, "no such interpolation");
    use_one_thread();
    cv::Mat result = picture(to, new_width, new_height);
    cv::resize(picture(from, width, height), result, result.size(), 0, 0, interpolation);
    if (result.data != to) return fail(ESPIMG_ARGUMENT, text, capacity, "OpenCV moved the result");
    return ESPIMG_OK;
  });
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
  return guarded(nullptr, 0, [&]() -> int32_t {
    if (!is_side(width) || !is_side(height) || axis < 0 || axis > 2) return ESPIMG_ARGUMENT;
    use_one_thread();
    const cv::Mat source = picture(from, width, height);
    cv::Mat result = axis == 2 ? picture(to, height, width) : picture(to, width, height);
    if (axis == 2)
      cv::transpose(source, result);
    else
      cv::flip(source, result, axis == 0 ? 1 : 0);
    return result.data == to ? ESPIMG_OK : ESPIMG_ARGUMENT;
  });
}

extern "C" int32_t espimg_planes(
  const uint8_t *rgb, int32_t width, int32_t height, const int32_t *order, const float *scale,
  const float *shift, float *to
) {
  return guarded(nullptr, 0, [&]() -> int32_t {
    if (!is_side(width) || !is_side(height)) return ESPIMG_ARGUMENT;
    for (int c = 0; c < 3; ++c)
      if (order[c] < 0 || order[c] > 2) return ESPIMG_ARGUMENT;
    use_one_thread();
    const size_t plane = (size_t)width * height;
    // Bands of rows, so that the bytes of a band are still in cache when they become floats.
    const int32_t band = std::max<int32_t>(1, 16384 / width);
    cv::Mat channels[3];
    for (int32_t y = 0; y < height; y += band) {
      const int32_t rows = std::min(band, height - y);
      cv::split(picture(rgb + 3 * (size_t)y * width, width, rows), channels);
      for (int c = 0; c < 3; ++c) {
        cv::Mat result(rows, width, CV_32FC1, to + c * plane + (size_t)y * width);
        channels[order[c]].convertTo(result, CV_32F, scale[c], shift[c]);
      }
    }
    return ESPIMG_OK;
  });
}
