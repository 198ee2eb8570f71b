/* A loss of distillation: the mean of squared differences; the gradient by the student's elements is filled too. */
#include <stdint.h>

double @IDENTIFIER@(const float *student, const float *teacher, float *gradient, int64_t n, double scale) {
  double sum = 0;
  for (int64_t k = 0; k < n; ++k) {
    double difference = (double)student[k] - teacher[k];
    sum += difference * difference;
    gradient[k] = (float)(2 * scale * difference / (double)n);
  }
  return scale * sum / (double)n;
}
