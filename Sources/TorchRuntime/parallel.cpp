#include "parallel.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <algorithm>
#include <exception>
#include <mutex>

namespace espalier {
namespace {

/// The functions of GNU's OpenMP library that compiled pragmas call (its ABI), found in what libtorch brought; Intel's has them too.
struct Team {
  using Parallel = void (*)(void (*)(void *), void *, unsigned, unsigned);
  using Number = int (*)(void);

  Parallel parallel = reinterpret_cast<Parallel>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  Number index = reinterpret_cast<Number>(dlsym(RTLD_DEFAULT, "omp_get_thread_num"));
  Number size = reinterpret_cast<Number>(dlsym(RTLD_DEFAULT, "omp_get_num_threads"));

  bool complete() const { return parallel != nullptr && index != nullptr && size != nullptr; }
};

struct Work {
  const Team &team;
  int64_t count;
  const std::function<void(int64_t, int64_t)> &body;
  std::mutex lock;
  std::exception_ptr failure;

  /// What one thread of the team does.
  void run() {
    int64_t size = team.size(), index = team.index(), share = (count + size - 1) / size;
    int64_t first = std::min(count, index * share), last = std::min(count, first + share);
    try {
      if (first < last) body(first, last);
    } catch (...) {
      std::lock_guard<std::mutex> hold(lock);
      if (!failure) failure = std::current_exception();
    }
  }
};

}  // namespace

void share(int64_t count, const std::function<void(int64_t, int64_t)> &body) {
  static const Team team;
  int64_t threads = std::min<int64_t>(at::get_num_threads(), count);
  if (threads < 2 || at::in_parallel_region() || !team.complete()) {
    if (count > 0) body(0, count);
    return;
  }
  Work work{team, count, body, {}, nullptr};
  team.parallel([](void *work) { static_cast<Work *>(work)->run(); }, &work, static_cast<unsigned>(threads), 0);
  if (work.failure) std::rethrow_exception(work.failure);
}

}  // namespace espalier
