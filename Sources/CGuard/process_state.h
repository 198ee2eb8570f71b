// What a plugin may change of the process that is everyone's: noticed where it happens, and put back when its call ends.
#ifndef ESPALIER_PROCESS_STATE_H
#define ESPALIER_PROCESS_STATE_H
#include <atomic>
#include <cstdint>

namespace espalier {

/// Among what was touched: this process is one that a plugin forked.
constexpr uint32_t kForked = 1u << 31;

/// ESP_STATE_* of what plugins have changed of the process and was not put back.
extern std::atomic<uint32_t> touched;

/// Puts back what was changed.
///
/// A thorough one also asks the kernel for what no function that is watched has changed.
/// Returns ESP_STATE_* of what it put back.
uint32_t putBack(bool isThorough);

}  // namespace espalier
#endif
