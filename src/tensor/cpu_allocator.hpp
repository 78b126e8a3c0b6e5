// The memory of the processor's tensors: kept between two uses, and made of huge pages.
//
// A training step asks for the same sizes again and again. What malloc takes straight from the system for a large tensor
// goes back when it is freed, and the next one is paid for page by page, a fault and a cleaning each. Here large
// tensors are cut from one range of addresses that grows at its end, the smallest place that fits first; places
// that are freed join their neighbours and stay. What is kept is therefore never more than the most that was in use at once, and what lies
// between; release_unused (tensor/device) gives it back, which is done when a part of a model is let go. Small tensors are
// malloc's, and so are large ones where the range cannot grow: where addresses are limited (ulimit -v, batch systems) it
// is half of what the system grants, or none.
//
// In force in every program that links this room, from its start. Tests that count memory set one of their own.
// Throws   std::bad_alloc where the system gives no more, after what is kept was given back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include <c10/core/Allocator.h>

namespace lorikeet::tensor {

class CpuAllocator : public c10::Allocator {
  public:
    static constexpr std::size_t kLeast = std::size_t{256} << 10;  // smaller ones are malloc's

    CpuAllocator() = default;
    ~CpuAllocator() override;
    CpuAllocator(const CpuAllocator&) = delete;
    CpuAllocator& operator=(const CpuAllocator&) = delete;

    static CpuAllocator& instance();  // the one in force

    c10::DataPtr allocate(std::size_t bytes) override;
    c10::DeleterFnPtr raw_deleter() const override;
    void copy_data(void* to, const void* from, std::size_t bytes) const override;

    // Gives the system the pages that no tensor uses.
    void give_back();

    std::size_t used_bytes() const;  // by tensors in the range
    std::size_t kept_bytes() const;  // addresses taken so far, used or free

  private:
    struct Head;
    using Address = std::uintptr_t;

    Address take(std::size_t bytes);
    void reserve();
    bool grow(std::size_t bytes);
    void add_free(Address first, std::size_t bytes);
    void remove_free(std::map<Address, std::size_t>::iterator place);
    void give_back_locked();
    static void free(void* data);

    mutable std::mutex mutex_;
    bool is_reserved_ = false;                 // asked for; what was refused is not asked for again
    Address begin_ = 0, end_ = 0, limit_ = 0;  // taken so far: [begin_, end_); reserved: up to limit_
    std::size_t used_ = 0;
    std::map<Address, std::size_t> free_;                     // by address
    std::set<std::pair<std::size_t, Address>> free_by_size_;  // the same
};

}  // namespace lorikeet::tensor
