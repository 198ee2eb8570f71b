// Ways out of a call other than to return. The program exports these functions, so a plugin's calls of them come here, not to the C library.
#include "leaving.h"

#include "descriptors.h"
#include "guarded.h"
#include "next.h"
#include "plugins.h"
#include "report.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>

namespace espalier {

std::atomic<bool> isEnding{false};

namespace {

pid_t process;

Next<void(jmp_buf, int)> nextJump{"_longjmp"};

/// Ends the call: as an error where its frames can be left, else the process.
[[noreturn]] void leave(Crumb *crumb, int kind, const char *code, const char *how, const char *what) {
  remember(code, place(*crumb), what);
  if (crumb->mayNotJump) {
    report(code, place(*crumb), what);
    end();
  }
  crumb->left = kind;
  crumb->how = how;
  ESPALIER_RETURN_TO(crumb->target);
}

/// Where code runs that no call leads to.
Place outside(const esp_guarded *plugin) {
  return {plugin, isEnding.load() ? "at the end of the process" : "a thread of its own", {nullptr, 0}};
}

}  // namespace

bool isForked() { return process && process != static_cast<pid_t>(syscall(SYS_getpid)); }

void leaving(const char *how, const void *returnAddress) {
  Crumb *crumb = inside();
  const esp_guarded *plugin = crumb ? crumb->plugin : owner(returnAddress);
  if (!plugin || isForked()) return;
  Line what;
  what << "it called " << how << ", which ends the process";
  if (crumb) leave(crumb, ESP_FAULT_EXIT, kLeft, how, what.text());
  report(kLeft, outside(plugin), what.text());
  end();
}

void rememberProcess() {
  process = getpid();
  rememberFiles();
  pthread_atfork(nullptr, nullptr, [] {
    if (!inside()) return;
    touched.fetch_or(kForked);
    keepToErrors();
  });
}

void forked() {
  if (Crumb *crumb = top()) report(kLeft, place(*crumb), "it forked, and the child returned from the call: that process ends here");
  end();
}

esp_status refuse(esp_fault *fault, int kind) {
  fault->kind = kind;
  return ESP_E_INTERNAL;
}

std::atomic<bool> anyLeft{false};

esp_status land(Crumb *crumb, esp_fault *fault) {
  trail.depth.store(static_cast<int>(crumb - trail.crumbs) + 1, std::memory_order_relaxed);
  crumb->plugin->left.store(true);
  anyLeft.store(true);
  fault->kind = crumb->left;
  tell(fault, crumb->how);
  pop(crumb, fault, true);
  return ESP_E_INTERNAL;
}

void unwound() {
  if (Crumb *crumb = top()) report(kThread, place(*crumb), "it had the thread of its call cancelled");
  end();
}

void overtaken(Crumb *crumb) {
  report(kJump, place(*crumb), "it jumped out of a call that it had made through the host");
  end();
}

}  // namespace espalier

extern "C" int32_t esp_guard_has_left(const esp_guarded *plugin) {
  return plugin ? plugin->left.load() : espalier::anyLeft.load();
}

#ifndef ESPALIER_NO_INTERPOSITION
using namespace espalier;

