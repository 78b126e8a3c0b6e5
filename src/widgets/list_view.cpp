#include "widgets/list_view.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

namespace {

// "Folders" -> "folder": what one of them is called.
std::string one_of(const settings::Field& field) {
    auto word = base::to_lower(title_of(field.key));
    if (word.ends_with('s')) word.pop_back();
    return word;
}

}  // namespace

ListView::ListView(SharedStyles& styles, const settings::Field& field, std::string path,
                   std::set<std::string> elsewhere)
    : Box(styles, Way::Down, {}, {"lk-list"}),
      styles_(styles),
      field_(field),
      path_(std::move(path)),
      elsewhere_(std::move(elsewhere)) {}

bool ListView::holds_lead() const {
    return std::any_of(elsewhere_.begin(), elsewhere_.end(),
                       [&](const auto& path) { return path.starts_with(path_ + "."); });
}

void ListView::show_elements(std::size_t count, bool can_undo) {
    const auto fewest = std::max<std::size_t>(field_.range.fewest, holds_lead() ? 1 : 0);
    Children all;
    put<Html>(all, styles_, escape(field_.what), std::vector<std::string>{"lk-note"});
    for (std::size_t i = 0; i < count; ++i) all.push_back(element(i, count > fewest));
    for (auto& control : ending(can_undo)) all.push_back(std::move(control));
    set_children(std::move(all));
}

std::unique_ptr<Control> ListView::element(std::size_t index, bool removable) {
    Children inside;
    const auto name = fmt::format("{} {}", one_of(field_), index + 1);
    put<Html>(inside, styles_, fmt::format("<b>{}</b>", escape(sentence(name, {}))),
              std::vector<std::string>{"lk-heading"});
    for (const auto& field : field_.type->schema().fields) {
        const auto path = fmt::format("{}.{}.{}", path_, index, field.key);
        if (field.is_section() || elsewhere_.contains(path)) continue;
        auto& view = put<FieldView>(inside, styles_, field, path);
        view.input().set_tooltip(full_label(path));
        if (on_made) on_made(view);
    }
    if (removable)
        put<Button>(inside, styles_, ControlText{fmt::format("Remove {}", name), {}, {"lk-quiet"}}, "times",
                    [this, index] { on_remove(index); });
    return std::make_unique<Box>(styles_, Way::Down, std::move(inside),
                                 std::vector<std::string>{"lk-element"});
}

Children ListView::ending(bool can_undo) {
    Children row, all;
    put<Button>(row, styles_, ControlText{fmt::format("Add a {}", one_of(field_)), {}, {}}, "plus",
                [this] { on_add(); });
    if (can_undo)
        put<Button>(row, styles_,
                    ControlText{fmt::format("Bring the removed {} back", one_of(field_)), {}, {}}, "undo",
                    [this] { on_undo(); });
    put<Box>(all, styles_, Way::Across, std::move(row), std::vector<std::string>{"lk-buttons"});
    trouble_ = &put<Html>(all, styles_, "", std::vector<std::string>{"lk-note"});
    return all;
}

void ListView::say(const std::vector<Trouble>& troubles) {
    std::string text;
    for (const auto& trouble : troubles)
        text += fmt::format("<div class=\"lk-wrong\"><span aria-hidden=\"true\">\u26a0</span> {}</div>",
                            escape(trouble.what));
    if (trouble_ != nullptr) trouble_->write(text);
}

}  // namespace lorikeet::widgets
