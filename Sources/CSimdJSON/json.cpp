#include "CSimdJSON.h"

#include <simdjson.h>

#define ESPJSON_TEXT_OF(value) #value
#define ESPJSON_TEXT(value) ESPJSON_TEXT_OF(value)

extern "C" __attribute__((visibility("default"))) const char *espjson_version(void) {
  return ESPJSON_TEXT(SIMDJSON_VERSION);
}
