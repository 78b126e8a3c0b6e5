#include "tag/parts_that_fit.hpp"

#include <algorithm>
#include <exception>

#include "base/error.hpp"
#include "tensor/out_of_memory.hpp"

namespace lorikeet::tag {

namespace {

// Whether there was memory enough. All that was allocated is free again when it returns.
bool has_room_for(const PartsThatFit::Work& work, std::size_t first, std::size_t count) {
    try {
        work(first, count);
    } catch (const std::exception& error) {
        if (!tensor::is_out_of_memory(error)) throw;
        return false;
    }
    return true;
}

}  // namespace

void PartsThatFit::run(std::size_t count, const Work& work) {
    for (std::size_t first = 0; first < count;) {
        const auto some = std::min(most_, count - first);
        if (has_room_for(work, first, some)) {
            first += some;
            continue;
        }
        if (some == 1)
            base::fail(
                base::ErrorCode::NoSpace, "One image needs more memory than there is.",
                "Close other programs, follow fewer beams, or compute on the processor (device = \"cpu\").");
        most_ = some / 2;
    }
}

}  // namespace lorikeet::tag
