// What is said where nothing can be returned: one line with the code, the plugin, the function and the layer.
#ifndef ESPALIER_REPORT_H
#define ESPALIER_REPORT_H
#include "trail.h"

namespace espalier {

/// The codes of docs/plugins.md.
constexpr const char *kLeft = "ESP-P801", *kThread = "ESP-P802", *kJump = "ESP-P803", *kCrash = "ESP-P804", *kHang = "ESP-P805";

/// A text in a fixed buffer; what does not fit is cut. Async-signal-safe.
class Line {
 public:
  Line &operator<<(const char *text);
  Line &operator<<(uint64_t number);
  Line &hexadecimal(uint64_t number);
  /// Bytes of strangers: control characters become `?`, and bytes that cannot be read end it.
  Line &foreign(const char *text, size_t length, size_t limit = 256);
  const char *text() const { return buffer; }
  size_t size() const { return used; }

 private:
  char buffer[1500] = {};
  size_t used = 0;
};

/// Where it happened.
struct Place {
  const esp_guarded *plugin;
  const char *function;
  esp_str layer;
};

inline Place place(const Crumb &crumb) { return {crumb.plugin, crumb.function, crumb.layer}; }

/// Writes the line to standard error, as JSON to where that is asked for, and remembers it where the plugin has a marker.
void report(const char *code, const Place &place, const char *what);
/// Only remembers it.
void remember(const char *code, const Place &place, const char *what);
/// Writes no more JSON.
void keepToErrors();
/// A remark.
void say(const char *text);

/// Ends the process at once, with the code of a failed plugin.
[[noreturn]] void end();
[[noreturn]] void end(int status);

}  // namespace espalier
#endif
