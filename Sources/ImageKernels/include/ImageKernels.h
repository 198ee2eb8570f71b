// What OpenCV does for CImages: a library of its own, because OpenCV brings 20 others along. Programs that read no image
// should not wait for them, and one is the reference BLAS, whose sgemm_ would take the place of libtorch's if it were
// linked into the program: convolutions then take four times as long. CImages opens it, with local symbols, on the first picture.
#ifndef ESPALIER_IMAGE_KERNELS_H
#define ESPALIER_IMAGE_KERNELS_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define ESPIMG_KERNELS_REVISION 2u

/// Functions over checked arguments; pictures are RGB, 8 bits a channel, without gaps. A non-zero return or an exception
/// never happens silently: `text` then holds a sentence.
typedef struct espimg_kernels {
  uint32_t revision;
  /// Such as 40600.
  int32_t opencv_version;
  int32_t (*resize)(
    const uint8_t *from, int32_t width, int32_t height, uint8_t *to, int32_t new_width,
    int32_t new_height, int32_t interpolation, char *text, size_t capacity
  );
  int32_t (*mirror)(
    const uint8_t *from, int32_t width, int32_t height, int32_t axis, uint8_t *to, char *text,
    size_t capacity
  );
  int32_t (*planes)(
    const uint8_t *rgb, int32_t width, int32_t height, const int32_t *order, const float *scale,
    const float *shift, float *to, char *text, size_t capacity
  );
  /// A frame with a label above it, drawn into the picture; what lies beyond its edges is left out.
  int32_t (*frame)(
    uint8_t *rgb, int32_t width, int32_t height, const int32_t *edges, const uint8_t *color,
    const char *label, char *text, size_t capacity
  );
} espimg_kernels;

/// The one symbol that the library exports.
const espimg_kernels *espimg_kernels_v1(void);

#ifdef __cplusplus
}
#endif
#endif
