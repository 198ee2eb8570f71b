#define _GNU_SOURCE
#include "espalier_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#  define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#  define OWN_ARCH AUDIT_ARCH_AARCH64
#endif

static void limit(int resource, uint64_t value) {
  if (value == 0) return;
  struct rlimit old;
  if (getrlimit(resource, &old) != 0) return;
  rlim_t wanted = (rlim_t)value;
  if (old.rlim_max != RLIM_INFINITY && old.rlim_max < wanted) wanted = old.rlim_max;
  struct rlimit new = {wanted, wanted};
  setrlimit(resource, &new);
}

static void close_all_but(const int32_t *kept, uint32_t n) {
  /* Between those that stay; there are two or three. */
  unsigned next = 3;
  for (;;) {
    unsigned lowest = ~0u;
    for (uint32_t k = 0; k < n; ++k)
      if (kept[k] >= (int32_t)next && (unsigned)kept[k] < lowest) lowest = (unsigned)kept[k];
    if (lowest == ~0u) break;
    if (lowest > next) close_range(next, lowest - 1, 0);
    next = lowest + 1;
  }
  close_range(next, ~0u, 0);
}

#ifdef OWN_ARCH
#  define DENY(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#  define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#  define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#  define ARGUMENT(k) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[k]))
#  define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#  define REFUSE(number) UNLESS(number, 1), DENY(EPERM)

/* No process but this one, no signal to another, no connection. */
static int seal_calls(void) {
  unsigned self = (unsigned)getpid();
  struct sock_filter filter[] = {
      LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCH, 1, 0), DENY(EPERM), LOAD(nr),
#  ifdef __x86_64__
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 0, 1), DENY(ENOSYS), REFUSE(SYS_fork), REFUSE(SYS_vfork),
#  endif
      REFUSE(SYS_execve), REFUSE(SYS_execveat), REFUSE(SYS_ptrace), REFUSE(SYS_process_vm_writev), REFUSE(SYS_pidfd_send_signal),
      REFUSE(SYS_rt_sigqueueinfo), REFUSE(SYS_tkill), REFUSE(SYS_unshare), REFUSE(SYS_setns),
      /* glibc falls back to clone, whose flags can be read here. */
      UNLESS(SYS_clone3, 1), DENY(ENOSYS),
      UNLESS(SYS_clone, 4), ARGUMENT(0), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1), ALLOW, DENY(EPERM),
      UNLESS(SYS_socket, 4), ARGUMENT(0), UNLESS(AF_UNIX, 1), ALLOW, DENY(EACCES),
      UNLESS(SYS_kill, 6), ARGUMENT(0), UNLESS(self, 1), ALLOW, UNLESS(0, 1), ALLOW, DENY(EPERM),
      UNLESS(SYS_tgkill, 4), ARGUMENT(0), UNLESS(self, 1), ALLOW, DENY(EPERM),
      ALLOW,
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#endif

#define WRITES                                                                                                                       \
  (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |    \
   LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |          \
   LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

/* No file is written but below the folders. */
static int seal_files(const char *const *writable, uint32_t n) {
  struct landlock_ruleset_attr rules = {.handled_access_fs = WRITES};
  int set = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules.handled_access_fs, 0);
  if (set < 0) return -1;
  for (uint32_t k = 0; k < n + 1; ++k) {
    const char *path = k < n ? writable[k] : "/dev/null";
    if (!path) continue;
    int folder = open(path, O_PATH | O_CLOEXEC);
    if (folder < 0) continue;
    struct landlock_path_beneath_attr rule = {.allowed_access = k < n ? WRITES : LANDLOCK_ACCESS_FS_WRITE_FILE, .parent_fd = folder};
    syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(folder);
  }
  int result = (int)syscall(SYS_landlock_restrict_self, set, 0);
  close(set);
  return result;
}

uint32_t esp_worker_confine(const esp_confinement *to) {
  if (to->parent != 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* It may have ended before. */
    if (getppid() != to->parent) _exit(1);
  }
  /* Whatever it starts stays below it, where it can be found. */
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  close_all_but(to->kept, to->n_kept);
  for (uint32_t k = 0; k < to->n_kept; ++k) fcntl(to->kept[k], F_SETFD, FD_CLOEXEC);
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  limit(RLIMIT_AS, to->address_space);
  limit(RLIMIT_CPU, to->cpu_seconds);
  limit(RLIMIT_FSIZE, to->file_bytes);
  limit(RLIMIT_NPROC, to->processes);
  uint32_t lacking = 0;
  if (to->fixed_code) prctl(65 /* PR_SET_MDWE */, 1 /* PR_MDWE_REFUSE_EXEC_GAIN */, 0, 0, 0);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !to->seals) return ESP_LACKS_SECCOMP | ESP_LACKS_LANDLOCK;
  if (seal_files(to->writable, to->n_writable) != 0) lacking |= ESP_LACKS_LANDLOCK;
#ifdef OWN_ARCH
  if (seal_calls() != 0) lacking |= ESP_LACKS_SECCOMP;
#else
  lacking |= ESP_LACKS_SECCOMP;
#endif
  return lacking;
}
