#include "cli/version.hpp"

namespace lorikeet::cli {

std::string_view version_text() { return "lorikeet " LORIKEET_VERSION; }

}  // namespace lorikeet::cli
