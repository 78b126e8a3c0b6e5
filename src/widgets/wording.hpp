// What a form says of a setting, made from describe() alone: nothing of it is written twice.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "settings/check.hpp"
#include "settings/field.hpp"

namespace lorikeet::widgets {

// "max_grad_norm" -> "Max gradient norm"; the field's short words written out, the unit in brackets behind.
std::string label_of(const settings::Field& field);
std::string title_of(std::string_view key);  // the same without a unit

// How the label of a setting reads with its place: "Folder 2: Repeats", "Optimizer: Learning rate". What stands in front of
// the recipe is called as it is there: "Name", "Checkpoint".
std::string full_label(std::string_view path);
std::string full_label_with_unit(std::string_view path);  // "Images: Resolution (px)"; of a known path

// The lines under a field, as HTML: what it is, what more and less do, what the chosen word and an empty field mean.
std::string note_of(const settings::Field& field, std::string_view text);

// "Only when Shuffle tags is on."; empty for a setting without a condition.
std::string condition_of(const settings::When& when);

// A message with settings as the form calls them: "Set optim.lr = 1e-4." -> "Set \"Learning rate\" to 1e-4."
std::string words_for_page(std::string_view text);

// A value as it stands in a field, and back as settings::apply takes it.
std::string text_of(const settings::Value& value);
std::string applied_text(const settings::Field& field, std::string_view typed);

// "must be above 0, is -1." of "optim.lr" -> "Learning rate must be above 0, is -1."; any other begins with a capital.
std::string sentence(std::string_view predicate, std::string_view path);

// What to write where something of another kind was typed: "Write whole numbers with commas between, as in 512, 768."
std::string how_to_write(const settings::Field& field);

// What settings::apply had to say of a text. A job file is told what it wants in the words of files; a field is told what to
// write into it.
std::string words_for_problem(const settings::Field& field, const std::string& path,
                              const base::Problem& problem);

// What a button that applies a fix says: "Set Max timestep to 1000".
std::string fix_label(const settings::Assignment& fix);

// The field of a setting and the section it belongs to: by the schema alone, so it need not be there yet.
const settings::Field* find_field(std::string_view path);

}  // namespace lorikeet::widgets
