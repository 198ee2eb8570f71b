#define _GNU_SOURCE
#include "espalier_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

int32_t esp_worker_spawn(const char *program, char *const *arguments, char *const *environment, const int32_t *kept, uint32_t n_kept,
                         int32_t output, int32_t errors, pid_t *process) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (error) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  /* A copy onto itself clears close-on-exec. */
  for (uint32_t k = 0; k < n_kept; ++k) posix_spawn_file_actions_adddup2(&actions, kept[k], kept[k]);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  error = posix_spawn(process, program, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

int32_t esp_worker_channel(int32_t ends[2]) {
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno;
  uint16_t draw = 0;
  if (getrandom(&draw, sizeof draw, GRND_NONBLOCK) != sizeof draw) draw = (uint16_t)getpid();
  int moved = fcntl(ends[1], F_DUPFD_CLOEXEC, 128 + draw % 512);
  if (moved >= 0) {
    close(ends[1]);
    ends[1] = moved;
  }
  return 0;
}

int32_t esp_worker_page(void) {
  int page = memfd_create("espalier", MFD_CLOEXEC);
  if (page >= 0 && ftruncate(page, 4096) != 0) {
    close(page);
    return -1;
  }
  return page;
}

uint32_t *esp_worker_page_map(int32_t page) {
  void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, page, 0);
  return map == MAP_FAILED ? NULL : map;
}

void esp_worker_page_unmap(uint32_t *page) { munmap(page, 4096); }

void esp_worker_flag_set(uint32_t *flag, uint32_t value) { __atomic_store_n(flag, value, __ATOMIC_RELEASE); }

uint32_t esp_worker_flag_get(const uint32_t *flag) { return __atomic_load_n(flag, __ATOMIC_ACQUIRE); }

void esp_worker_watch(int32_t channel) {
  struct pollfd file = {.fd = channel, .events = POLLRDHUP};
  for (;;) {
    /* Not for ever: a poll keeps a socket open that was closed meanwhile. */
    int ready = poll(&file, 1, 250);
    if (ready > 0 && (file.revents & POLLNVAL)) return;
    if (ready > 0 || (ready < 0 && errno != EINTR)) _exit(1);
  }
}
