#include "base/memory.hpp"

#include <cstdint>

#include <malloc.h>
#include <sys/mman.h>

namespace lorikeet::base {

void keep_freed_memory() {
#ifdef M_MMAP_THRESHOLD
    constexpr int kMiB = 1024 * 1024;
    ::mallopt(M_MMAP_THRESHOLD, 32 * kMiB);  // the most that glibc takes
    ::mallopt(M_TRIM_THRESHOLD, -1);
    ::mallopt(M_TOP_PAD, 64 * kMiB);
#endif
}

void give_back_freed_memory() {
#ifdef M_TRIM_THRESHOLD
    ::malloc_trim(0);
#endif
}

void prefer_huge_pages(void* begin, std::size_t bytes) {
    constexpr std::uintptr_t kHuge = 2U * 1024 * 1024;
    const auto address = reinterpret_cast<std::uintptr_t>(begin);
    const auto first = (address + kHuge - 1) / kHuge * kHuge, end = (address + bytes) / kHuge * kHuge;
    if (first < end) ::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

}  // namespace lorikeet::base
