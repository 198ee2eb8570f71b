// One call into a plugin: a C++ exception, or a call that is left otherwise, becomes a status, and the process is as it was.
#ifndef ESPALIER_GUARDED_H
#define ESPALIER_GUARDED_H
#include "process_state.h"
#include "trail.h"
#include "watch.h"

#include <cxxabi.h>

#include <cstring>
#include <exception>

namespace espalier {

inline void tell(esp_fault *fault, const char *text) {
  std::strncpy(fault->text, text, sizeof fault->text - 1);
  fault->text[sizeof fault->text - 1] = 0;
}

/// Fills the fault of a call that is not made.
esp_status refuse(esp_fault *fault, int kind);
/// Ends the call that was left by a jump to its target.
esp_status land(Crumb *crumb, esp_fault *fault);
/// Ends the process where a thread is cancelled inside a plugin.
[[noreturn]] void unwound();
/// Ends the process where a call returns that is not the innermost.
[[noreturn]] void overtaken(Crumb *crumb);

/// Takes a call off the trail, and puts back what it changed.
inline void pop(Crumb *crumb, esp_fault *fault, bool isThorough) {
  // What costs a call of the kernel is asked for in long calls, and in those that are rare.
  isThorough = isThorough || crumb->round != rounds.load(std::memory_order_relaxed);
  Trail &here = trail;
  const int depth = here.depth.load(std::memory_order_relaxed);
  if (&here.crumbs[depth - 1] != crumb) overtaken(crumb);
  uint32_t changed = endsCalls.load(std::memory_order_relaxed) ? ESP_STATE_INTERRUPTED : 0;
  if (!FloatingControl::now().equals(crumb->floating)) {
    crumb->floating.load();
    changed |= ESP_STATE_FLOATING;
  }
  if (isThorough || (here.touched | touched.load(std::memory_order_relaxed))) changed |= putBack(isThorough);
  fault->changed = changed;
  here.depth.store(depth - 1, std::memory_order_release);
}

/// Apart from `guarded`: a function that setjmp returns into twice has no exceptions of its own.
template <class Body>
__attribute__((noinline)) esp_status caught(Body &body, esp_fault *fault) {
  try {
    return body();
  } catch (abi::__forced_unwind &) {
    unwound();
  } catch (const std::exception &error) {
    const char *what = error.what();
    tell(fault, what && *what ? what : "a C++ exception without text");
  } catch (...) {
    tell(fault, "an exception that is not a std::exception");
  }
  fault->kind = ESP_FAULT_THREW;
  return ESP_E_INTERNAL;
}

enum class Care { swift, thorough, loading };

template <Care care = Care::swift, class Body>
esp_status guarded(const esp_crumb *at, esp_fault *fault, Body body) {
  fault->kind = 0;
  fault->changed = 0;
  fault->text[0] = 0;
  if (at->plugin->left.load(std::memory_order_relaxed)) return refuse(fault, ESP_FAULT_LEFT);
  Crumb *const crumb = push(at, __builtin_frame_address(0));
  if (!crumb) return refuse(fault, ESP_FAULT_DEPTH);
  crumb->mayNotJump = care == Care::loading;
  if (ESPALIER_MARK(crumb->target)) return land(crumb, fault);
  const esp_status status = caught(body, fault);
  pop(crumb, fault, care != Care::swift);
  return status;
}

}  // namespace espalier
#endif
