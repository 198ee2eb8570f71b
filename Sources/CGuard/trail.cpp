#include "trail.h"

#include <pthread.h>

#include <mutex>

namespace espalier {

__thread Trail trail __attribute__((tls_model("initial-exec")));

namespace {

// The handler's own stack: a plugin that overflows the thread's has none left.
alignas(16) __thread char handlerStack[16384] __attribute__((tls_model("initial-exec")));

std::mutex lock;
Trail *first;

void forget(void *known) {
  auto *gone = static_cast<Trail *>(known);
  std::lock_guard<std::mutex> hold(lock);
  (gone->previous ? gone->previous->next : first) = gone->next;
  if (gone->next) gone->next->previous = gone->previous;
  gone->isKnown = false;
}

pthread_key_t endOfThread() {
  static const pthread_key_t key = [] {
    pthread_key_t made;
    pthread_key_create(&made, forget);
    return made;
  }();
  return key;
}

}  // namespace

void know(Trail &here) {
  stack_t old = {};
  if (sigaltstack(nullptr, &old) == 0 && (old.ss_flags & SS_DISABLE)) {
    stack_t stack = {};
    stack.ss_sp = handlerStack;
    stack.ss_size = sizeof handlerStack;
    sigaltstack(&stack, nullptr);
  }
  pthread_setspecific(endOfThread(), &here);
  std::lock_guard<std::mutex> hold(lock);
  here.previous = nullptr;
  here.next = first;
  if (first) first->previous = &here;
  first = &here;
  here.isKnown = true;
}

bool anyTrail(bool (*body)(Trail &, void *), void *context) {
  std::lock_guard<std::mutex> hold(lock);
  for (Trail *each = first; each; each = each->next)
    if (body(*each, context)) return true;
  return false;
}

}  // namespace espalier
