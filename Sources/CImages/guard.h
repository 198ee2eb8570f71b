// What every call of this target shares: the sentence for the caller, and no exception beyond the call.
#ifndef ESPALIER_CIMAGES_GUARD_H
#define ESPALIER_CIMAGES_GUARD_H
#include <cstdio>
#include <exception>
#include <new>

#include "CImages.h"

namespace espimg {

inline int32_t fail(int32_t status, char *text, size_t capacity, const char *message) {
  if (text && capacity > 0) std::snprintf(text, capacity, "%s", message ? message : "unknown");
  return status;
}

/// Runs a body; what it throws becomes a status and a sentence.
template <typename Body>
int32_t guarded(char *text, size_t capacity, Body body) {
  if (text && capacity > 0) text[0] = 0;
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return fail(ESPIMG_MEMORY, text, capacity, "not enough memory");
  } catch (const std::exception &error) {
    return fail(ESPIMG_ARGUMENT, text, capacity, error.what());
  } catch (...) {
    return fail(ESPIMG_ARGUMENT, text, capacity, "an unknown exception");
  }
}

inline bool is_side(int32_t side) { return side > 0 && side <= ESPIMG_MAX_SIDE; }

}  // namespace espimg
#endif
