/* The importance of one channel: the sum of its weights' magnitudes, each raised to a power. The least goes first. */
#include <math.h>
#include <stdint.h>

double @IDENTIFIER@(const float *weight, int64_t n, double power) {
  double sum = 0;
  for (int64_t k = 0; k < n; ++k) sum += pow(fabs(weight[k]), power);
  return sum;
}
