#include <cstdio>
#include <exception>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/core/version.hpp>
#include <opencv2/imgproc.hpp>

#include "ImageKernels.h"

namespace {

// Callers bring their own threads; OpenCV's would fight with them.
void use_one_thread() {
  static std::once_flag once;
  std::call_once(once, [] { cv::setNumThreads(1); });
}

cv::Mat picture(const uint8_t *rgb, int32_t width, int32_t height) {
  return cv::Mat(height, width, CV_8UC3, const_cast<uint8_t *>(rgb));
}

/// Runs a body that says whether it came off; what it throws becomes a sentence.
template <typename Body>
int32_t guarded(char *text, size_t capacity, Body body) {
  const char *reason = "OpenCV moved the result";
  try {
    use_one_thread();
    if (body()) return 0;
  } catch (const std::exception &error) {
    if (text && capacity > 0) std::snprintf(text, capacity, "%s", error.what());
    return 1;
  } catch (...) {
    reason = "an unknown exception";
  }
  if (text && capacity > 0) std::snprintf(text, capacity, "%s", reason);
  return 1;
}

int32_t resize(
  const uint8_t *from, int32_t width, int32_t height, uint8_t *to, int32_t new_width,
  int32_t new_height, int32_t interpolation, char *text, size_t capacity
) {
  return guarded(text, capacity, [&] {
    cv::Mat result = picture(to, new_width, new_height);
    cv::resize(picture(from, width, height), result, result.size(), 0, 0, interpolation);
    return result.data == to;
  });
}

int32_t mirror(
  const uint8_t *from, int32_t width, int32_t height, int32_t axis, uint8_t *to, char *text,
  size_t capacity
) {
  return guarded(text, capacity, [&] {
    const cv::Mat source = picture(from, width, height);
    cv::Mat result = axis == 2 ? picture(to, height, width) : picture(to, width, height);
    if (axis == 2)
      cv::transpose(source, result);
    else
      cv::flip(source, result, axis == 0 ? 1 : 0);
    return result.data == to;
  });
}

int32_t planes(
  const uint8_t *rgb, int32_t width, int32_t height, const int32_t *order, const float *scale,
  const float *shift, float *to, char *text, size_t capacity
) {
  return guarded(text, capacity, [&] {
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
    return true;
  });
}

int32_t frame(
  uint8_t *rgb, int32_t width, int32_t height, const int32_t *edges, const uint8_t *color,
  const char *label, char *text, size_t capacity
) {
  return guarded(text, capacity, [&] {
    cv::Mat image = picture(rgb, width, height);
    const cv::Scalar paint(color[0], color[1], color[2]);
    const int line = std::max(1, std::min(width, height) / 300);
    cv::rectangle(image, {edges[0], edges[1]}, {edges[2], edges[3]}, paint, line);
    if (!label || !*label) return true;
    const double scale = std::max(0.35, std::min(width, height) / 1000.0);
    const auto font = cv::FONT_HERSHEY_SIMPLEX;
    int below = 0;
    const cv::Size size = cv::getTextSize(label, font, scale, line, &below);
    // Above the frame where there is room, else inside it.
    const int top = edges[1] >= size.height + below + line ? edges[1] - below - line
                                                           : edges[1] + size.height + line;
    const cv::Point start(std::max(0, std::min(edges[0], width - size.width)), top);
    cv::rectangle(
      image, {start.x, start.y - size.height - 1}, {start.x + size.width, start.y + below}, paint,
      cv::FILLED
    );
    // Black on light colours, white on dark ones.
    const bool light = color[0] * 299 + color[1] * 587 + color[2] * 114 > 128000;
    const cv::Scalar ink = light ? cv::Scalar(0, 0, 0) : cv::Scalar(255, 255, 255);
    cv::putText(image, label, start, font, scale, ink, line, cv::LINE_AA);
    return true;
  });
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const espimg_kernels *espimg_kernels_v1(void) {
  static const espimg_kernels table = {
    ESPIMG_KERNELS_REVISION,
    CV_VERSION_MAJOR * 10000 + CV_VERSION_MINOR * 100 + CV_VERSION_REVISION, resize, mirror, planes,
    frame};
  return &table;
}
