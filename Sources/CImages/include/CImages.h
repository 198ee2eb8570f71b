// Images: decoding by libjpeg-turbo and libspng, resizing and geometry by OpenCV, pixel loops of our own.
//
// Plain C; nothing throws across it. A picture is RGB, 8 bits a channel, rows from the top without gaps. Every call
// returns a status and, where that is not ESPIMG_OK, a sentence in the caller's buffer `text` (always terminated;
// a null buffer is allowed). All calls may be made from any thread; OpenCV's own threads are switched off.
#ifndef ESPALIER_CIMAGES_H
#define ESPALIER_CIMAGES_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// What a call came to.
enum {
  ESPIMG_OK = 0,
  /// Decoded, but the file is damaged: part of the picture may be grey.
  ESPIMG_DAMAGED = 1,
  /// Not decodable; nothing useful was written.
  ESPIMG_BROKEN = 2,
  /// More pixels than the limit; nothing was allocated or decoded.
  ESPIMG_TOO_LARGE = 3,
  /// Neither JPEG nor PNG.
  ESPIMG_UNKNOWN_FORMAT = 4,
  /// Sizes or pointers that do not fit; the caller's mistake.
  ESPIMG_ARGUMENT = 5,
  ESPIMG_MEMORY = 6,
  /// libEspalierImages.so, which holds OpenCV, cannot be opened.
  ESPIMG_NO_KERNELS = 7
};

/// The longest side that any call takes.
#define ESPIMG_MAX_SIDE 65535
/// The limit of pixels that a caller without an opinion passes.
#define ESPIMG_DEFAULT_MAX_PIXELS 100000000

/// Interpolations by OpenCV's numbers.
enum {
  ESPIMG_NEAREST = 0,
  ESPIMG_LINEAR = 1,
  ESPIMG_CUBIC = 2,
  ESPIMG_AREA = 3,
  ESPIMG_LANCZOS4 = 4
};

/// The version of the OpenCV that was built against, such as 40600; 0 where libEspalierImages.so cannot be opened.
int32_t espimg_opencv_version(void);

/// Width and height as a JPEG's or PNG's header states them; nothing is decoded.
int32_t espimg_header(
  const uint8_t *bytes, size_t count, int32_t *width, int32_t *height, char *text, size_t capacity
);

/// Decodes into `rgb`, which holds `size` = 3 x width x height bytes of the header's size.
///
/// Grey and CMYK become RGB, 16 bits 8, palettes are looked up, transparency is dropped, EXIF rotation is not
/// applied. The header is checked against `max_pixels` and `size` before anything is allocated or decoded.
int32_t espimg_decode(
  const uint8_t *bytes, size_t count, int64_t max_pixels, uint8_t *rgb, size_t size, char *text,
  size_t capacity
);

/// The most bytes that a JPEG of this size takes.
size_t espimg_jpeg_bound(int32_t width, int32_t height);

/// Writes a JPEG (4:2:0, quality 1 to 100) into `out` of `room` bytes and its length into `written`.
int32_t espimg_encode_jpeg(
  const uint8_t *rgb, int32_t width, int32_t height, int32_t quality, uint8_t *out, size_t room,
  size_t *written, char *text, size_t capacity
);

/// cv::resize.
int32_t espimg_resize(
  const uint8_t *from, int32_t width, int32_t height, uint8_t *to, int32_t new_width,
  int32_t new_height, int32_t interpolation, char *text, size_t capacity
);

/// Copies a rectangle of one picture to a place in another; both must hold it whole.
int32_t espimg_copy(
  const uint8_t *from, int32_t from_width, int32_t from_height, int32_t x, int32_t y, int32_t width,
  int32_t height, uint8_t *to, int32_t to_width, int32_t to_height, int32_t to_x, int32_t to_y
);

/// Fills a picture with one colour.
void espimg_fill(uint8_t *rgb, int64_t pixels, uint8_t red, uint8_t green, uint8_t blue);

/// Mirrors left and right (`axis` 0) or top and bottom (1), or swaps rows and columns (2; `to` is height x width).
int32_t espimg_mirror(
  const uint8_t *from, int32_t width, int32_t height, int32_t axis, uint8_t *to
);

/// Applies a 3 x 4 matrix to each pixel's (R, G, B, 1), in place; rounded to nearest even, cut to 0...255.
void espimg_affine(uint8_t *rgb, int64_t pixels, const float *matrix);

/// to = round(to * (1 - share) + from * share), byte by byte.
void espimg_blend(uint8_t *to, const uint8_t *from, int64_t bytes, float share);

/// Pillow's ImageEnhance step: a pixel moved from a grey towards or beyond itself, in place.
///
/// `kind` 0 is Brightness (from black), 1 Contrast (from the mean grey), 2 Color (from its own grey).
void espimg_enhance(uint8_t *rgb, int64_t pixels, int32_t kind, float factor);

/// Pillow's HSV and back with the 8-bit hue moved by `delta` (cut to a whole number, going round at 256), in place.
void espimg_shift_hue(uint8_t *rgb, int64_t pixels, int32_t delta);

/// Planes of floats from interleaved bytes: plane c is channel `order[c]` times `scale[c]` plus `shift[c]`.
int32_t espimg_planes(
  const uint8_t *rgb, int32_t width, int32_t height, const int32_t *order, const float *scale,
  const float *shift, float *to
);

/// Draws a frame with a label, in place; `edges` are left, top, right, bottom in pixels, `color` red, green, blue.
int32_t espimg_frame(
  uint8_t *rgb, int32_t width, int32_t height, const int32_t *edges, const uint8_t *color,
  const char *label
);

#ifdef __cplusplus
}
#endif
#endif
