// The catch shim. A C++ exception that reaches a Swift frame, or libffi's caller, ends the process; here it becomes a status.
#ifndef ESPALIER_GUARDED_H
#define ESPALIER_GUARDED_H
#include "breadcrumb.h"

#include <cxxabi.h>

#include <cstring>
#include <exception>

namespace espalier {

inline void tell(esp_fault *fault, const char *text) {
  std::strncpy(fault->text, text, sizeof fault->text - 1);
  fault->text[sizeof fault->text - 1] = 0;
}

template <class Body>
esp_status guarded(const esp_crumb *at, esp_fault *fault, Body body) {
  fault->text[0] = 0;
  Breadcrumb crumb(at);
  try {
    return body();
  } catch (abi::__forced_unwind &) {
    throw;  // a thread being cancelled must go on unwinding
  } catch (const std::exception &error) {
    const char *what = error.what();
    tell(fault, what && *what ? what : "a C++ exception without text");
  } catch (...) {
    tell(fault, "an exception that is not a std::exception");
  }
  return ESP_E_INTERNAL;
}

}  // namespace espalier
#endif
