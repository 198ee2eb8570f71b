#include "process_state.h"

#include "descriptors.h"
#include "leaving.h"
#include "next.h"
#include "plugins.h"
#include "signals.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstring>
#include <mutex>

namespace espalier {

std::atomic<uint32_t> touched{0};

namespace {

// What was there before the first change that is not put back yet.
std::mutex lock;
int folder = -1;
mode_t mask;
char locale[256];
struct sigaction actions[NSIG];
bool isChanged[NSIG];

rlimit limits[RLIM_NLIMITS];
bool isLimited[RLIM_NLIMITS];

using Action = int(int, const struct sigaction *, struct sigaction *);
Next<Action> nextAction{"sigaction"};
Next<int(int)> nextFolder{"fchdir"}, nextClose{"close"};
Next<mode_t(mode_t)> nextMask{"umask"};
Next<char *(int, const char *)> nextLocale{"setlocale"};
Next<locale_t(locale_t)> nextThreadLocale{"uselocale"};
Next<int(int, const sigset_t *, sigset_t *)> nextSignalMask{"pthread_sigmask"};
Next<int(int, const rlimit *)> nextLimit{"setrlimit"};
Next<int(int, const itimerval *, itimerval *)> nextTimer{"setitimer"};

void note(uint32_t what) { touched.fetch_or(what); }

/// Whose handler a plugin may not take: all but those that nobody else uses.
bool isOurs(int signal) { return signal > 0 && signal < SIGRTMIN && signal != SIGUSR1 && signal != SIGUSR2; }

bool isElsewhere(int known) {
  struct stat there = {}, here = {};
  return fstat(known, &there) != 0 || stat(".", &here) != 0 || there.st_dev != here.st_dev || there.st_ino != here.st_ino;
}

bool differ(const sigset_t &a, const sigset_t &b) {
  for (int signal = 1; signal < NSIG; ++signal)
    if (sigismember(&a, signal) != sigismember(&b, signal)) return true;
  return false;
}

/// Puts back what is this thread's.
uint32_t putBackThread() {
  Trail &here = trail;
  uint32_t changed = 0;
  if (here.touched & ESP_STATE_MASK) {
    sigset_t now;
    nextSignalMask.get()(SIG_SETMASK, &here.mask, &now);
    if (differ(now, here.mask)) changed |= ESP_STATE_MASK;
  }
  if (here.touched & ESP_STATE_LOCALE && nextThreadLocale.get()(here.locale) != here.locale) changed |= ESP_STATE_LOCALE;
  here.touched = 0;
  return changed;
}

/// Puts back what is the process's, under the lock; what a plugin put back itself was not changed.
uint32_t putBackProcess(uint32_t noted) {
  uint32_t changed = noted & (ESP_STATE_DESCRIPTORS | ESP_STATE_FILES | ESP_STATE_LIMITS | ESP_STATE_TIMERS);
  if (folder >= 0) {
    if (isElsewhere(folder)) {
      nextFolder.get()(folder);
      changed |= ESP_STATE_FOLDER;
    }
    nextClose.get()(folder);
    folder = -1;
  }
  if (noted & ESP_STATE_UMASK && nextMask.get()(mask) != mask) changed |= ESP_STATE_UMASK;
  if (locale[0]) {
    const char *now = nextLocale.get()(LC_ALL, nullptr);
    if (now && std::strcmp(now, locale) != 0) {
      nextLocale.get()(LC_ALL, locale);
      changed |= ESP_STATE_LOCALE;
    }
    locale[0] = 0;
  }
  if (noted & ESP_STATE_SIGNALS)
    for (int signal = 1; signal < NSIG; ++signal) {
      if (!isChanged[signal]) continue;
      isChanged[signal] = false;
      struct sigaction now = {};
      nextAction.get()(signal, &actions[signal], &now);
      const bool isDefault = now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN;
      if (now.sa_sigaction != actions[signal].sa_sigaction || (!isDefault && now.sa_flags != actions[signal].sa_flags))
        changed |= ESP_STATE_SIGNALS;
    }
  if (noted & ESP_STATE_LIMITS)
    for (int resource = 0; resource < static_cast<int>(RLIM_NLIMITS); ++resource)
      if (isLimited[resource]) {
        nextLimit.get()(resource, &limits[resource]);
        isLimited[resource] = false;
      }
  if (noted & ESP_STATE_TIMERS) {
    const itimerval none = {};
    for (int timer : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}) nextTimer.get()(timer, &none, nullptr);
  }
  return changed;
}

/// Asks the kernel for what was changed by none of the functions here.
uint32_t putBackRest() {
  uint32_t changed = 0;
  if (!holdsFatal()) {
    installFatal(false);
    changed |= ESP_STATE_SIGNALS;
  }
  if (reopenStreams()) changed |= ESP_STATE_DESCRIPTORS;
  return changed;
}

}  // namespace

uint32_t putBack(bool isThorough) {
  const uint32_t noted = touched.exchange(0);
  if (noted & kForked) forked();
  uint32_t changed = putBackThread();
  if (!noted && !isThorough) return changed;
  std::lock_guard<std::mutex> hold(lock);
  changed |= putBackProcess(noted);
  return isThorough ? changed | putBackRest() : changed;
}

