// Where each thread is, plain data in thread-local storage: for the handlers that run when a plugin crashes, leaves or hangs.
#ifndef ESPALIER_TRAIL_H
#define ESPALIER_TRAIL_H
#include "espalier_guard.h"
#include "floating.h"

#include <clocale>
#include <csetjmp>
#include <csignal>

#include <atomic>

struct esp_guarded {
  const char *name;
  /// Where a crash is remembered; empty for nowhere.
  char marker[512];
  /// Whether it left a call: what it holds is in no known state, so it is not called again.
  mutable std::atomic<bool> left;
  /// Threads that it made and that still run.
  mutable std::atomic<int32_t> threads;
};

namespace espalier {

constexpr int kDepth = 16;

#if defined(__x86_64__)
// The compiler's own saves three words where the C library's saves eight, and mixes some with a secret.
using Target = void *[5];
#define ESPALIER_MARK(target) __builtin_setjmp(target)
#define ESPALIER_RETURN_TO(target) __builtin_longjmp(target, 1)
#else
using Target = jmp_buf;
#define ESPALIER_MARK(target) _setjmp(target)
#define ESPALIER_RETURN_TO(target) nextJump.get()(target, 1)
#endif

/// One call into a plugin.
struct Crumb {
  const esp_guarded *plugin;
  const char *function;
  esp_str layer;
  /// Read by other threads, which ask whether a call is late.
  std::atomic<const void *> call;
  /// Milliseconds of the plugin's own time, as the watch counts them.
  std::atomic<uint32_t> spent;
  std::atomic<bool> isLate;
  /// Whether the plugin has called a function of the host, whose time does not count.
  std::atomic<bool> isInHost;
  /// The watch's count of rounds when it began.
  uint32_t round;
  /// Whether the thread holds what a jump would leave locked: the loader, or what a reader of tables does.
  bool mayNotJump;
  FloatingControl floating;
  /// The plugin's own, while it has called the host.
  FloatingControl aside;
  /// The guard's frame: what lies beyond is the host's.
  const void *frame;
  /// How the call was left, for whoever lands at the target.
  int left;
  const char *how;
  Target target;

  bool isOf(const void *which) const { return call.load(std::memory_order_relaxed) == which; }
};

struct Trail {
  std::atomic<int> depth;
  std::atomic<uint64_t> calls;
  bool isKnown;
  /// Whose thread it is; null for the host's.
  const esp_guarded *owner;
  /// ESP_STATE_* of the thread's own state that a plugin changed.
  uint32_t touched;
  sigset_t mask;
  locale_t locale;
  Trail *previous, *next;
  Crumb crumbs[kDepth];
};

// Initial-exec: this is linked into the program, and every call into a plugin comes by here.
extern __thread Trail trail __attribute__((tls_model("initial-exec")));

/// How often the watch has looked at the threads.
extern std::atomic<uint32_t> rounds;

/// Adds this thread to those that are watched, and gives it a stack for handlers.
void know(Trail &here);

/// Calls `body` with each thread's trail until it returns true; threads neither come nor go meanwhile.
bool anyTrail(bool (*body)(Trail &, void *), void *context);

inline Crumb *top() {
  const int depth = trail.depth.load(std::memory_order_relaxed);
  return depth > 0 ? &trail.crumbs[depth - 1] : nullptr;
}

/// The call that this thread is in, unless the plugin has called the host.
inline Crumb *inside() {
  Crumb *crumb = top();
  return crumb && !crumb->isInHost.load(std::memory_order_relaxed) ? crumb : nullptr;
}

/// Puts a call on the trail; null where calls nest too deep.
inline Crumb *push(const esp_crumb *at, const void *frame) {
  Trail &here = trail;
  if (!here.isKnown) know(here);
  const int depth = here.depth.load(std::memory_order_relaxed);
  if (depth >= kDepth) return nullptr;
  Crumb &crumb = here.crumbs[depth];
  crumb.plugin = at->plugin;
  crumb.function = at->function;
  crumb.layer = at->layer;
  crumb.call.store(at->call, std::memory_order_relaxed);
  crumb.spent.store(0, std::memory_order_relaxed);
  crumb.isLate.store(false, std::memory_order_relaxed);
  crumb.isInHost.store(false, std::memory_order_relaxed);
  crumb.round = rounds.load(std::memory_order_relaxed);
  crumb.mayNotJump = false;
  crumb.floating = FloatingControl::now();
  crumb.frame = frame;
  here.depth.store(depth + 1, std::memory_order_release);
  return &crumb;
}

}  // namespace espalier
#endif
