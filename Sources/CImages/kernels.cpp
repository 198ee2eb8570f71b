#include "kernels.h"

#include <dlfcn.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr const char *kName = "libEspalierImages.so";

struct Library {
  const espimg_kernels *kernels = nullptr;
  std::string reason;

  Library() {
    if (const char *named = secure_getenv("ESPALIER_IMAGES"); named && *named) {
      open(named);
      return;
    }
    char path[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    std::string folder = length > 0 ? std::string(path, static_cast<size_t>(length)) : ".";
    folder = folder.substr(0, folder.find_last_of('/'));
    if (!open(folder + "/" + kName)) {
      const std::string first = reason;
      if (!open(folder + "/../lib/" + kName)) reason = first;
    }
  }

  bool open(const std::string &path) {
    // Never unmapped: OpenCV's threads and statics live as long as the process.
    void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    void *symbol = handle ? dlsym(handle, "espimg_kernels_v1") : nullptr;
    if (!symbol) {
      const char *text = dlerror();
      reason = std::string(text ? text : path.c_str()) +
               "; run `make build`, or let ESPALIER_IMAGES name the file";
      return false;
    }
    const auto *found = reinterpret_cast<decltype(&espimg_kernels_v1)>(symbol)();
    if (found->revision != ESPIMG_KERNELS_REVISION) {
      reason = path + " is of another version; run `make build`";
      return false;
    }
    kernels = found;
    return true;
  }
};

}  // namespace

const espimg_kernels *espimg::kernels(char *text, size_t capacity) {
  static const Library library;
  if (!library.kernels && text && capacity > 0)
    std::snprintf(text, capacity, "%s", library.reason.c_str());
  return library.kernels;
}
