// Deadlines without a clock in any call: a thread looks at every thread's trail some times a second, and counts.
#include "watch.h"

#include "leaving.h"
#include "plugins.h"
#include "report.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <cstring>
#include <mutex>

namespace espalier {

std::atomic<uint32_t> rounds{0};
std::atomic<bool> isCrashing{false}, endsCalls{false};

namespace {

constexpr uint64_t kRound = 50;
constexpr int kInterrupted = 130;

std::atomic<uint64_t> deadline{300000}, grace{10000};
std::atomic<bool> isInterrupted{false};
/// How many threads the last round found inside a plugin.
std::atomic<int32_t> atWork{0};
std::atomic<uint64_t> interruptedFor{0};

std::mutex adviceLock;
char advice[1024];

struct Look {
  uint64_t elapsed;
  int32_t atWork;
};

/// A call that did not end in time, copied while it lasts.
[[noreturn]] void giveUp(const Crumb &crumb, const char *what, bool isHang) {
  if (isHang)
    report(kHang, place(crumb), what);
  else {
    Line line;
    line << what << " plugin \"";
    line.foreign(crumb.plugin->name, std::strlen(crumb.plugin->name));
    line << "\", function \"" << crumb.function << "\"";
    say(line.text());
  }
  std::unique_lock<std::mutex> hold(adviceLock, std::try_to_lock);
  if (hold.owns_lock() && advice[0]) say(advice);
  end(isHang ? 4 : kInterrupted);
}

bool look(Trail &each, void *context) {
  auto *round = static_cast<Look *>(context);
  const auto elapsed = static_cast<uint32_t>(round->elapsed);
  const int depth = each.depth.load(std::memory_order_acquire);
  if (depth <= 0) return false;
  ++round->atWork;
  Crumb &crumb = each.crumbs[depth - 1];
  if (crumb.isInHost.load(std::memory_order_relaxed)) return false;
  const uint32_t spent = crumb.spent.load(std::memory_order_relaxed) + elapsed;
  crumb.spent.store(spent, std::memory_order_relaxed);
  const uint64_t limit = deadline.load(), patience = grace.load();
  if (isInterrupted.load()) {
    const uint64_t waited = interruptedFor.fetch_add(elapsed) + elapsed;
    if (waited >= patience) giveUp(crumb, "interrupted; it was not stopped by", false);
  }
  if (limit == 0) return false;
  if (spent >= limit) crumb.isLate.store(true, std::memory_order_relaxed);
  if (spent >= limit + patience) {
    Line what;
    what << "it did not return within ";
    if (limit % 1000 == 0)
      what << limit / 1000 << " s";
    else
      what << limit << " ms";
    what << ", nor when it was asked to stop";
    giveUp(crumb, what.text(), true);
  }
  return false;
}

/// Ends a process that does not end by itself: a destructor of a plugin waits for something.
void watchEnd(uint64_t elapsed) {
  static uint64_t waited = 0;
  if (!isEnding.load() || !anyPlugin() || deadline.load() == 0) return;
  waited += elapsed;
  const uint64_t limit = deadline.load() < grace.load() ? deadline.load() : grace.load();
  if (waited < limit + grace.load()) return;
  say("error: ESP-P805 the process does not end: a destructor or exit handler of a plugin does not return");
  end();
}

uint64_t milliseconds() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1000000;
}

[[noreturn]] void *watch(void *) {
  uint64_t last = milliseconds();
  for (;;) {
    const timespec pause = {0, kRound * 1000000};
    nanosleep(&pause, nullptr);
    const uint64_t now = milliseconds();
    // A process that was stopped, or a machine that slept, is not held against a plugin.
    Look each = {now - last < 4 * kRound ? now - last : kRound, 0};
    last = now;
    rounds.fetch_add(1, std::memory_order_relaxed);
    if (isCrashing.load()) continue;
    anyTrail(look, &each);
    atWork.store(each.atWork);
    watchEnd(each.elapsed);
  }
}

bool isLate(Trail &each, void *call) {
  const int depth = each.depth.load(std::memory_order_acquire);
  for (int k = 0; k < depth; ++k)
    if (each.crumbs[k].isOf(call) && each.crumbs[k].isLate.load(std::memory_order_relaxed)) return true;
  return false;
}

}  // namespace

void startWatch() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 128 << 10);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, watch, nullptr) == 0) pthread_setname_np(thread, "espalier-watch");
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace espalier

using namespace espalier;

extern "C" {

void esp_guard_deadline(uint64_t limit, uint64_t patience) {
  deadline.store(limit);
  grace.store(patience);
}

uint64_t esp_guard_deadline_ns(void) {
  const uint64_t limit = deadline.load(std::memory_order_relaxed);
  return limit == 0 ? 0 : (milliseconds() + limit) * 1000000;
}

void esp_guard_advise(const char *text) {
  std::lock_guard<std::mutex> hold(adviceLock);
  std::strncpy(advice, text, sizeof advice - 1);
}

int32_t esp_guard_interrupt(int32_t ends) {
  isInterrupted.store(true);
  if (ends) endsCalls.store(true);
  // Not by the list of trails: its lock may be this thread's.
  return atWork.load();
}

int32_t esp_guard_interrupted(void) { return endsCalls.load(std::memory_order_relaxed) ? 1 : 0; }

int32_t esp_guard_should_stop(const void *call) {
  if (isInterrupted.load(std::memory_order_relaxed)) return 1;
  if (const Crumb *crumb = top(); crumb && crumb->isOf(call)) return crumb->isLate.load(std::memory_order_relaxed);
  return anyTrail(isLate, const_cast<void *>(call)) ? 1 : 0;
}

}  // extern "C"
