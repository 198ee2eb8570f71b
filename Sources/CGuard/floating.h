// How the processor computes with floats: rounding, denormals, traps; not the flags that say what has happened.
#ifndef ESPALIER_FLOATING_H
#define ESPALIER_FLOATING_H
#include <cstdint>

namespace espalier {

#if defined(__x86_64__)
struct FloatingControl {
  uint32_t mxcsr;
  uint16_t x87;

  static FloatingControl now() {
    FloatingControl control;
    __asm__ volatile("stmxcsr %0" : "=m"(control.mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(control.x87));
    return control;
  }
  bool equals(const FloatingControl &other) const {
    return ((mxcsr ^ other.mxcsr) & ~0x3Fu) == 0 && x87 == other.x87;
  }
  void load() const {
    __asm__ volatile("ldmxcsr %0" ::"m"(mxcsr));
    // Pending exceptions would trap as soon as their mask goes.
    __asm__ volatile("fnclex\n\tfldcw %0" ::"m"(x87));
  }
};
#elif defined(__aarch64__)
struct FloatingControl {
  uint64_t fpcr;

  static FloatingControl now() {
    FloatingControl control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control.fpcr));
    return control;
  }
  bool equals(const FloatingControl &other) const { return fpcr == other.fpcr; }
  void load() const { __asm__ volatile("msr fpcr, %0" ::"r"(fpcr)); }
};
#else
#error "the guard knows the floating-point control of x86-64 and AArch64"
#endif

}  // namespace espalier
#endif
