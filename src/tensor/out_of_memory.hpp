// Telling a want of memory from every other trouble, whichever allocator had it.
#pragma once

#include <exception>

namespace lorikeet::tensor {

// std::bad_alloc, c10::OutOfMemoryError, the processor's allocator, and CUDA libraries that got no room to work in.
bool is_out_of_memory(const std::exception& error);

}  // namespace lorikeet::tensor
