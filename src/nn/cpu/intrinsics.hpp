// The processor's own instructions, for the rooms that compute with them: strips, heads, winograd, skinny. Empty elsewhere than
// on x86-64.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 holds the deliberately undefined registers of its own header against it, at the place where they are inlined: for the
// rest of the file, so include this last.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#endif
