#include "plugins.h"

#include <link.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>
#include <mutex>
#include <new>

// The linker's.
extern "C" const char __executable_start, etext;

namespace {

struct Range {
  uintptr_t first, end;
  const esp_guarded *plugin;
};

// Read by signal handlers: entries are written before the count, and never changed.
constexpr size_t kMost = 1024;
Range ranges[kMost];
std::atomic<size_t> count{0};
std::atomic<bool> foreign{false};
std::mutex lock;

struct Search {
  uintptr_t address, first, end;
};

int visit(dl_phdr_info *info, size_t, void *context) {
  auto *search = static_cast<Search *>(context);
  uintptr_t first = UINTPTR_MAX, end = 0;
  for (int k = 0; k < info->dlpi_phnum; ++k) {
    const auto &header = info->dlpi_phdr[k];
    if (header.p_type != PT_LOAD) continue;
    const uintptr_t begin = info->dlpi_addr + header.p_vaddr;
    if (begin < first) first = begin;
    if (begin + header.p_memsz > end) end = begin + header.p_memsz;
  }
  if (search->address < first || search->address >= end) return 0;
  search->first = first;
  search->end = end;
  return 1;
}

}  // namespace

namespace espalier {

const esp_guarded *owner(const void *address) {
  const auto place = reinterpret_cast<uintptr_t>(address);
  const size_t known = count.load(std::memory_order_acquire);
  for (size_t k = 0; k < known; ++k)
    if (place >= ranges[k].first && place < ranges[k].end) return ranges[k].plugin;
  return nullptr;
}

const esp_guarded *ownerOnStack(const void *stack) {
  if (count.load(std::memory_order_relaxed) == 0) return nullptr;
  // By the kernel, which tells where the stack ends instead of a second fault.
  uintptr_t words[64];
  auto place = reinterpret_cast<uintptr_t>(stack) & ~uintptr_t{7};
  for (int part = 0; part < 64; ++part, place += sizeof words) {
    iovec here = {words, sizeof words}, there = {reinterpret_cast<void *>(place), sizeof words};
    const ssize_t read = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
    if (read <= 0) return nullptr;
    for (size_t k = 0; k < static_cast<size_t>(read) / sizeof *words; ++k)
      if (const esp_guarded *plugin = owner(reinterpret_cast<void *>(words[k]))) return plugin;
  }
  return nullptr;
}

bool isHosts(const void *address) {
  const auto *place = static_cast<const char *>(address);
  return place >= &__executable_start && place < &etext;
}

bool anyPlugin() { return foreign.load(std::memory_order_relaxed); }

const char *loaded() {
  static char text[400];
  size_t used = 0;
  for (size_t k = count.load(); k > 0; --k) {
    const esp_guarded *plugin = ranges[k - 1].plugin;
    const size_t length = std::strlen(plugin->name);
    if (!plugin->marker[0] || used + length + 3 > sizeof text) continue;
    if (used) text[used++] = ',', text[used++] = ' ';
    std::memcpy(text + used, plugin->name, length);
    used += length;
  }
  text[used] = 0;
  return text;
}

}  // namespace espalier

extern "C" {

const esp_guarded *esp_guard_know(const char *name, const char *marker) {
  const size_t length = std::strlen(name) + 1;
  auto *text = new (std::nothrow) char[length];
  auto *plugin = new (std::nothrow) esp_guarded();
  static esp_guarded none;
  if (!text || !plugin) {
    none.name = "out of memory";
    return &none;
  }
  std::memcpy(text, name, length);
  plugin->name = text;
  if (marker && std::strlen(marker) < sizeof plugin->marker) std::strcpy(plugin->marker, marker);
  return plugin;
}

void esp_guard_map(const esp_guarded *plugin, const void *address) {
  Search search = {reinterpret_cast<uintptr_t>(address), 0, 0};
  if (!dl_iterate_phdr(visit, &search)) return;
  std::lock_guard<std::mutex> hold(lock);
  const size_t known = count.load(std::memory_order_relaxed);
  if (known == kMost || espalier::owner(address)) return;
  ranges[known] = {search.first, search.end, plugin};
  count.store(known + 1, std::memory_order_release);
  if (plugin->marker[0]) foreign.store(true);
}

}  // extern "C"
