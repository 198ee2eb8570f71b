#include "breadcrumb.h"

#include <csignal>
#include <cstring>
#include <mutex>
#include <unistd.h>

namespace {

constexpr int kDepth = 8;
constexpr size_t kLayer = 96;

// Plain data in thread-local storage, so that a signal handler may read it.
struct Crumb {
  const char *plugin;
  const char *function;
  char layer[kLayer];
};
struct Trail {
  int depth;
  bool hasStack;
  Crumb crumbs[kDepth];
};
// Initial-exec: CGuard is linked into the program, and every call into a plugin comes by here.
__attribute__((tls_model("initial-exec"))) thread_local Trail trail;
// The handler's own stack: a plugin that overflows the thread's has none left.
alignas(16) thread_local char handlerStack[16384];

constexpr int kSignals[] = {SIGSEGV, SIGABRT, SIGILL, SIGBUS, SIGFPE};
struct sigaction previous[sizeof kSignals / sizeof *kSignals];

void put(const char *text) {
  size_t length = 0;
  while (text[length]) ++length;
  while (length > 0) {
    ssize_t n = write(STDERR_FILENO, text, length);
    if (n <= 0) return;
    text += n;
    length -= static_cast<size_t>(n);
  }
}

const char *name(int signal) {
  switch (signal) {
    case SIGSEGV: return "SIGSEGV";
    case SIGABRT: return "SIGABRT";
    case SIGILL: return "SIGILL";
    case SIGBUS: return "SIGBUS";
    default: return "SIGFPE";
  }
}

void handle(int signal, siginfo_t *, void *) {
  const Trail &here = trail;
  if (here.depth > 0) {
    const Crumb &crumb = here.crumbs[(here.depth < kDepth ? here.depth : kDepth) - 1];
    put("espalier: ");
    put(name(signal));
    put(" inside plugin \"");
    put(crumb.plugin);
    put("\", function \"");
    put(crumb.function);
    if (crumb.layer[0]) {
      put("\", layer \"");
      put(crumb.layer);
    }
    put("\"\n");
  }
  for (size_t k = 0; k < sizeof kSignals / sizeof *kSignals; ++k)
    if (kSignals[k] == signal) sigaction(signal, &previous[k], nullptr);
  raise(signal);  // blocked until this returns, then it meets the previous action
}

void giveStack() {
  stack_t old = {};
  if (sigaltstack(nullptr, &old) == 0 && (old.ss_flags & SS_DISABLE)) {
    stack_t stack = {};
    stack.ss_sp = handlerStack;
    stack.ss_size = sizeof handlerStack;
    sigaltstack(&stack, nullptr);
  }
}

}  // namespace

namespace espalier {

Breadcrumb::Breadcrumb(const esp_crumb *at) {
  Trail &here = trail;
  if (!here.hasStack) {
    giveStack();
    here.hasStack = true;
  }
  if (here.depth < kDepth) {
    Crumb &crumb = here.crumbs[here.depth];
    crumb.plugin = at->plugin;
    crumb.function = at->function;
    size_t n = at->layer.ptr ? static_cast<size_t>(at->layer.len) : 0;
    if (n > kLayer - 1) n = kLayer - 1;
    if (n) std::memcpy(crumb.layer, at->layer.ptr, n);
    crumb.layer[n] = 0;
  }
  ++here.depth;
}

Breadcrumb::~Breadcrumb() { --trail.depth; }

}  // namespace espalier

extern "C" void esp_guard_install(void) {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action = {};
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (size_t k = 0; k < sizeof kSignals / sizeof *kSignals; ++k) sigaction(kSignals[k], &action, &previous[k]);
  });
}
