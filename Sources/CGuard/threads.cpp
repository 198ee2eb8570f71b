// Threads that plugins make: whose they are, and how many are left.
#include "next.h"
#include "plugins.h"

#include <pthread.h>

#include <cstring>
#include <new>

namespace espalier {
namespace {

struct Start {
  void *(*function)(void *);
  void *argument;
  const esp_guarded *plugin;
};

/// Whose thread it is that is made from here: one of a runtime that the program shares with plugins is the program's.
const esp_guarded *maker(const void *returnAddress, void *(*function)(void *)) {
  if (trail.owner) return trail.owner;
  if (const esp_guarded *plugin = owner(returnAddress)) return plugin;
  if (const esp_guarded *plugin = owner(reinterpret_cast<const void *>(function))) return plugin;
  Dl_info info = {};
  const Crumb *crumb = inside();
  const bool isStandard = crumb && dladdr(returnAddress, &info) && info.dli_fname && std::strstr(info.dli_fname, "/libstdc++");
  return isStandard ? crumb->plugin : nullptr;
}

void ended(void *plugin) { static_cast<const esp_guarded *>(plugin)->threads.fetch_sub(1); }

void *run(void *given) {
  const Start start = *static_cast<Start *>(given);
  delete static_cast<Start *>(given);
  trail.owner = start.plugin;
  void *result = nullptr;
  // Where it exits or is cancelled, too.
  pthread_cleanup_push(ended, const_cast<esp_guarded *>(start.plugin));
  result = start.function(start.argument);
  pthread_cleanup_pop(1);
  return result;
}

}  // namespace
}  // namespace espalier

using namespace espalier;

extern "C" int32_t esp_guard_threads(const esp_guarded *plugin) { return plugin->threads.load(); }

#ifndef ESPALIER_NO_INTERPOSITION
extern "C" int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument) noexcept {
  static Next<int(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *)> next{"pthread_create"};
  const esp_guarded *plugin = maker(__builtin_return_address(0), function);
  Start *start = plugin ? new (std::nothrow) Start{function, argument, plugin} : nullptr;
  if (!start) return next.get()(thread, attributes, function, argument);
  plugin->threads.fetch_add(1);
  const int status = next.get()(thread, attributes, run, start);
  if (status != 0) {
    plugin->threads.fetch_sub(1);
    delete start;
  }
  return status;
}
#endif
