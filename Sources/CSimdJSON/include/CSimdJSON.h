// JSON by simdjson, for annotation files of hundreds of megabytes. Plain C; nothing throws across it.
#ifndef ESPALIER_CSIMDJSON_H
#define ESPALIER_CSIMDJSON_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/// The simdjson that was built against, as text.
const char *espjson_version(void);
#ifdef __cplusplus
}
#endif
#endif
