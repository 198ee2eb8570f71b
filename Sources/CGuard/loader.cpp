#include "espalier_loader.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

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

extern "C" int esp_sealed_copy(const char *name, const void *bytes, size_t size) {
  int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (file < 0) return -1;
  const char *at = static_cast<const char *>(bytes);
  for (size_t done = 0; done < size;) {
    ssize_t count = write(file, at + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      close(file);
      return -1;
    }
    done += static_cast<size_t>(count);
  }
  if (fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
    close(file);
    return -1;
  }
  return file;
}

extern "C" int esp_exchange(const char *a, const char *b) { return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE); }
