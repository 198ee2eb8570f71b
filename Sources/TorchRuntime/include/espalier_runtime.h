#include "espalier_types.h"
