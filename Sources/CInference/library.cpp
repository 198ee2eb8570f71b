#include <dlfcn.h>

#include "runtime.h"

namespace espinf {

Library::Library(const char *path) : path(path) {
  handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle) return;
  const char *reason = dlerror();
  throw Failure(ESPINF_NOT_LOADABLE, reason ? reason : "the loader gives no reason");
}

void *Library::symbol(const char *name, bool is_needed) const {
  void *address = dlsym(handle, name);
  if (!address && is_needed) {
    throw Failure(ESPINF_FOREIGN, path + " has no function " + name);
  }
  return address;
}

std::string Library::file(const void *address) const {
  Dl_info info;
  return dladdr(address, &info) && info.dli_fname ? info.dli_fname : path;
}

}  // namespace espinf
