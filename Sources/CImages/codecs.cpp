#include <spng.h>
#include <turbojpeg.h>

#include <cstring>
#include <memory>

#include "guard.h"

using espimg::fail;
using espimg::guarded;

namespace {

struct JPEGHandle {
  tjhandle handle;
  explicit JPEGHandle(tjhandle made) : handle(made) {
    if (!handle) throw std::bad_alloc();
  }
  ~JPEGHandle() { tjDestroy(handle); }
};

struct PNGDeleter {
  void operator()(spng_ctx *context) const { spng_ctx_free(context); }
};
using PNGContext = std::unique_ptr<spng_ctx, PNGDeleter>;

enum class Format { jpeg, png, unknown };

Format format_of(const uint8_t *bytes, size_t count) {
  static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  if (count >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff) return Format::jpeg;
  if (count >= 8 && std::memcmp(bytes, signature, 8) == 0) return Format::png;
  return Format::unknown;
}

struct Sides {
  int width = 0, height = 0, colorspace = 0;
};

int32_t jpeg_header(
  tjhandle handle, const uint8_t *bytes, size_t count, Sides *sides, char *text, size_t capacity
) {
  int subsampling = 0;
  const int result = tjDecompressHeader3(
    handle, bytes, count, &sides->width, &sides->height, &subsampling, &sides->colorspace
  );
  if (result != 0 && tjGetErrorCode(handle) != TJERR_WARNING)
    return fail(ESPIMG_BROKEN, text, capacity, tjGetErrorStr2(handle));
  if (sides->width <= 0 || sides->height <= 0)
    return fail(ESPIMG_BROKEN, text, capacity, "the JPEG header states no size");
  return ESPIMG_OK;
}

PNGContext png_context(const uint8_t *bytes, size_t count) {
  PNGContext context(spng_ctx_new(0));
  if (!context) throw std::bad_alloc();
  // Text and profiles are not wanted; a file cannot make the reader hold more than this of them.
  spng_set_chunk_limits(context.get(), 1 << 26, 1 << 26);
  spng_set_png_buffer(context.get(), bytes, count);
  return context;
}

int32_t png_header(spng_ctx *context, Sides *sides, char *text, size_t capacity) {
  spng_ihdr header;
  const int error = spng_get_ihdr(context, &header);
  if (error) return fail(ESPIMG_BROKEN, text, capacity, spng_strerror(error));
  if (header.width > INT32_MAX || header.height > INT32_MAX)
    return fail(ESPIMG_TOO_LARGE, text, capacity, "a side is longer than any limit");
  sides->width = (int)header.width;
  sides->height = (int)header.height;
  return ESPIMG_OK;
}

int32_t check_size(const Sides &sides, int64_t max_pixels, size_t size, char *text, size_t capacity) {
  const int64_t pixels = (int64_t)sides.width * sides.height;
  if (pixels > max_pixels || !espimg::is_side(sides.width) || !espimg::is_side(sides.height)) {
    if (text && capacity > 0)
      std::snprintf(
        text, capacity, "%d x %d pixels; the limit is %lld pixels and %d a side", sides.width,
        sides.height, (long long)max_pixels, ESPIMG_MAX_SIDE
      );
    return ESPIMG_TOO_LARGE;
  }
  if (size != (size_t)pixels * 3)
    return fail(ESPIMG_ARGUMENT, text, capacity, "the buffer does not fit the picture");
  return ESPIMG_OK;
}

// Ink to light as Pillow does it; a JPEG's CMYK is stored inverted (Adobe's way).
void rgb_from_inverted_cmyk(const uint8_t *cmyk, uint8_t *rgb, int64_t pixels) {
  for (int64_t i = 0; i < pixels; ++i) {
    const int light = cmyk[4 * i + 3];
    for (int c = 0; c < 3; ++c) {
      const int product = (255 - cmyk[4 * i + c]) * light + 128;
      rgb[3 * i + c] = (uint8_t)(light - (((product >> 8) + product) >> 8));
    }
  }
}

int32_t jpeg_decode(
  const uint8_t *bytes, size_t count, int64_t max_pixels, uint8_t *rgb, size_t size, char *text,
  size_t capacity
) {
  JPEGHandle jpeg(tjInitDecompress());
  Sides sides;
  if (int32_t status = jpeg_header(jpeg.handle, bytes, count, &sides, text, capacity)) return status;
  if (int32_t status = check_size(sides, max_pixels, size, text, capacity)) return status;
  const bool is_cmyk = sides.colorspace == TJCS_CMYK || sides.colorspace == TJCS_YCCK;
  std::unique_ptr<uint8_t[]> inks;
  if (is_cmyk) inks.reset(new uint8_t[(size_t)sides.width * sides.height * 4]);
  const int result = tjDecompress2(
    jpeg.handle, bytes, count, is_cmyk ? inks.get() : rgb, sides.width, 0, sides.height,
    is_cmyk ? TJPF_CMYK : TJPF_RGB, TJFLAG_LIMITSCANS
  );
  const bool is_warning = result != 0 && tjGetErrorCode(jpeg.handle) == TJERR_WARNING;
  if (result != 0 && !is_warning)
    return fail(ESPIMG_BROKEN, text, capacity, tjGetErrorStr2(jpeg.handle));
  if (is_cmyk) rgb_from_inverted_cmyk(inks.get(), rgb, (int64_t)sides.width * sides.height);
  return is_warning ? fail(ESPIMG_DAMAGED, text, capacity, tjGetErrorStr2(jpeg.handle)) : ESPIMG_OK;
}

int32_t png_decode(
  const uint8_t *bytes, size_t count, int64_t max_pixels, uint8_t *rgb, size_t size, char *text,
  size_t capacity
) {
  PNGContext context = png_context(bytes, count);
  Sides sides;
  if (int32_t status = png_header(context.get(), &sides, text, capacity)) return status;
  if (int32_t status = check_size(sides, max_pixels, size, text, capacity)) return status;
  const int error = spng_decode_image(context.get(), rgb, size, SPNG_FMT_RGB8, 0);
  return error ? fail(ESPIMG_BROKEN, text, capacity, spng_strerror(error)) : ESPIMG_OK;
}

}  // namespace

