// For tests that measure this process's memory: under the sanitizers theirs is counted too, several times ours.
#pragma once

#include <gtest/gtest.h>

#if defined(__SANITIZE_ADDRESS__)
#define LORIKEET_MEASURES_MEMORY() GTEST_SKIP() << "the sanitizers' own memory is counted too"
#else
#define LORIKEET_MEASURES_MEMORY() static_cast<void>(0)
#endif
