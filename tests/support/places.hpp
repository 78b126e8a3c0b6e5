// Where the checkout lies and where it was built. Said in one file alone (main.cpp), so that every other test compiles
// to the same object in every checkout.
#pragma once

#include <filesystem>

namespace lorikeet::support {

std::filesystem::path root();
std::filesystem::path build_folder();

}  // namespace lorikeet::support
