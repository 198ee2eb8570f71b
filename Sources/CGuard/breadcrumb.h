// Where each thread is, for the handler that runs when it crashes.
#ifndef ESPALIER_BREADCRUMB_H
#define ESPALIER_BREADCRUMB_H
#include "espalier_guard.h"

namespace espalier {

/// Marks the thread as being inside a plugin for as long as it lives; they nest.
class Breadcrumb {
 public:
  explicit Breadcrumb(const esp_crumb *at);
  ~Breadcrumb();
  Breadcrumb(const Breadcrumb &) = delete;
  Breadcrumb &operator=(const Breadcrumb &) = delete;
};

}  // namespace espalier
#endif
