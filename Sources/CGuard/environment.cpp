#include "espalier_guard.h"

#include <cstdlib>

extern "C" const char *esp_environment(const char *name) { return secure_getenv(name); }
