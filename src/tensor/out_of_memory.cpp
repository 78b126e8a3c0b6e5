#include "tensor/out_of_memory.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <string_view>

#include <c10/util/Exception.h>

namespace lorikeet::tensor {

bool is_out_of_memory(const std::exception& error) {
    if (dynamic_cast<const std::bad_alloc*>(&error) || dynamic_cast<const c10::OutOfMemoryError*>(&error))
        return true;
    // The rest is told by words alone. They are not looked for in what ATen adds: the place, a trace of calls.
    constexpr std::array<std::string_view, 3> kWords{"DefaultCPUAllocator: can't allocate memory",
                                                     "CUBLAS_STATUS_ALLOC_FAILED",
                                                     "CUDNN_STATUS_ALLOC_FAILED"};
    const auto* ours = dynamic_cast<const c10::Error*>(&error);
    const std::string_view text = ours ? std::string_view(ours->what_without_backtrace()) : error.what();
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view words) { return text.find(words) != text.npos; });
}

}  // namespace lorikeet::tensor
