#include "espalier_loader.h"

#include <dlfcn.h>
#include <link.h>

#include <cstdio>

// RTLD_NOLOAD maps nothing: no code runs for the question.
extern "C" int esp_loaded_path(const char *name, char *path, size_t capacity) {
  void *handle = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
  if (!handle) {
    dlerror();
    return 0;
  }
  link_map *map = nullptr;
  const char *found = dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map ? map->l_name : "";
  std::snprintf(path, capacity, "%s", found);
  dlclose(handle);
  return 1;
}
