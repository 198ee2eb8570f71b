#include <algorithm>
#include <cmath>
#include <cstdint>

#include "CImages.h"

// The loops are compiled twice, the machine picks; neither uses fused multiply-add, so both give equal bytes.
#define EACH_MACHINE __attribute__((target_clones("avx2", "default")))

namespace {

constexpr int64_t block = 1024;

uint8_t grey(const uint8_t *pixel) {
  return (uint8_t)((pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16);
}

// Pillow's ImagingBlend for one byte: truncated between the two, cut to a byte beyond them.
uint8_t between(int from, int to, float share) {
  const float value = (float)from + share * (float)(to - from);
  return value <= 0.0f ? 0 : value >= 255.0f ? 255 : (uint8_t)value;
}

EACH_MACHINE void affine_block(float *red, float *green, float *blue, const float *m) {
  for (int64_t i = 0; i < block; ++i) {
    const float r = red[i], g = green[i], b = blue[i];
    red[i] = m[0] * r + m[1] * g + m[2] * b + m[3];
    green[i] = m[4] * r + m[5] * g + m[6] * b + m[7];
    blue[i] = m[8] * r + m[9] * g + m[10] * b + m[11];
  }
}

EACH_MACHINE void unpack(const uint8_t *rgb, int64_t count, float *red, float *green, float *blue) {
  for (int64_t i = 0; i < count; ++i) {
    red[i] = rgb[3 * i];
    green[i] = rgb[3 * i + 1];
    blue[i] = rgb[3 * i + 2];
  }
}

EACH_MACHINE void pack(const float *red, const float *green, const float *blue, int64_t count, uint8_t *rgb) {
  for (int64_t i = 0; i < count; ++i) {
    // Adding 1.5 x 2^23 leaves the nearest whole number, ties to even, in the low bits.
    const float magic = 12582912.0f;
    union { float f; uint32_t u; } r, g, b;
    r.f = std::min(255.0f, std::max(0.0f, red[i])) + magic;
    g.f = std::min(255.0f, std::max(0.0f, green[i])) + magic;
    b.f = std::min(255.0f, std::max(0.0f, blue[i])) + magic;
    rgb[3 * i] = (uint8_t)r.u;
    rgb[3 * i + 1] = (uint8_t)g.u;
    rgb[3 * i + 2] = (uint8_t)b.u;
  }
}

}  // namespace

extern "C" void espimg_fill(uint8_t *rgb, int64_t pixels, uint8_t red, uint8_t green, uint8_t blue) {
  if (red == green && green == blue) {
    std::fill(rgb, rgb + 3 * pixels, red);
    return;
  }
  for (int64_t i = 0; i < pixels; ++i) {
    rgb[3 * i] = red;
    rgb[3 * i + 1] = green;
    rgb[3 * i + 2] = blue;
  }
}

extern "C" void espimg_affine(uint8_t *rgb, int64_t pixels, const float *matrix) {
  float red[block] = {}, green[block] = {}, blue[block] = {};
  for (int64_t start = 0; start < pixels; start += block) {
    const int64_t count = std::min(block, pixels - start);
    unpack(rgb + 3 * start, count, red, green, blue);
    affine_block(red, green, blue, matrix);
    pack(red, green, blue, count, rgb + 3 * start);
  }
}

EACH_MACHINE static void blend_all(uint8_t *to, const uint8_t *from, int64_t bytes, float share) {
  const float magic = 12582912.0f, rest = 1.0f - share;
  for (int64_t i = 0; i < bytes; ++i) {
    union { float f; uint32_t u; } mixed;
    mixed.f = (float)to[i] * rest + (float)from[i] * share + magic;
    to[i] = (uint8_t)mixed.u;
  }
}

extern "C" void espimg_blend(uint8_t *to, const uint8_t *from, int64_t bytes, float share) {
  blend_all(to, from, bytes, std::min(1.0f, std::max(0.0f, share)));
}

extern "C" void espimg_enhance(uint8_t *rgb, int64_t pixels, int32_t kind, float factor) {
  if (pixels <= 0) return;
  if (kind == 2) {
    for (int64_t i = 0; i < pixels; ++i) {
      const int own = grey(rgb + 3 * i);
      for (int c = 0; c < 3; ++c) rgb[3 * i + c] = between(own, rgb[3 * i + c], factor);
    }
    return;
  }
  int from = 0;
  if (kind == 1) {
    int64_t sum = 0;
    for (int64_t i = 0; i < pixels; ++i) sum += grey(rgb + 3 * i);
    from = (int)((double)sum / (double)pixels + 0.5);
  }
  uint8_t table[256];
  for (int value = 0; value < 256; ++value) table[value] = between(from, value, factor);
  for (int64_t i = 0; i < 3 * pixels; ++i) rgb[i] = table[rgb[i]];
}

// Pillow's conversions (libImaging/Convert.c), in the same arithmetic.
extern "C" void espimg_shift_hue(uint8_t *rgb, int64_t pixels, int32_t delta) {
  for (int64_t i = 0; i < pixels; ++i) {
    uint8_t *pixel = rgb + 3 * i;
    const int red = pixel[0], green = pixel[1], blue = pixel[2];
    const int most = std::max(red, std::max(green, blue));
    const int least = std::min(red, std::min(green, blue));
    if (most == least) continue;
    const float range = (float)(most - least);
    const float saturation = range / (float)most;
    const float rc = (float)(most - red) / range, gc = (float)(most - green) / range;
    const float bc = (float)(most - blue) / range;
    float hue = red == most ? bc - gc : green == most ? 2.0 + rc - bc : 4.0 + gc - rc;
    hue = std::fmod(hue / 6.0 + 1.0, 1.0);
    const int whole = std::min(255, std::max(0, (int)(hue * 255.0)));
    const uint8_t moved = (uint8_t)(whole + delta);
    const uint8_t strength = (uint8_t)std::min(255, std::max(0, (int)(saturation * 255.0)));
    const float place = moved * 6.0f / 255.0f;
    const int sector = (int)std::floor(place);
    const float rest = place - (float)sector, share = strength / 255.0f;
    const auto cut = [](float value) { return (uint8_t)std::min(255.0f, std::max(0.0f, std::round(value))); };
    const uint8_t p = cut((float)most * (1.0 - share)), v = (uint8_t)most;
    const uint8_t q = cut((float)most * (1.0 - share * rest));
    const uint8_t t = cut((float)most * (1.0 - share * (1.0 - rest)));
    const uint8_t table[6][3] = {{v, t, p}, {q, v, p}, {p, v, t}, {p, q, v}, {t, p, v}, {v, p, q}};
    for (int c = 0; c < 3; ++c) pixel[c] = table[sector % 6][c];
  }
}
