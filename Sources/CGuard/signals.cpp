// Crashes: what is left to say is whose they are.
#include "leaving.h"
#include "next.h"
#include "plugins.h"
#include "report.h"
#include "signals.h"
#include "watch.h"

#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>

namespace espalier {

const int kFatal[kFatalCount] = {SIGSEGV, SIGABRT, SIGILL, SIGBUS, SIGFPE, SIGSYS, SIGTRAP};

namespace {

using Action = int(int, const struct sigaction *, struct sigaction *);
Next<Action> nextAction{"sigaction"};

struct sigaction previous[kFatalCount];

const char *name(int signal) {
  switch (signal) {
    case SIGSEGV: return "SIGSEGV";
    case SIGABRT: return "SIGABRT";
    case SIGILL: return "SIGILL";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGSYS: return "SIGSYS";
    default: return "SIGTRAP";
  }
}

struct Registers {
  const void *instruction, *stack;
};

Registers registers(const void *context) {
  const auto &machine = static_cast<const ucontext_t *>(context)->uc_mcontext;
#if defined(__x86_64__)
  return {reinterpret_cast<void *>(machine.gregs[REG_RIP]), reinterpret_cast<void *>(machine.gregs[REG_RSP])};
#else
  return {reinterpret_cast<void *>(machine.pc), reinterpret_cast<void *>(machine.sp)};
#endif
}

/// Whose crash it is; a null plugin for the host's own.
Place culprit(const void *context) {
  if (const Crumb *crumb = top()) return place(*crumb);
  const Registers at = registers(context);
  const esp_guarded *plugin = owner(at.instruction);
  if (!plugin) plugin = trail.owner;
  // In a thread of the host's what lies on the stack may be left over from a call that has ended.
  if (!plugin && isEnding.load()) plugin = ownerOnStack(at.stack);
  return {plugin, isEnding.load() ? "at the end of the process" : "a thread of its own", {nullptr, 0}};
}

/// Whether the environment asks for the Swift runtime's own report of crashes.
bool wantsBacktrace;

/// Whether the signal is to take its course: somebody collects cores, or asks for a report.
bool wantsSignal(const struct sigaction &before) {
#ifdef ESPALIER_NO_INTERPOSITION
  if (before.sa_handler != SIG_DFL) return true;
#endif
  rlimit cores = {};
  return (wantsBacktrace && before.sa_handler != SIG_DFL) || (getrlimit(RLIMIT_CORE, &cores) == 0 && cores.rlim_cur > 0);
}

void handle(int signal, siginfo_t *info, void *context) {
  size_t which = 0;
  while (which + 1 < kFatalCount && kFatal[which] != signal) ++which;
  isCrashing.store(true);
  const Place at = culprit(context);
  if (at.plugin) {
    Line what;
    what << "it crashed: " << name(signal);
    if (signal == SIGSEGV || signal == SIGBUS) (what << " at address ").hexadecimal(reinterpret_cast<uintptr_t>(info->si_addr));
    report(kCrash, at, what.text());
    if (!wantsSignal(previous[which])) end();
  } else if (anyPlugin()) {
    Line what;
    what << name(signal) << " outside any plugin; one that was called before may have written where it should not: " << loaded();
    say(what.text());
  }
  nextAction.get()(signal, &previous[which], nullptr);
  raise(signal);  // blocked until this returns, then it meets the previous action
}

std::terminate_handler previousTerminate;

[[noreturn]] void terminated() {
  const Crumb *crumb = inside();
  if (crumb) {
    Line what;
    what << "it ended in std::terminate";
    if (std::exception_ptr error = std::current_exception()) {
      try {
        std::rethrow_exception(error);
      } catch (const std::exception &known) {
        (what << ": ").foreign(known.what(), std::strlen(known.what()));
      } catch (...) {
        what << ": an exception that is not a std::exception";
      }
    }
    report(kCrash, place(*crumb), what.text());
    end();
  }
  if (previousTerminate) previousTerminate();
  std::abort();
}

/// The C library's own functions, such as err(3), end the process by none of ours.
void ended() {
  isEnding.store(true);
  if (const Crumb *crumb = inside()) {
    report(kLeft, place(*crumb), "it ended the process instead of returning");
    end();
  }
}

}  // namespace

void installFatal(bool isFirst) {
  struct sigaction action = {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (size_t k = 0; k < kFatalCount; ++k) nextAction.get()(kFatal[k], &action, isFirst ? &previous[k] : nullptr);
}

bool holdsFatal() {
  bool holds = true;
  for (int signal : kFatal) {
    struct sigaction now = {};
    if (nextAction.get()(signal, nullptr, &now) == 0 && now.sa_sigaction != handle) holds = false;
  }
  return holds;
}

}  // namespace espalier

extern "C" void esp_guard_install(void) {
  static std::once_flag once;
  std::call_once(once, [] {
    espalier::rememberProcess();
    const char *wanted = std::getenv("SWIFT_BACKTRACE");
    espalier::wantsBacktrace = wanted && *wanted;
    espalier::installFatal(true);
    espalier::previousTerminate = std::set_terminate(espalier::terminated);
    std::atexit(espalier::ended);
    espalier::startWatch();
  });
}
