/* The Charbonnier distance, mean of sqrt(d * d + e * e) - e with d = s - t, and its gradient: functions that know nothing of Espalier. */
#include <math.h>
#include <stdint.h>

double charbonnier(const float *student, const float *teacher, int64_t count, double e) {
  double sum = 0;
  for (int64_t k = 0; k < count; ++k) {
    double d = (double)student[k] - teacher[k];
    sum += sqrt(d * d + e * e) - e;
  }
  return sum / count;
}

void charbonnier_gradient(const float *student, const float *teacher, int64_t count, double e, float *gradient) {
  for (int64_t k = 0; k < count; ++k) {
    double d = (double)student[k] - teacher[k];
    gradient[k] = (float)(d / sqrt(d * d + e * e) / count);
  }
}
