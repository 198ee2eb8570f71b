#ifndef ESPALIER_OPS_H
#define ESPALIER_OPS_H
#include "espalier_types.h"
#endif
