/* The L2 norm of a filter: a function that knows nothing of Espalier. */
#include <math.h>
#include <stdint.h>

double l2(const float *weights, int64_t count) {
  double sum = 0;
  for (int64_t k = 0; k < count; ++k) sum += (double)weights[k] * weights[k];
  return sqrt(sum);
}
