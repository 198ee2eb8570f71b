#include "report.h"

#include "next.h"
#include "leaving.h"
#include "descriptors.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <cstring>

namespace {

constexpr int kPluginFailed = 4;

std::atomic<int> errors{STDERR_FILENO}, json{-1};

void put(int descriptor, const char *text, size_t length) {
  while (length > 0) {
    const ssize_t n = write(descriptor, text, length);
    if (n <= 0) return;
    text += n;
    length -= static_cast<size_t>(n);
  }
}

}  // namespace

namespace espalier {

Line &Line::operator<<(const char *text) {
  while (*text && used + 1 < sizeof buffer) buffer[used++] = *text++;
  return *this;
}

Line &Line::operator<<(uint64_t number) {
  char digits[24];
  size_t n = 0;
  do digits[n++] = static_cast<char>('0' + number % 10);
  while (number /= 10);
  while (n > 0 && used + 1 < sizeof buffer) buffer[used++] = digits[--n];
  return *this;
}

Line &Line::hexadecimal(uint64_t number) {
  *this << "0x";
  bool begun = false;
  for (int shift = 60; shift >= 0; shift -= 4) {
    const auto digit = static_cast<unsigned>(number >> shift & 15);
    begun = begun || digit || shift == 0;
    if (begun && used + 1 < sizeof buffer) buffer[used++] = "0123456789abcdef"[digit];
  }
  return *this;
}

Line &Line::foreign(const char *text, size_t length, size_t limit) {
  if (!text) return *this;
  char copy[256];
  if (limit > sizeof copy) limit = sizeof copy;
  const size_t wanted = length < limit ? length : limit;
  iovec here = {copy, wanted}, there = {const_cast<char *>(text), wanted};
  const ssize_t read = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
  for (ssize_t k = 0; k < read && used + 1 < sizeof buffer; ++k) {
    const auto byte = static_cast<unsigned char>(copy[k]);
    buffer[used++] = byte < 0x20 || byte == 0x7F || byte == '"' || byte == '\\' ? '?' : copy[k];
  }
  if (length > limit) *this << "...";
  return *this;
}

void keepToErrors() { json.store(-1); }

void say(const char *text) {
  Line line;
  line << "espalier: " << text << "\n";
  put(errors.load(), line.text(), line.size());
}

void remember(const char *code, const Place &place, const char *what) {
  if (!place.plugin->marker[0]) return;
  const int file = open(place.plugin->marker, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return;
  timespec now = {};
  clock_gettime(CLOCK_REALTIME, &now);
  Line line;
  line << "code=" << code << "\nseconds=" << static_cast<uint64_t>(now.tv_sec) << "\nplugin=";
  line.foreign(place.plugin->name, strnlen(place.plugin->name, 256));
  line << "\nfunction=" << place.function << "\nlayer=";
  line.foreign(place.layer.ptr, place.layer.len);
  line << "\nwhat=" << what << "\n";
  put(file, line.text(), line.size());
  close(file);
}

void report(const char *code, const Place &place, const char *what) {
  Line message;
  message << code << " plugin \"";
  message.foreign(place.plugin->name, strnlen(place.plugin->name, 256));
  message << "\", function \"" << place.function << "\"";
  if (place.layer.ptr && place.layer.len > 0) {
    message << ", layer \"";
    message.foreign(place.layer.ptr, place.layer.len, 95);
    message << "\"";
  }
  message << ": " << what;
  Line line;
  line << "espalier: error: " << message.text() << "\n";
  put(errors.load(), line.text(), line.size());
  // Where the process ends, its results are written already.
  if (const int out = json.load(); out >= 0 && !isEnding.load()) {
    Line object;
    object << "{\"schema\": \"espalier.error/1\", \"exitCode\": " << uint64_t{kPluginFailed} << ", \"message\": \"";
    for (const char *c = message.text(); *c; ++c) {
      const char one[2] = {*c, 0};
      if (*c == '"') object << "\\";
      object << one;
    }
    object << "\", \"code\": \"" << code << "\"}\n";
    put(out, object.text(), object.size());
  }
  remember(code, place, what);
}

void end(int status) {
  // Not by the C library's functions, which are ours.
  for (;;) {
#if defined(__x86_64__)
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_exit_group), "D"(status) : "rcx", "r11", "memory");
#else
    register long number __asm__("x8") = SYS_exit_group;
    register long argument __asm__("x0") = status;
    __asm__ volatile("svc 0" : "+r"(argument) : "r"(number) : "memory");
#endif
  }
}

void end() { end(kPluginFailed); }

}  // namespace espalier

extern "C" {

void esp_guard_streams(int32_t descriptor, int32_t objects) {
  espalier::keepDescriptors(descriptor, objects);
  errors.store(descriptor);
  json.store(objects);
}

void esp_guard_remember(const esp_crumb *at, const char *code, const char *text) {
  espalier::remember(code, {at->plugin, at->function, at->layer}, text);
}

}  // extern "C"
