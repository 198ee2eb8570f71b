double l2(const float *w, long n) {
  double sum = 0;
  for (long k = 0; k < n; ++k) sum += (double)w[k] * w[k];
  return sum;
}
