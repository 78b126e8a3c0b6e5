// The processor's own instructions, for the rooms that compute with them: strips, heads, winograd, skinny. Empty elsewhere than
// on x86-64.
#pragma once

#if defined(__x86_64__)
// g++ 12 holds the deliberately undefined registers of its own header against it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif
