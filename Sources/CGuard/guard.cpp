#include "espalier_guard.h"