namespace {

void keepFolder() {
  std::lock_guard<std::mutex> hold(lock);
  if (folder < 0) folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  note(ESP_STATE_FOLDER);
}

void keepAction(int signal, const struct sigaction &before) {
  std::lock_guard<std::mutex> hold(lock);
  if (!isChanged[signal]) actions[signal] = before;
  isChanged[signal] = true;
  note(ESP_STATE_SIGNALS);
}

void keepLimit(int resource) {
  if (resource < 0 || resource >= static_cast<int>(RLIM_NLIMITS)) return;
  std::lock_guard<std::mutex> hold(lock);
  if (!isLimited[resource] && getrlimit(resource, &limits[resource]) == 0) isLimited[resource] = true;
  note(ESP_STATE_LIMITS);
}

void keepSignalMask(const sigset_t &before) {
  Trail &here = trail;
  if (here.touched & ESP_STATE_MASK) return;
  here.mask = before;
  here.touched |= ESP_STATE_MASK;
}

}  // namespace
}  // namespace espalier

#ifndef ESPALIER_NO_INTERPOSITION
using namespace espalier;

extern "C" {

#define HERE __builtin_return_address(0)

int chdir(const char *path) noexcept {
  static Next<int(const char *)> next{"chdir"};
  if (caller(HERE)) keepFolder();
  return next.get()(path);
}

int fchdir(int descriptor) noexcept {
  if (caller(HERE)) keepFolder();
  return nextFolder.get()(descriptor);
}

mode_t umask(mode_t wanted) noexcept {
  const mode_t before = nextMask.get()(wanted);
  if (caller(HERE)) {
    std::lock_guard<std::mutex> hold(lock);
    if (!(touched.load() & ESP_STATE_UMASK)) mask = before;
    note(ESP_STATE_UMASK);
  }
  return before;
}

char *setlocale(int category, const char *name) noexcept {
  if (name && caller(HERE)) {
    std::lock_guard<std::mutex> hold(lock);
    const char *before = nextLocale.get()(LC_ALL, nullptr);
    if (!locale[0] && before) std::strncpy(locale, before, sizeof locale - 1);
    note(ESP_STATE_LOCALE);
  }
  return nextLocale.get()(category, name);
}

locale_t uselocale(locale_t wanted) noexcept {
  const locale_t before = nextThreadLocale.get()(wanted);
  if (wanted && inside() && !(trail.touched & ESP_STATE_LOCALE)) {
    trail.locale = before;
    trail.touched |= ESP_STATE_LOCALE;
  }
  return before;
}

int sigaction(int signal, const struct sigaction *wanted, struct sigaction *before) noexcept {
  const bool isPlugins = wanted && isOurs(signal) && caller(HERE);
  struct sigaction old = {};
  const int status = nextAction.get()(signal, wanted, &old);
  if (status == 0 && isPlugins) keepAction(signal, old);
  if (status == 0 && before) *before = old;
  return status;
}

static sighandler_t replace(int number, sighandler_t handler, int flags, const void *from) {
  struct sigaction wanted = {}, old = {};
  wanted.sa_handler = handler;
  wanted.sa_flags = flags;
  sigemptyset(&wanted.sa_mask);
  if (nextAction.get()(number, &wanted, &old) != 0) return SIG_ERR;
  if (isOurs(number) && caller(from)) keepAction(number, old);
  return old.sa_handler;
}

sighandler_t signal(int number, sighandler_t handler) noexcept { return replace(number, handler, SA_RESTART, HERE); }
sighandler_t bsd_signal(int number, sighandler_t handler) noexcept { return replace(number, handler, SA_RESTART, HERE); }
sighandler_t sysv_signal(int number, sighandler_t handler) noexcept {
  return replace(number, handler, static_cast<int>(SA_RESETHAND | SA_NODEFER), HERE);
}
sighandler_t __sysv_signal(int number, sighandler_t handler) noexcept {
  return replace(number, handler, static_cast<int>(SA_RESETHAND | SA_NODEFER), HERE);
}

int pthread_sigmask(int how, const sigset_t *wanted, sigset_t *before) noexcept {
  sigset_t old;
  const int status = nextSignalMask.get()(how, wanted, &old);
  if (status == 0 && wanted && inside()) keepSignalMask(old);
  if (status == 0 && before) *before = old;
  return status;
}

int sigprocmask(int how, const sigset_t *wanted, sigset_t *before) noexcept {
  const int status = pthread_sigmask(how, wanted, before);
  if (status == 0) return 0;
  errno = status;
  return -1;
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *wanted) noexcept {
  if (!caller(HERE)) return nextLimit.get()(static_cast<int>(resource), wanted);
  keepLimit(static_cast<int>(resource));
  // A hard limit that was lowered would stay.
  rlimit allowed = {};
  if (getrlimit(resource, &allowed) != 0) return -1;
  allowed.rlim_cur = wanted->rlim_cur < allowed.rlim_max ? wanted->rlim_cur : allowed.rlim_max;
  return nextLimit.get()(static_cast<int>(resource), &allowed);
}

int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *wanted) noexcept {
  static_assert(sizeof(struct rlimit) == sizeof(struct rlimit64), "both have 64 bits here");
  return setrlimit(resource, reinterpret_cast<const struct rlimit *>(wanted));
}

int setitimer(__itimer_which_t timer, const struct itimerval *wanted, struct itimerval *before) noexcept {
  if (wanted && caller(HERE)) note(ESP_STATE_TIMERS);
  return nextTimer.get()(static_cast<int>(timer), wanted, before);
}

unsigned alarm(unsigned seconds) noexcept {
  static Next<unsigned(unsigned)> next{"alarm"};
  if (seconds && caller(HERE)) note(ESP_STATE_TIMERS);
  return next.get()(seconds);
}

}  // extern "C"
#endif
