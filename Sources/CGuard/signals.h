// The handlers of crashes.
#ifndef ESPALIER_SIGNALS_H
#define ESPALIER_SIGNALS_H
#include <cstddef>

namespace espalier {

constexpr size_t kFatalCount = 7;
extern const int kFatal[kFatalCount];

/// Installs them; the first time what was there before is kept.
void installFatal(bool isFirst);
/// Whether they are all in place.
bool holdsFatal();

}  // namespace espalier
#endif
