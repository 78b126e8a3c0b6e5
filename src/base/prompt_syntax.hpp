// Signs that generators (A1111, ComfyUI and their heirs) understand in a prompt, where a tokenizer sees letters.
#pragma once

#include <string>
#include <string_view>

namespace lorikeet::base {

// "\(" and "\)", "\[" and "\]" are how a plain bracket is written in a prompt; taggers write captions so too. Other
// backslashes stay.
std::string unescape_brackets(std::string_view text);

// The first "(word:1.2)" or "((word))"; empty when there is none.
std::string_view first_weight(std::string_view text);
// The first "(word)" that is neither a weight nor escaped; empty when there is none.
std::string_view first_bare_brackets(std::string_view text);
// The first "{one|other}" or "__name__"; empty when there is none.
std::string_view first_wildcard(std::string_view text);

}  // namespace lorikeet::base
