// libEspalierImages.so, which holds what OpenCV does.
#ifndef ESPALIER_CIMAGES_KERNELS_H
#define ESPALIER_CIMAGES_KERNELS_H
#include "ImageKernels.h"

namespace espimg {

/// The library's functions, opened once: by $ESPALIER_IMAGES, else beside the program or in ../lib of it.
///
/// Null where it cannot be opened; `text` then says why.
const espimg_kernels *kernels(char *text, size_t capacity);

}  // namespace espimg
#endif
