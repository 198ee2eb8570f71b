// The C library's function behind one of ours of the same name.
#ifndef ESPALIER_NEXT_H
#define ESPALIER_NEXT_H
#include <dlfcn.h>

#include <atomic>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
// Sanitizers take the same functions over.
#define ESPALIER_NO_INTERPOSITION 1
#endif
#endif

namespace espalier {

/// Looked up once; a race looks twice and finds the same.
template <class Function>
class Next {
 public:
  constexpr explicit Next(const char *name) : name(name) {}

  Function *get() {
    void *known = found.load(std::memory_order_relaxed);
    if (!known) {
      known = dlsym(RTLD_NEXT, name);
      found.store(known, std::memory_order_relaxed);
    }
    return reinterpret_cast<Function *>(known);
  }

 private:
  const char *name;
  std::atomic<void *> found{nullptr};
};

}  // namespace espalier
#endif
