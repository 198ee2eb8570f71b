// While a plugin has called a function of the host, time and floating-point state are the host's.
#include "leaving.h"
#include "plugins.h"
#include "report.h"

namespace espalier {
namespace {

void enter(Crumb *crumb) {
  crumb->aside = FloatingControl::now();
  if (!crumb->aside.equals(crumb->floating)) crumb->floating.load();
  crumb->isInHost.store(true, std::memory_order_relaxed);
}

}  // namespace
}  // namespace espalier

using namespace espalier;

extern "C" {

int32_t esp_guard_enter_host(const void *call) {
  Crumb *crumb = inside();
  if (!crumb) return 0;
  if (!crumb->isOf(call)) {
    // An outer call of the same thread lasts too.
    bool isOuter = false;
    for (int k = trail.depth.load(std::memory_order_relaxed) - 2; k >= 0 && !isOuter; --k) isOuter = trail.crumbs[k].isOf(call);
    if (!isOuter) return 0;
  }
  enter(crumb);
  return 1;
}

int32_t esp_guard_enter(void) {
  Crumb *crumb = inside();
  if (!crumb) return 0;
  enter(crumb);
  return 1;
}

void esp_guard_leave_host(void) {
  Crumb *crumb = top();
  if (!crumb) return;
  crumb->isInHost.store(false, std::memory_order_relaxed);
  if (!crumb->aside.equals(crumb->floating)) crumb->aside.load();
}

const void *esp_guard_current(void) {
  const Crumb *crumb = top();
  return crumb ? crumb->call.load(std::memory_order_relaxed) : nullptr;
}

void esp_guard_begin_reading(const esp_crumb *at) {
  if (Crumb *crumb = push(at, nullptr)) crumb->mayNotJump = true;
}

void esp_guard_end_reading(void) {
  const int depth = trail.depth.load(std::memory_order_relaxed);
  if (depth > 0) trail.depth.store(depth - 1, std::memory_order_release);
}

}  // extern "C"
