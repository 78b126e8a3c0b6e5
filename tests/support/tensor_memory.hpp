// The memory of CPU tensors, counted byte by byte, and a machine that has too little of it.
//
// From its first use on it stands in for ATen's allocator, and only adds numbers up: tests see what a real machine's
// allocator would be asked for. Libraries' own scratch memory is not in it.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <new>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/CPUAllocator.h>

namespace lorikeet::support {

class TensorMemory : public c10::Allocator {
  public:
    static TensorMemory& instance() {
        static auto* memory = new TensorMemory;  // never goes: tensors may outlive main()
        return *memory;
    }

    std::size_t now() const { return now_; }
    std::size_t peak() const { return peak_; }
    void forget_peak() { peak_ = now_.load(); }

    // From now on what would go above `bytes` is refused by `refuse`, which throws.
    void limit(
        std::size_t bytes, std::function<void()> refuse = [] { throw std::bad_alloc(); }) {
        limit_ = bytes;
        refuse_ = std::move(refuse);
    }
    void lift_limit() { limit_ = kNone; }
    std::size_t refusals() const { return refusals_; }

    c10::DataPtr allocate(std::size_t bytes) override {
        if (now_ + bytes > limit_) {
            ++refusals_;
            refuse_();
        }
        auto* begin =
            static_cast<std::byte*>(std::aligned_alloc(kHead, kHead + (bytes + kHead - 1) / kHead * kHead));
        if (!begin) throw std::bad_alloc();
        std::memcpy(begin, &bytes, sizeof bytes);
        now_ += bytes;
        peak_ = std::max(peak_.load(), now_.load());
        return {begin + kHead, begin + kHead, &give_back, at::kCPU};
    }
    c10::DeleterFnPtr raw_deleter() const override { return &give_back; }
    void copy_data(void* to, const void* from, std::size_t bytes) const override {
        default_copy_data(to, from, bytes);
    }

  private:
    static constexpr std::size_t kHead = 64;  // in front of what is handed out: its size; also its alignment
    static constexpr auto kNone = std::numeric_limits<std::size_t>::max();

    TensorMemory() { c10::SetCPUAllocator(this); }
    static void give_back(void* data) {
        if (!data) return;
        auto* begin = static_cast<std::byte*>(data) - kHead;
        std::size_t bytes = 0;
        std::memcpy(&bytes, begin, sizeof bytes);
        instance().now_ -= bytes;
        std::free(begin);
    }

    std::atomic<std::size_t> now_{0}, peak_{0}, limit_{kNone}, refusals_{0};
    std::function<void()> refuse_;
};

}  // namespace lorikeet::support
