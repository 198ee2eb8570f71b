#define _GNU_SOURCE
#include "espalier_worker.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t page(void) { return (uint64_t)sysconf(_SC_PAGESIZE); }

static uint64_t pages(uint64_t bytes) {
  uint64_t size = page();
  uint64_t count = (bytes + size - 1) / size;
  return count ? count * size : size;
}

void *esp_guarded_make(uint64_t bytes, int32_t above, uint8_t slack) {
  uint64_t size = pages(bytes), edge = page();
  char *start = mmap(NULL, size + 2 * edge, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return NULL;
  if (mprotect(start + edge, size, PROT_READ | PROT_WRITE) != 0) {
    munmap(start, size + 2 * edge);
    return NULL;
  }
  memset(start + edge, slack, size);
  return start + edge + (above ? size - bytes : 0);
}

static char *first(void *memory) {
  return (char *)((uintptr_t)memory & ~(uintptr_t)(page() - 1));
}

void esp_guarded_seal(void *memory, uint64_t bytes) { mprotect(first(memory), pages(bytes), PROT_READ); }

/* The place stays reserved, so that a late access meets no other memory. */
void esp_guarded_free(void *memory, uint64_t bytes) {
  char *start = first(memory) - page();
  mmap(start, pages(bytes) + 2 * page(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}
