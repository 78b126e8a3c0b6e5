#include "widgets/lora_field.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "widgets/path_picker.hpp"

namespace lorikeet::widgets {

using Classes = std::vector<std::string>;

namespace {

constexpr std::string_view kLoraKey = "page.lora", kNewestKey = "page.newest",
                           kByHandKey = "page.lora_by_hand";

std::string kept_text(const Texts& typed, std::string_view key) {
    const auto at = typed.find(key);
    return at == typed.end() ? std::string() : at->second;
}

}  // namespace

std::string listed_name(const studio::ListedModel& lora) {
    return lora.made.empty() || lora.made == lora.name ? lora.name
                                                       : fmt::format("{} \u2013 {}", lora.name, lora.made);
}

LoraField::LoraField(SharedStyles& styles) {
    Children choice;
    list_ = &put<Dropdown>(
        choice, styles,
        ControlText{"LoRAs found here, the newest first", {}, {"lk-input", "lk-wide", "lk-hidden"}},
        std::vector<std::string>{});
    list_->on_change = [this] { choose_from_list(); };
    auto typed =
        std::make_unique<Text>(styles, ControlText{"LoRA", {}, {"lk-input", "lk-wide"}}, "without a LoRA");
    field_ = typed.get();
    choice.push_back(with_picker(styles, std::move(typed), studio::PathKind::ModelFile, "LoRA"));
    field_->on_change = [this] { by_hand(); };
    newest_button_ = &put<Button>(choice, styles, ControlText{"", {}, {"lk-fix", "lk-hidden"}}, "arrow-up",
                                  [this] { take_newest(); });
    note_ = &put<Html>(choice, styles, "", Classes{"lk-note"});
    control_ = std::make_unique<Box>(styles, Box::Way::Down, std::move(choice), Classes{"lk-group"});
}

void LoraField::restore(const Texts& typed) {
    field_->write(kept_text(typed, kLoraKey));
    newest_ = kept_text(typed, kNewestKey);
    by_hand_ = kept_text(typed, kByHandKey) == "true";
}

void LoraField::keep(Texts& typed) const {
    typed[std::string(kLoraKey)] = field_->value();
    typed[std::string(kNewestKey)] = newest_;
    typed[std::string(kByHandKey)] = by_hand_ ? "true" : "false";
}

// A LoRA that was not there before is what a person comes here to try.
bool LoraField::show(std::vector<studio::ListedModel> found) {
    found_ = std::move(found);
    std::vector<std::string> names;
    for (const auto& lora : found_) names.push_back(listed_name(lora));
    list_->set_options(names, -1);
    list_->show(found_.empty() ? Shown::No : Shown::Yes);
    const bool takes = !found_.empty() && !held_ && !by_hand_ && found_.front().choose != newest_;
    if (takes) {
        newest_ = found_.front().choose;
        field_->write(newest_);
    }
    mark();
    return takes;
}

std::string LoraField::file() const { return std::string(base::trim(field_->value())); }

const studio::ListedModel* LoraField::chosen() const {
    const auto at = std::find_if(found_.begin(), found_.end(),
                                 [&](const auto& lora) { return lora.choose == field_->value(); });
    return at == found_.end() ? nullptr : &*at;
}

std::string LoraField::name() const {
    if (const auto* lora = chosen()) return lora->made.empty() ? lora->name : lora->made;
    return base::Path(file()).stem().string();
}

std::string LoraField::trigger() const {
    const auto* lora = chosen();
    return lora == nullptr ? std::string() : lora->trigger;
}

void LoraField::choose_from_list() {
    const auto index = list_->index();
    if (index < 0 || index >= static_cast<int>(found_.size())) return;
    field_->write(found_[static_cast<std::size_t>(index)].choose);
    by_hand();
}

void LoraField::take_newest() {
    if (found_.empty()) return;
    newest_ = found_.front().choose;
    field_->write(newest_);
    by_hand_ = false;  // the next one is taken by itself again
    mark();
    on_change();
}

void LoraField::by_hand() {
    by_hand_ = true;
    if (!found_.empty()) newest_ = found_.front().choose;  // it was there, and another was wanted
    mark();
    on_change();
}

void LoraField::mark() {
    const auto* lora = chosen();
    list_->write(lora == nullptr ? -1 : static_cast<int>(lora - found_.data()));
    std::string note;
    if (found_.empty())
        note = "No LoRA here yet. Train one, and it appears here.";
    else if (lora != nullptr && !lora->trigger.empty())
        note = fmt::format("Its trigger is {}.", lora->trigger);
    note_->write(escape(note));
    const bool offers = by_hand_ && !found_.empty() && found_.front().choose != newest_;
    newest_button_->show(offers ? Shown::Yes : Shown::No);
    if (offers) newest_button_->set_label(fmt::format("Use the new LoRA: {}", listed_name(found_.front())));
}

}  // namespace lorikeet::widgets