extern "C" {

// Of functions that do not return, which compilers do not call by a jump, it tells who calls: the host's own handlers of signals run on a
// plugin's thread too.
#define HERE __builtin_return_address(0)

void exit(int status) {
  static Next<void(int)> next{"exit"};
  if (!isHosts(HERE)) leaving("exit", HERE);
  isEnding.store(true);
  next.get()(status);
  end(status);
}

void _exit(int status) {
  if (!isHosts(HERE)) leaving("_exit", HERE);
  end(status);
}

void _Exit(int status) {
  if (!isHosts(HERE)) leaving("_Exit", HERE);
  end(status);
}

void quick_exit(int status) noexcept {
  static Next<void(int)> next{"quick_exit"};
  if (!isHosts(HERE)) leaving("quick_exit", HERE);
  next.get()(status);
  end(status);
}

void pthread_exit(void *result) {
  static Next<void(void *)> next{"pthread_exit"};
  if (Crumb *crumb = inside(); crumb && !isHosts(HERE))
    leave(crumb, ESP_FAULT_THREAD, kThread, "pthread_exit", "it called pthread_exit, which ends the host's thread");
  next.get()(result);
  end();
}

int kill(pid_t target, int signal) noexcept {
  static Next<int(pid_t, int)> next{"kill"};
  const bool ends = signal == SIGKILL || signal == SIGSTOP || signal == SIGTERM || signal == SIGHUP;
  if (ends && (target == getpid() || target == 0 || target == -1)) leaving("kill", HERE);
  return next.get()(target, signal);
}

int execve(const char *path, char *const arguments[], char *const environment[]) noexcept {
  static Next<int(const char *, char *const[], char *const[])> next{"execve"};
  leaving("execve", HERE);
  return next.get()(path, arguments, environment);
}

int execv(const char *path, char *const arguments[]) noexcept {
  static Next<int(const char *, char *const[])> next{"execv"};
  leaving("execv", HERE);
  return next.get()(path, arguments);
}

int execvp(const char *path, char *const arguments[]) noexcept {
  static Next<int(const char *, char *const[])> next{"execvp"};
  leaving("execvp", HERE);
  return next.get()(path, arguments);
}

/// The arguments after the first, as execv wants them, in `room` places.
static bool gather(const char *first, va_list list, const char **into, size_t room) {
  size_t n = 0;
  for (const char *each = first; each; each = va_arg(list, const char *)) {
    if (n + 1 == room) return false;
    into[n++] = each;
  }
  into[n] = nullptr;
  return true;
}

int execl(const char *path, const char *first, ...) noexcept {
  leaving("execl", HERE);
  const char *arguments[1024];
  va_list list;
  va_start(list, first);
  const bool fits = gather(first, list, arguments, 1024);
  va_end(list);
  if (!fits) return errno = E2BIG, -1;
  return execve(path, const_cast<char *const *>(arguments), environ);
}

int execlp(const char *path, const char *first, ...) noexcept {
  leaving("execlp", HERE);
  const char *arguments[1024];
  va_list list;
  va_start(list, first);
  const bool fits = gather(first, list, arguments, 1024);
  va_end(list);
  if (!fits) return errno = E2BIG, -1;
  return execvp(path, const_cast<char *const *>(arguments));
}

long syscall(long number, ...) noexcept {
  static Next<long(long, long, long, long, long, long, long)> next{"syscall"};
  va_list list;
  va_start(list, number);
  long a[6];
  for (long &each : a) each = va_arg(list, long);
  va_end(list);
  if (number == SYS_exit_group || number == SYS_exit || number == SYS_execve) leaving("syscall", HERE);
  return next.get()(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

#if defined(__x86_64__)
/// The stack pointer that a jump restores: glibc mixes it with a secret of the thread.
static uintptr_t stackOf(const jmp_buf buffer) {
  auto value = static_cast<uintptr_t>(buffer[0].__jmpbuf[6]);
  __asm__("rorq $17, %0\n\txorq %%fs:0x30, %0" : "+r"(value));
  return value;
}

static void checkJump(const jmp_buf buffer, const void *stack) {
  Crumb *crumb = inside();
  if (!crumb) return;
  const uintptr_t target = stackOf(buffer), here = reinterpret_cast<uintptr_t>(stack);
  const auto guard = reinterpret_cast<uintptr_t>(crumb->frame);
  constexpr uintptr_t far = 64u << 20;
  // Beyond the guard's frame are the host's; below this one is what has ended. Farther away is a stack of the plugin's own.
  const bool isHosts = target >= guard && target - guard < far, hasEnded = target < here && here - target < far;
  if (isHosts || hasEnded)
    leave(crumb, ESP_FAULT_JUMP, kJump, "longjmp", "it jumped out of its call by longjmp");
}

#define JUMP(name)                                          \
  void name(struct __jmp_buf_tag buffer[1], int value) noexcept { \
    static Next<void(struct __jmp_buf_tag *, int)> next{#name}; \
    checkJump(buffer, __builtin_frame_address(0));          \
    next.get()(buffer, value);                              \
    __builtin_unreachable();                                \
  }
JUMP(longjmp)
JUMP(_longjmp)
JUMP(siglongjmp)
extern "C" [[noreturn]] void __longjmp_chk(struct __jmp_buf_tag *, int) noexcept;
JUMP(__longjmp_chk)
#endif

}  // extern "C"
#endif
