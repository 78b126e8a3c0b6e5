#include "tensor/cpu_allocator.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <new>

#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>

#include "base/machine.hpp"

namespace lorikeet::tensor {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kPage = 4096;
constexpr std::size_t kHuge = std::size_t{2} << 20;
constexpr std::size_t kGrowth = 16 * kHuge;

std::size_t rounded(std::size_t bytes, std::size_t to) { return (bytes + to - 1) / to * to; }

// Every tensor of the program may be in it, and holes between them; addresses cost nothing unless they are limited.
std::size_t reserve_size() {
    constexpr std::size_t kUsualReserve = std::size_t{64} << 30;
    return rounded(std::max<std::size_t>(kUsualReserve, 4 * base::machine_memory().total_bytes), kHuge);
}

struct Range {
    void* begin = MAP_FAILED;
    std::size_t bytes = 0;
};

Range map_addresses(std::size_t bytes) {
    return {::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), bytes};
}

// Where addresses are limited (ulimit -v, batch systems), half of what is granted: the rest of the program needs some too.
Range reserve_addresses() {
    constexpr std::size_t kLeastReserve = std::size_t{256} << 20;
    auto range = map_addresses(reserve_size() + kHuge);
    if (range.begin != MAP_FAILED) return range;
    for (auto size = reserve_size() / 2; size / 2 >= kLeastReserve; size /= 2) {
        range = map_addresses(size);
        if (range.begin == MAP_FAILED) continue;
        ::munmap(range.begin, size);
        return map_addresses(size / 2);
    }
    return {};
}

}  // namespace

// Lies in front of what is handed out.
struct alignas(kAlignment) CpuAllocator::Head {
    CpuAllocator* owner = nullptr;  // none: malloc's
    std::size_t bytes = 0;          // with the head
};

CpuAllocator& CpuAllocator::instance() {
    static auto* allocator = new CpuAllocator;  // never goes: tensors may outlive main()
    return *allocator;
}

CpuAllocator::~CpuAllocator() {
    if (begin_ != 0) ::munmap(reinterpret_cast<void*>(begin_), limit_ - begin_);
}

c10::DataPtr CpuAllocator::allocate(std::size_t bytes) {
    if (bytes == 0) return {nullptr, nullptr, &free, at::kCPU};
    const auto with_head = bytes + sizeof(Head);
    const auto size = rounded(with_head, bytes < kLeast ? kAlignment : kPage);
    if (size < bytes) throw std::bad_alloc();
    void* place = bytes < kLeast ? nullptr : reinterpret_cast<void*>(take(size));
    auto* owner = place ? this : nullptr;
    if (!place) place = std::aligned_alloc(kAlignment, size);
    if (!place) throw std::bad_alloc();
    auto* head = new (place) Head{owner, size};
    return {head + 1, head + 1, &free, at::kCPU};
}

c10::DeleterFnPtr CpuAllocator::raw_deleter() const { return &free; }

void CpuAllocator::copy_data(void* to, const void* from, std::size_t bytes) const {
    default_copy_data(to, from, bytes);
}

void CpuAllocator::free(void* data) {
    if (!data) return;
    auto* head = static_cast<Head*>(data) - 1;
    auto* owner = head->owner;
    if (!owner) return std::free(head);
    const auto bytes = head->bytes;
    const std::lock_guard lock(owner->mutex_);
    owner->used_ -= bytes;
    owner->add_free(reinterpret_cast<Address>(head), bytes);
}

// 0 where the range has no place for it and cannot grow.
CpuAllocator::Address CpuAllocator::take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    auto found = free_by_size_.lower_bound({bytes, 0});
    if (found == free_by_size_.end()) {
        if (!grow(bytes)) return 0;
        found = free_by_size_.lower_bound({bytes, 0});
    }
    const auto [size, first] = *found;
    remove_free(free_.find(first));
    if (size > bytes) add_free(first + bytes, size - bytes);
    used_ += bytes;
    return first;
}

void CpuAllocator::reserve() {
    is_reserved_ = true;  // asked for once
    const auto range = reserve_addresses();
    if (range.begin == MAP_FAILED) return;
    const auto first = reinterpret_cast<Address>(range.begin);
    begin_ = end_ = rounded(first, kHuge);
    limit_ = (first + range.bytes) / kHuge * kHuge;
    if (begin_ > first) ::munmap(range.begin, begin_ - first);
    if (first + range.bytes > limit_) ::munmap(reinterpret_cast<void*>(limit_), first + range.bytes - limit_);
    ::madvise(reinterpret_cast<void*>(begin_), limit_ - begin_, MADV_HUGEPAGE);  // a wish
}

// So that a place of `bytes` is free at the end.
bool CpuAllocator::grow(std::size_t bytes) {
    if (!is_reserved_) reserve();
    const auto last = free_.empty() ? free_.end() : std::prev(free_.end());
    const bool ends_free = last != free_.end() && last->first + last->second == end_;
    const auto missing = rounded(bytes - (ends_free ? last->second : 0), kHuge);
    for (const auto more : {std::max(missing, kGrowth), missing}) {
        if (more > limit_ - end_) continue;
        if (::mprotect(reinterpret_cast<void*>(end_), more, PROT_READ | PROT_WRITE) != 0) {
            give_back_locked();
            if (::mprotect(reinterpret_cast<void*>(end_), more, PROT_READ | PROT_WRITE) != 0) continue;
        }
        const auto first = end_;
        end_ += more;
        add_free(first, more);
        return true;
    }
    return false;
}

void CpuAllocator::add_free(Address first, std::size_t bytes) {
    const auto after = free_.lower_bound(first);
    if (after != free_.end() && after->first == first + bytes) {
        bytes += after->second;
        remove_free(after);
    }
    const auto next = free_.lower_bound(first);
    if (next != free_.begin()) {
        const auto before = std::prev(next);
        if (before->first + before->second == first) {
            first = before->first;
            bytes += before->second;
            remove_free(before);
        }
    }
    free_.emplace(first, bytes);
    free_by_size_.emplace(bytes, first);
}

void CpuAllocator::remove_free(std::map<Address, std::size_t>::iterator place) {
    free_by_size_.erase({place->second, place->first});
    free_.erase(place);
}

void CpuAllocator::give_back() {
    const std::lock_guard lock(mutex_);
    give_back_locked();
}

// Whole huge pages alone: a part of one would only break it up.
void CpuAllocator::give_back_locked() {
    for (const auto& [first, bytes] : free_) {
        const auto begin = rounded(first, kHuge), end = (first + bytes) / kHuge * kHuge;
        if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
}

std::size_t CpuAllocator::used_bytes() const {
    const std::lock_guard lock(mutex_);
    return used_;
}

std::size_t CpuAllocator::kept_bytes() const {
    const std::lock_guard lock(mutex_);
    return end_ - begin_;
}

namespace {

[[maybe_unused]] const bool is_in_force = [] {
    c10::SetCPUAllocator(&CpuAllocator::instance());
    return true;
}();

}  // namespace

}  // namespace lorikeet::tensor
