// Images: decoding by libjpeg-turbo and libspng, resizing and colour by OpenCV. Plain C; nothing throws across it.
#ifndef ESPALIER_CIMAGES_H
#define ESPALIER_CIMAGES_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/// The version of the OpenCV that was built against, such as 40600.
int32_t espimg_opencv_version(void);
#ifdef __cplusplus
}
#endif
#endif
