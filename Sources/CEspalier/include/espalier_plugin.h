#ifndef ESPALIER_PLUGIN_H
#define ESPALIER_PLUGIN_H
#include "espalier_types.h"
#endif
