// A value of the wrong kind, told in words: for the reader of files and for settings given as text.
#pragma once

#include <string>
#include <string_view>

#include "settings/check.hpp"
#include "settings/field.hpp"

namespace lorikeet::settings {

// "optim.rule" wants one of ..., found `found`; `value` is what was found where it is a value at all, and
// `among` the section the field belongs to.
WrongSetting mismatch(const Schema& among, const Field& field, const std::string& path,
                      std::string_view found, const Value& value);

// A value in words: text "5e-4", the number 16.0, a list.
std::string say_value(const Value& value);

}  // namespace lorikeet::settings
