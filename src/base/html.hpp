// Text and images in a page of HTML.
#pragma once

#include <string>
#include <string_view>

namespace lorikeet::base {

// As text between tags and in quoted attributes: nothing of it is read as markup, and no control characters.
std::string html_escaped(std::string_view text);

// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace lorikeet::base
