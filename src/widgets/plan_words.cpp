#include "widgets/plan_words.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>

#include <fmt/format.h>

#include "base/text.hpp"
#include "settings/check.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

namespace {

constexpr std::size_t kListed = 3;  // of what may be a long list

std::string images_words(const studio::Plan& plan) {
    auto text = base::counted(plan.length.images, "image");
    if (plan.length.images_per_epoch != plan.length.images)
        text += fmt::format(", shown {} an epoch", base::counted(plan.length.images_per_epoch, "time"));
    if (plan.length.held_out > 0) text += fmt::format(", {} more for validation", plan.length.held_out);
    text += plan.captions_missing == 0 ? "; each has a caption"
                                       : fmt::format("; {} without a caption", plan.captions_missing);
    return text + ".";
}

std::string time_words(const studio::Plan& plan) {
    if (!plan.pace) return "Unknown until a run like this has been measured on this machine.";
    return fmt::format("About {} ({}).", base::human_seconds(plan.seconds), plan.pace->source);
}

std::string writes_words(const studio::Plan& plan) {
    auto text = fmt::format("{}, {}", plan.file, base::human_bytes(plan.disk.lora_bytes));
    if (plan.files.size() > 1) text += fmt::format("; {} such files in all", plan.files.size());
    if (plan.samples > 0) text += fmt::format("; {}", base::counted(plan.samples, "sample"));
    return text + ".";
}

// What there is for it, then the parts of a training step, the largest ones.
void add_memory(std::vector<Fact>& facts, const studio::MemoryEstimate& memory) {
    facts.push_back(
        {"Memory",
         fmt::format(
             "{} needed at most{}; {}.", base::human_bytes(memory.most_bytes),
             memory.room_bytes > 0 ? fmt::format(", {} free", base::human_bytes(memory.room_bytes)) : "",
             memory.way)});
    std::string parts;
    for (const auto& part : memory.parts)
        parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", part.name, base::human_bytes(part.bytes));
    facts.push_back({"", fmt::format("A step: {}.", parts)});
}

}  // namespace

std::string sentence_of(const studio::Plan& plan) {
    auto text = fmt::format("{}, {}", base::counted(plan.length.images, "image"),
                            base::counted(plan.length.training.total_steps, "step"));
    text += plan.pace ? fmt::format(", about {}", base::human_seconds(plan.seconds))
                      : std::string(", time unknown yet");
    if (plan.memory && plan.memory->most_bytes > 0) {
        text += fmt::format(", {}", base::human_bytes(plan.memory->most_bytes));
        if (plan.memory->room_bytes > 0)
            text += fmt::format(" of {} memory", base::human_bytes(plan.memory->room_bytes));
    }
    if (!plan.left_out.empty())
        text += fmt::format("; {} left out", base::counted(plan.left_out.size(), "image"));
    return text + ".";
}

std::vector<Fact> facts_of(const settings::Job& job, const studio::Plan& plan) {
    const auto& length = plan.length;
    std::vector<Fact> facts;
    facts.push_back({"Name", job.output.name});
    facts.push_back({"Model", job.model.checkpoint});  // as the person wrote it
    facts.push_back({"Images", images_words(plan)});
    if (!plan.sizes.empty()) facts.push_back({"Trained at", studio::words_for(plan.sizes) + "."});
    for (std::size_t i = 0; i < std::min(plan.captions.size(), kListed); ++i)
        facts.push_back({i == 0 ? "Captions" : "",
                         fmt::format("{}: {}{}", plan.captions[i].file,
                                     plan.captions[i].caption.empty() ? "(empty)" : plan.captions[i].caption,
                                     plan.captions[i].unread.empty()
                                         ? ""
                                         : fmt::format(" [not read: {}]", plan.captions[i].unread))});
    for (std::size_t i = 0; i < std::min(plan.left_out.size(), kListed); ++i)
        facts.push_back({i == 0 ? "Skipped" : "", words_for_page(base::to_text({plan.left_out[i]}))});
    if (plan.left_out.size() > kListed)
        facts.push_back({"", fmt::format("and {} more", plan.left_out.size() - kListed)});
    facts.push_back({"Length", fmt::format("{}: {}.", base::counted(length.training.total_steps, "step"),
                                           studio::words_for(length))});
    facts.push_back({"Time", time_words(plan)});
    if (!plan.precision.empty()) facts.push_back({"Precision", plan.precision});
    facts.push_back({"Writes", writes_words(plan)});
    facts.push_back({"Disk", fmt::format("{} needed at most, {} free.", base::human_bytes(plan.disk.total()),
                                         base::human_bytes(plan.disk_free))});
    if (plan.memory && plan.memory->most_bytes > 0) add_memory(facts, *plan.memory);
    return facts;
}

std::string html_of_plan(const studio::Plan& plan) {
    auto html = fmt::format("<div class=\"lk-plan\">{}</div>", escape(sentence_of(plan)));
    if (!plan.choice.empty()) html += fmt::format("<div>{}</div>", escape(plan.choice));
    for (const auto& warning : plan.warnings)
        html += fmt::format("<div class=\"lk-wrong\"><span aria-hidden=\"true\">\u26a0</span> {}</div>",
                            escape(words_for_page(warning)));
    for (const auto& note : plan.notes)
        html += fmt::format("<div><span aria-hidden=\"true\">\u25cb</span> {}</div>",
                            escape(words_for_page(note)));
    return html;
}

std::vector<Fact> facts_of(const base::Path& folder, const studio::ExistingOutput& there) {
    std::vector<Fact> facts;
    facts.push_back({"There already", fmt::format("{}, {}, last changed {}", folder.string(),
                                                  base::human_bytes(there.bytes), say_time(there.changed))});
    for (std::size_t i = 0; i < std::min(there.files.size(), kListed); ++i)
        facts.push_back({i == 0 ? "In it" : "", fmt::format("{}, {}, {}", there.files[i].name,
                                                            base::human_bytes(there.files[i].bytes),
                                                            say_time(there.files[i].changed))});
    if (there.files.size() > kListed)
        facts.push_back({"", fmt::format("and {} more", there.files.size() - kListed)});
    if (there.pid != 0) facts.push_back({"Note", "A training is running there now."});
    if (!there.is_run) facts.push_back({"Note", "It is not a Lorikeet run, so it is never replaced."});
    return facts;
}

std::string say_time(double unix_seconds) {
    const auto seconds = static_cast<std::time_t>(unix_seconds);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min);
}

std::string say_rate(double rate) {
    constexpr int kMostDecimals = 12;
    if (!std::isfinite(rate) || rate <= 0) return fmt::format("{:g}", rate);
    if (rate < 1e-6) return fmt::format("{:.3g}", rate);  // nobody counts the zeros
    const int decimals = std::clamp(2 - static_cast<int>(std::floor(std::log10(rate))), 0, kMostDecimals);
    auto text = fmt::format("{:.{}f}", rate, decimals);
    if (text.find('.') != std::string::npos) text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

std::vector<std::string> fields_named(std::string_view text) {
    std::vector<std::string> labels;
    const settings::Job job;
    for (const auto& leaf : settings::leaves(settings::schema<settings::Job>(), &job))
        if (text.find(leaf.path) != std::string_view::npos) labels.push_back(full_label(leaf.path));
    return labels;
}

}  // namespace lorikeet::widgets
