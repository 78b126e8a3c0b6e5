#include "tensor/precision.hpp"

#include <ATen/autocast_mode.h>

namespace lorikeet::tensor {

Autocast::Autocast(at::DeviceType device, at::ScalarType type)
    : device_(device), active_(type != at::kFloat) {
    if (!active_) return;
    at::autocast::set_autocast_enabled(device_, true);
    at::autocast::set_autocast_dtype(device_, type);
    at::autocast::increment_nesting();
}

Autocast::~Autocast() {
    if (!active_) return;
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(device_, false);
}

}  // namespace lorikeet::tensor
