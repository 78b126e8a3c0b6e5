#include "base/cancel.hpp"

#include "base/error.hpp"

namespace lorikeet::base {

void Cancel::throw_if_stopped() const {
    if (stop_requested()) fail(ErrorCode::Interrupted, "Stopped as asked.");
}

}  // namespace lorikeet::base
