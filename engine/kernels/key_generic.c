#define TTI_KEY_NAME tti_kernel_key_generic
#include "kernels/key.inc.h"
