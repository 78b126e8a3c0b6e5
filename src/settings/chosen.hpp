// Settings that may be left open are chosen from the model and the images (train/choose.hpp); what works with a job reads
// them after that.
#pragma once

#include <optional>

#include "base/error.hpp"

namespace lorikeet::settings {

// Throws Error{Internal} when it is still open.
template <class T>
const T& chosen(const std::optional<T>& setting) {
    base::expects(setting.has_value(), "a setting was read before it was chosen");
    return *setting;
}

}  // namespace lorikeet::settings
