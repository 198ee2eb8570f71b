#include "descriptors.h"

#include "leaving.h"
#include "next.h"
#include "plugins.h"
#include "process_state.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <initializer_list>

namespace espalier {
namespace {

int errors = STDERR_FILENO, objects = -1;

Next<int(int)> nextClose{"close"};
Next<int(int, int)> nextDuplicate{"dup2"};

bool isKept(int descriptor) {
  return (descriptor >= 0 && descriptor <= STDERR_FILENO) || descriptor == errors || (objects >= 0 && descriptor == objects);
}

/// Opens what stands for a standard stream that is gone.
bool reopen(int descriptor) {
  if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) return false;
  const int flags = descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY;
  if (descriptor != STDIN_FILENO && errors > STDERR_FILENO) {
    nextDuplicate.get()(errors, descriptor);
    return true;
  }
  const int nothing = open("/dev/null", flags);
  if (nothing >= 0 && nothing != descriptor) {
    nextDuplicate.get()(nothing, descriptor);
    nextClose.get()(nothing);
  }
  return true;
}

}  // namespace

void keepDescriptors(int to, int json) {
  errors = to;
  objects = json;
}

bool reopenStreams() {
  bool any = false;
  for (int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) any |= reopen(descriptor);
  return any;
}

}  // namespace espalier

#ifdef ESPALIER_NO_INTERPOSITION
void espalier::rememberFiles() {}
#else
using namespace espalier;

namespace {

constexpr int kMost = 4096;
/// Which file the host opened by each number, 0 for none. A file that the C library closed by itself stays here, and is another by then.
std::atomic<uint64_t> files[kMost];

/// What tells an open file from others: never 0.
uint64_t identity(int descriptor) {
  struct stat found = {};
  if (fstat(descriptor, &found) != 0) return 0;
  return (found.st_ino ^ (static_cast<uint64_t>(found.st_dev) << 40)) | 1;
}

/// Takes down what the host opened; what is opened in a plugin's call is the plugin's.
int opened(int descriptor, const void *returnAddress) {
  if (descriptor >= 0 && descriptor < kMost)
    files[descriptor].store(caller(returnAddress) ? 0 : identity(descriptor), std::memory_order_relaxed);
  return descriptor;
}

/// Whether a plugin's own code calls; what other libraries do in its call is not its doing.
bool isPlugins(const void *returnAddress) {
  if (owner(returnAddress)) return true;
  // A call in a function's last place returns to where the host called the plugin.
  return inside() && isHosts(returnAddress);
}

bool isHostsFile(int descriptor) {
  if (descriptor < 0 || descriptor >= kMost) return false;
  const uint64_t known = files[descriptor].load(std::memory_order_relaxed);
  return known && identity(descriptor) == known;
}

/// Whether a descriptor stays open, which is noted, though a plugin would close or replace it.
bool stays(int descriptor, const void *returnAddress) {
  if (isForked()) return false;
  if (isKept(descriptor) && caller(returnAddress)) {
    touched.fetch_or(ESP_STATE_DESCRIPTORS);
    return true;
  }
  if (isPlugins(returnAddress) && isHostsFile(descriptor)) {
    touched.fetch_or(ESP_STATE_FILES);
    return true;
  }
  return false;
}

int shut(int descriptor, const void *returnAddress) {
  if (stays(descriptor, returnAddress)) return 0;
  if (descriptor >= 0 && descriptor < kMost) files[descriptor].store(0, std::memory_order_relaxed);
  return nextClose.get()(descriptor);
}

}  // namespace

void espalier::rememberFiles() {
  for (int descriptor = 0; descriptor < 256; ++descriptor)
    if (!files[descriptor].load()) files[descriptor].store(identity(descriptor));
}

extern "C" {

#define HERE __builtin_return_address(0)

int close(int descriptor) { return shut(descriptor, HERE); }

int close_range(unsigned first, unsigned last, int flags) noexcept {
  static Next<int(unsigned, unsigned, int)> next{"close_range"};
  if (!caller(HERE) || isForked() || flags) return next.get()(first, last, flags);
  for (; first <= last && first < kMost; ++first) shut(static_cast<int>(first), HERE);
  return first <= last ? next.get()(first, last, flags) : 0;
}

void closefrom(int first) noexcept { close_range(first < 0 ? 0 : static_cast<unsigned>(first), ~0u, 0); }

int dup2(int from, int to) noexcept {
  if (from != to && stays(to, HERE)) return to;
  const int made = nextDuplicate.get()(from, to);
  return from == to ? made : opened(made, HERE);
}

int dup3(int from, int to, int flags) noexcept {
  static Next<int(int, int, int)> next{"dup3"};
  return stays(to, HERE) ? to : opened(next.get()(from, to, flags), HERE);
}

/// The mode among the arguments of a function that opens, where there is one.
#define MODE(flags)                                               \
  mode_t mode = 0;                                                \
  if ((flags) & O_CREAT || ((flags) & O_TMPFILE) == O_TMPFILE) {  \
    va_list list;                                                 \
    va_start(list, flags);                                        \
    mode = va_arg(list, mode_t);                                  \
    va_end(list);                                                 \
  }

#define OPEN(name)                                                \
  int name(const char *path, int flags, ...) {                    \
    static Next<int(const char *, int, mode_t)> next{#name};      \
    MODE(flags)                                                   \
    return opened(next.get()(path, flags, mode), HERE);           \
  }
OPEN(open)
OPEN(open64)

#define OPEN_AT(name)                                             \
  int name(int folder, const char *path, int flags, ...) {        \
    static Next<int(int, const char *, int, mode_t)> next{#name}; \
    MODE(flags)                                                   \
    return opened(next.get()(folder, path, flags, mode), HERE);   \
  }
OPEN_AT(openat)
OPEN_AT(openat64)

int dup(int from) noexcept {
  static Next<int(int)> next{"dup"};
  return opened(next.get()(from), HERE);
}

int memfd_create(const char *name, unsigned flags) noexcept {
  static Next<int(const char *, unsigned)> next{"memfd_create"};
  return opened(next.get()(name, flags), HERE);
}

int pipe2(int ends[2], int flags) noexcept {
  static Next<int(int *, int)> next{"pipe2"};
  const int status = next.get()(ends, flags);
  if (status == 0)
    for (int end : {ends[0], ends[1]}) opened(end, HERE);
  return status;
}

int pipe(int ends[2]) noexcept {
  static Next<int(int *)> next{"pipe"};
  const int status = next.get()(ends);
  if (status == 0)
    for (int end : {ends[0], ends[1]}) opened(end, HERE);
  return status;
}

int socketpair(int domain, int type, int protocol, int ends[2]) noexcept {
  static Next<int(int, int, int, int *)> next{"socketpair"};
  const int status = next.get()(domain, type, protocol, ends);
  if (status == 0)
    for (int end : {ends[0], ends[1]}) opened(end, HERE);
  return status;
}

}  // extern "C"
#endif
