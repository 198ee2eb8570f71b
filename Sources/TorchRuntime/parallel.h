#ifndef ESPALIER_PARALLEL_H
#define ESPALIER_PARALLEL_H
#include <cstdint>
#include <functional>

namespace espalier {

/// Calls body(first, last) for shares of 0..<count, on the threads that libtorch's operators use; the calling thread does the first.
/// Within it, operators use one thread each. Rethrows what a share threw. Where count is 1, or the OpenMP library has not the functions
/// that are needed, the calling thread does all.
///
/// at::parallel_for is a template with an OpenMP pragma, which would have to be compiled for the OpenMP library that libtorch is
/// linked with, GNU's; clang does not compile for that one, and without the pragma all shares run one by one.
void share(int64_t count, const std::function<void(int64_t, int64_t)> &body);

}  // namespace espalier
#endif
