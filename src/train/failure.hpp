// Whatever was thrown, as an error of ours: with a cause, a remedy and a code.
#pragma once

#include <exception>
#include <string>

#include "base/error.hpp"

namespace lorikeet::train {

// Our own errors as they are; a want of memory, told of `what` ("This run"); what the file system and LibTorch say, without
// their traces; anything else by its text, as a bug.
base::Error failure_of(const std::exception_ptr& thrown, const std::string& what);

}  // namespace lorikeet::train
