// What a struct of settings needs to know of its own description: the words of a choice, and the name of the
// listener it is told to. So the structs stay light; field.hpp has the rest.
#pragma once

#include <string_view>

namespace lorikeet::settings {

// One member of an enum: the word in files and forms, and a sentence. `kohya` is sd-scripts' word for it.
// `Choice say(E)` gives it for every enum E among the settings; members count from 0 without gaps, and a
// number beyond the last gives an empty word.
struct Choice {
    std::string_view word, what, kohya = {};
};

template <class S>
class Section;  // field.hpp

}  // namespace lorikeet::settings
