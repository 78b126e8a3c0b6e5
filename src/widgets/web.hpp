// The files of src/widgets/web, as they were when the program was built. cmake/embed.cmake makes the room's body.
#pragma once

#include <string_view>

namespace lorikeet::widgets {

// "chart.js". Throws Error{Internal} for a name that is not there.
std::string_view web_file(std::string_view name);

}  // namespace lorikeet::widgets
