#include "espalier_ops.h"
