// How this process gets its memory from the system, and when it gives it back.
#pragma once

#include <cstddef>

namespace lorikeet::base {

// To be called first in main(). What is freed stays with the process instead of going back to the system after every
// large tensor: a training step asks for the same sizes again and again, and fresh pages cost a fault and a cleaning
// each. Of six steps of a full-size model 10 to 13 s were spent in the system without it, 3 to 6 with it.
void keep_freed_memory();

// Gives it back after all: between two kinds of work that do not ask for the same sizes.
void give_back_freed_memory();

// Asks that this memory, not yet written to, be made of huge pages. A wish: where there are none nothing changes.
void prefer_huge_pages(void* begin, std::size_t bytes);

}  // namespace lorikeet::base