extern "C" int32_t espimg_header(
  const uint8_t *bytes, size_t count, int32_t *width, int32_t *height, char *text, size_t capacity
) {
  return guarded(text, capacity, [&]() -> int32_t {
    Sides sides;
    int32_t status = ESPIMG_UNKNOWN_FORMAT;
    switch (format_of(bytes, count)) {
      case Format::jpeg: {
        JPEGHandle jpeg(tjInitDecompress());
        status = jpeg_header(jpeg.handle, bytes, count, &sides, text, capacity);
        break;
      }
      case Format::png:
        status = png_header(png_context(bytes, count).get(), &sides, text, capacity);
        break;
      case Format::unknown:
        return fail(status, text, capacity, "neither a JPEG nor a PNG");
    }
    *width = sides.width;
    *height = sides.height;
    return status;
  });
}

extern "C" int32_t espimg_decode(
  const uint8_t *bytes, size_t count, int64_t max_pixels, uint8_t *rgb, size_t size, char *text,
  size_t capacity
) {
  return guarded(text, capacity, [&]() -> int32_t {
    switch (format_of(bytes, count)) {
      case Format::jpeg: return jpeg_decode(bytes, count, max_pixels, rgb, size, text, capacity);
      case Format::png: return png_decode(bytes, count, max_pixels, rgb, size, text, capacity);
      case Format::unknown: break;
    }
    return fail(ESPIMG_UNKNOWN_FORMAT, text, capacity, "neither a JPEG nor a PNG");
  });
}

extern "C" size_t espimg_jpeg_bound(int32_t width, int32_t height) {
  if (!espimg::is_side(width) || !espimg::is_side(height)) return 0;
  return tjBufSize(width, height, TJSAMP_420);
}

extern "C" int32_t espimg_encode_jpeg(
  const uint8_t *rgb, int32_t width, int32_t height, int32_t quality, uint8_t *out, size_t room,
  size_t *written, char *text, size_t capacity
) {
  return guarded(text, capacity, [&]() -> int32_t {
    if (room < espimg_jpeg_bound(width, height) || room == 0 || quality < 1 || quality > 100)
      return fail(ESPIMG_ARGUMENT, text, capacity, "size, quality or room out of range");
    JPEGHandle jpeg(tjInitCompress());
    unsigned long length = room;
    unsigned char *place = out;
    const int result = tjCompress2(
      jpeg.handle, rgb, width, 0, height, TJPF_RGB, &place, &length, TJSAMP_420, quality,
      TJFLAG_NOREALLOC
    );
    if (result != 0) return fail(ESPIMG_ARGUMENT, text, capacity, tjGetErrorStr2(jpeg.handle));
    *written = length;
    return ESPIMG_OK;
  });
}
