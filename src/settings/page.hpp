// Texts made from the descriptions: the page of all settings, and a job file to start from.
#pragma once

#include <string>

namespace lorikeet::settings {

// docs/settings.md, whole. A test compares the two.
std::string reference_page();

// A job file with every setting, its default and what it does, and one folder of images to fill in.
std::string example_job();

}  // namespace lorikeet::settings
