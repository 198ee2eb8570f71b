#include "CImages.h"

#include <opencv2/core/version.hpp>

extern "C" __attribute__((visibility("default"))) int32_t espimg_opencv_version(void) {
  return CV_VERSION_MAJOR * 10000 + CV_VERSION_MINOR * 100 + CV_VERSION_REVISION;
}
