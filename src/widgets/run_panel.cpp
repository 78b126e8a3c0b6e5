#include "widgets/run_panel.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "widgets/plan_words.hpp"

namespace lorikeet::widgets {

using studio::LaunchState;
using studio::RunRequest;
using studio::RunState;

namespace {

constexpr double kBreakShown_s = 300;
constexpr std::array<int, 5> kBreaks{0, 30, 45, 60, 90};  // minutes

using Classes = std::vector<std::string>;

double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string of(std::int64_t done, std::int64_t total) {
    return total > 0 ? fmt::format("{} of {}", done, total) : fmt::format("{}", done);
}

std::vector<std::string> break_words() {
    std::vector<std::string> words{"never"};
    for (std::size_t i = 1; i < kBreaks.size(); ++i)
        words.push_back(fmt::format("every {} minutes", kBreaks[i]));
    return words;
}

// The remedy, and the fields it is about as the form calls them.
std::string with_fields(const std::string& cause, const std::string& hint) {
    const auto fields = fields_named(cause + " " + hint);
    return fields.empty() ? hint : fmt::format("{} ({})", hint, base::join(fields, "; "));
}

double seconds_left(const studio::TrainStatus& status) {
    return std::max(0.0, *status.eta_seconds - (now() - status.eta_at));
}

std::string eta_words(const Glance& glance, bool alive) {
    if (alive) return fmt::format("about {}", base::human_seconds(seconds_left(glance.status)));
    return fmt::format("about {} once it is resumed", base::human_seconds(*glance.status.eta_seconds));
}

std::vector<Fact> run_facts_of(const Glance& glance, bool alive) {
    const auto& status = glance.status;
    std::vector<Fact> facts;
    auto phase = studio::words_for_phase(status);
    if (status.phase != "training" && !status.what.empty()) phase += ": " + status.what;
    facts.push_back({"Phase", phase});
    if (status.total_steps > 0) facts.push_back({"Step", of(status.step, status.total_steps)});
    if (status.total_epochs > 0) facts.push_back({"Epoch", of(status.epoch, status.total_epochs)});
    if (status.began > 0)
        facts.push_back({alive ? "Running for" : "Time trained", base::human_seconds(glance.worked_s)});
    if (status.eta_seconds && (alive || glance.resumable))
        facts.push_back({"Time left", eta_words(glance, alive)});
    if (status.smoothed_loss)
        facts.push_back({"Loss, smoothed", fmt::format("{:.4f}", *status.smoothed_loss)});
    if (status.lr)
        facts.push_back({"Learning rate", status.lr_text ? fmt::format("{:.2e}, text encoder {:.2e}",
                                                                       *status.lr, *status.lr_text)
                                                         : fmt::format("{:.2e}", *status.lr)});
    if (status.seconds_per_step)
        facts.push_back({"Speed", fmt::format("{:.2f} s a step", *status.seconds_per_step)});
    if (status.memory_bytes > 0) facts.push_back({"Memory", base::human_bytes(status.memory_bytes)});
    return facts;
}

}  // namespace

RunPanel::RunPanel(House& house, Say say, Log log)
    : house_(house),
      say_(std::move(say)),
      log_(std::move(log)),
      gallery_(house.looks),
      asking_(house.loop()),
      follower_(house.loop(), house.folder, [this](const Glance& glance) { take(glance); }) {
    make_controls();
}

void RunPanel::make_controls() {
    auto& looks = house_.looks;
    Children all, row;
    const auto add = [&](const char* label, const char* icon, const char* tooltip,
                         std::function<void()> pressed) {
        auto& button = put<Button>(row, looks, Saying{label, tooltip, {}}, icon, std::move(pressed));
        button.enable(Enabled::No);
        buttons_.push_back(&button);
    };
    add("Stop", "stop", "Finishes this step, saves, and stops",
        [this] { ask(RunRequest::Stop, "Stopping after this step; everything is saved first."); });
    add("Save now", "save", "Saves the LoRA as it is now, and goes on",
        [this] { ask(RunRequest::Save, "Saving after this step."); });
    add("Sample now", "picture-o", "Generates samples after this step, and goes on",
        [this] { ask(RunRequest::Sample, "Generating samples after this step."); });
    add("Resume", "play", "Goes on from the last saved step", [this] { resume(folder()); });
    bar_ = &put<Progress>(all, looks, Saying{"", "How far the run is", {"lk-bar"}});
    facts_ = &put<Html>(all, looks, "");
    put<Box>(all, looks, Box::Way::Across, std::move(row), Classes{"lk-buttons"});
    pause_ = &put<Html>(all, looks, "", Classes{"lk-note"});
    for (auto& control : gallery_.take_controls()) all.push_back(std::move(control));
    chart_ = &put<Chart>(all, looks);
    pause_every_ = &put<Dropdown>(
        all, looks, Saying{"Remind me to take a break", {}, {"lk-input", "lk-narrow"}}, break_words());
    const auto minutes = studio::read_preferences(house_.of_person).break_minutes;
    const auto at = std::find(kBreaks.begin(), kBreaks.end(), minutes);
    pause_every_->write(at == kBreaks.end() ? 0 : static_cast<int>(at - kBreaks.begin()));
    pause_every_->on_change = [this] {
        const auto chosen = static_cast<std::size_t>(std::max(0, pause_every_->index()));
        try {
            studio::write_preferences(house_.of_person, {kBreaks.at(chosen)});
        } catch (const base::Error& error) {
            log_({error.what(), error.hint()});
        }
    };
    all_ = &put<Box>(controls_, looks, Box::Way::Down, std::move(all), Classes{"lk-run", "lk-hidden"});
}

Children RunPanel::take_controls() { return std::move(controls_); }

Button& RunPanel::button(std::string_view label) const {
    for (auto* button : buttons_)
        if (button->label() == label) return *button;
    base::fail(base::ErrorCode::Internal, "no such button on the run's panel");
}

void RunPanel::follow(const base::Path& run_folder, std::optional<studio::Launched> launched, Begun begun) {
    alive_ = seen_alive_ = begun == Begun::Here;
    asked_.clear();
    waits_for_.reset();
    answer_seen_ = 0;
    last_said_.clear();
    warnings_.clear();
    state_ = begun == Begun::Here ? RunState::Running : RunState::CutOff;
    chart_->begin(run_folder.filename().string());
    gallery_.clear();
    all_->show(Shown::Yes);
    follower_.follow(run_folder, std::move(launched));
}

// ---- What the run tells

void RunPanel::take(const Glance& glance) {
    if (glance.anew) {
        chart_->begin(folder().filename().string());
        gallery_.clear();
        warnings_.clear();
    }
    const bool was_alive = alive_;
    const auto was = state_;
    state_ = glance.state;
    const bool starting = glance.launch && glance.launch->state == LaunchState::Starting;
    alive_ = state_ == RunState::Running || starting;
    std::vector<ChartPoint> points;
    for (const auto& point : glance.points)
        points.push_back({static_cast<double>(point.step), point.loss, point.smoothed_loss, point.lr,
                          point.seconds_per_step});
    chart_->add(points);
    take_pictures(glance);
    take_answers(glance);
    warnings_.insert(warnings_.end(), glance.warnings.begin(), glance.warnings.end());
    seen_alive_ = seen_alive_ || alive_;
    if (!alive_) {
        asked_.clear();
        waits_for_.reset();
    }
    const auto stands = standing(glance);
    show_progress(glance, stands);
    show_buttons(glance);
    say_standing(stands);
    say_break(glance);
    auto lines = glance.log;
    if (glance.launch && lines.empty()) lines = base::split(glance.launch->said, "\n");
    log_(lines);
    if (was_alive != alive_ || was != state_) house_.tell_runs();
}

void RunPanel::take_pictures(const Glance& glance) {
    for (const auto& [sample, png] : glance.samples)
        chart_->add_sample({sample.step, sample.prompt, sample.file});
    gallery_.add(glance.samples);
}

// What was asked for is confirmed: in the run's own words, or, from a version that says none, when it is there.
void RunPanel::take_answers(const Glance& glance) {
    if (glance.answer) {
        if (glance.answer->number == answer_seen_) return;
        answer_seen_ = glance.answer->number;
        asked_ = glance.answer->text;
        if (glance.answer->answer != "heard" && glance.answer->request != "stop") waits_for_.reset();
        return;
    }
    if (waits_for_ == RunRequest::Save && !glance.checkpoints.empty()) {
        const auto& saved = glance.checkpoints.back();
        asked_ = fmt::format("Saved at step {}: {}", saved.step, saved.file.string());
        waits_for_.reset();
    } else if (waits_for_ == RunRequest::Sample && !glance.samples.empty()) {
        asked_ = fmt::format("Samples of step {} are below.", glance.samples.back().sample.step);
        waits_for_.reset();
    }
}

void RunPanel::show_progress(const Glance& glance, const Standing& stands) {
    const auto& status = glance.status;
    const bool training = status.phase == "training" || status.total == 0 || !alive_;
    if (training)
        bar_->tell(status.step, status.total_steps);
    else
        bar_->tell(status.done, status.total);
    auto facts = run_facts_of(glance, alive_);
    if (!alive_)
        facts.front() = {"State",
                         stands.more.empty() ? stands.sentence : stands.sentence + " " + stands.more};
    facts_->write(facts_table(facts));
}

void RunPanel::show_buttons(const Glance& glance) {
    const bool living = state_ == RunState::Running;
    const bool stops = waits_for_ == RunRequest::Stop;
    button("Stop").enable(living && glance.pid != 0 && !stops ? Enabled::Yes : Enabled::No);
    for (const auto* label : {"Save now", "Sample now"})
        button(label).enable(living && glance.pid != 0 && !stops && !glance.folder_gone ? Enabled::Yes
                                                                                        : Enabled::No);
    for (const auto* label : {"Stop", "Save now", "Sample now"})
        button(label).show(alive_ ? Shown::Yes : Shown::No);
    button("Resume").enable(glance.resumable && !alive_ ? Enabled::Yes : Enabled::No);
    button("Resume").show(glance.resumable && !alive_ && folder() != resumed_elsewhere_ ? Shown::Yes
                                                                                        : Shown::No);
}

RunPanel::Standing RunPanel::standing(const Glance& glance) const {
    if (glance.launch && glance.launch->state == LaunchState::Failed && state_ != RunState::Running)
        return {Mood::Wrong, glance.launch->cause, with_fields(glance.launch->cause, glance.launch->hint)};
    if (glance.folder_gone)
        return {Mood::Wrong, glance.trouble,
                waits_for_ == RunRequest::Stop ? asked_ : "Nothing more can be saved there. Stop ends it."};
    if (!glance.trouble.empty()) return {Mood::Wrong, glance.trouble, ""};
    return alive_ ? living(glance) : ended(glance);
}

RunPanel::Standing RunPanel::living(const Glance& glance) const {
    const auto& status = glance.status;
    auto sentence = fmt::format("{}: {}", folder().filename().string(), studio::words_for_phase(status));
    if (status.total > 0 && status.phase != "training")
        sentence += fmt::format(", {}", of(status.done, status.total));
    else if (status.total_steps > 0)
        sentence += fmt::format(", step {}", of(status.step, status.total_steps));
    auto more = asked_;
    if (!warnings_.empty()) more += (more.empty() ? "" : " ") + warnings_.back();
    return {Mood::Busy, sentence + ".", more};
}

RunPanel::Standing RunPanel::ended(const Glance& glance) const {
    const auto name = folder().filename().string();
    const auto step = glance.end ? glance.end->step : glance.status.step;
    const auto go_on = glance.resumable ? fmt::format("Resume goes on from step {}.",
                                                      std::max<std::int64_t>(glance.state_step, 0))
                                        : std::string("Nothing was saved to resume from.");
    if (state_ == RunState::Finished) {
        const auto file = glance.end && !glance.end->file.empty() ? glance.end->file.string() : glance.result;
        return {Mood::Done, fmt::format("{} is finished.", name), "Written: " + file};
    }
    if (state_ == RunState::Stopped)
        return {Mood::Look, fmt::format("{} stopped at step {}. Everything is saved.", name, step), go_on};
    if (state_ == RunState::Failed && glance.end)
        return {Mood::Wrong, glance.end->text, with_fields(glance.end->text, glance.end->hint)};
    return {Mood::Wrong,
            fmt::format(
                "{} ended at step {} without a message: its process was killed, or the machine went down.",
                name, step),
            go_on};
}

// A living run speaks all the time; how it ended is said once, and stays in the table of facts.
void RunPanel::say_standing(const Standing& stands) {
    if (!alive_ && (!seen_alive_ || stands.sentence + stands.more == last_said_)) return;
    last_said_ = stands.sentence + stands.more;
    say_(stands.mood, stands.sentence, stands.more);
}

// One quiet line, for some minutes, once in each interval; never anything that has to be clicked away.
void RunPanel::say_break(const Glance& glance) {
    const auto chosen = static_cast<std::size_t>(std::max(0, pause_every_->index()));
    const double interval_s = kBreaks.at(chosen) * 60.0;
    const double running_s = glance.session_s;
    const bool due = alive_ && interval_s > 0 && glance.status.began > 0 && running_s >= interval_s &&
                     std::fmod(running_s, interval_s) < kBreakShown_s;
    if (!due) return pause_->write("");
    auto line = std::string("Time for a break.");
    if (glance.status.eta_seconds)
        line += fmt::format(" Training will be done at about {}.",
                            say_time(now() + seconds_left(glance.status)).substr(11));
    pause_->write(escape(line));
}

// ---- What is asked of the run

void RunPanel::ask(RunRequest request, const std::string& said) {
    asked_ = said;
    waits_for_ = request;
    if (request == RunRequest::Stop) button("Stop").enable(Enabled::No);  // once is enough
    say_(Mood::Busy, said, "");
    asking_.start(
        [folder = folder(), request](base::Cancel&) -> Errand::Answer {
            studio::ask_run(folder, request);
            return {};
        },
        [this](const base::Error& error) {
            asked_.clear();
            waits_for_.reset();
            say_(Mood::Wrong, error.what(), error.hint());
        });
}

void RunPanel::resume(const base::Path& run_folder) {
    say_(Mood::Busy, "Resuming.", "");
    button("Resume").enable(Enabled::No);
    asking_.start(
        [this, run_folder, place = studio::LaunchPlace{house_.folder, {}}](base::Cancel&) -> Errand::Answer {
            const auto launched = studio::launch_resume(run_folder, {}, place);
            return [this, launched] {
                follow(launched.run_folder, launched, Begun::Here);
                house_.tell_runs();
            };
        },
        [this](const base::Error& error) {
            say_(Mood::Wrong, error.what(), error.hint());
            house_.tell_runs();
        });
}

void RunPanel::leave_resume_of(const base::Path& run_folder) {
    resumed_elsewhere_ = run_folder;
    if (folder() == run_folder && !run_folder.empty()) button("Resume").show(Shown::No);
}

}  // namespace lorikeet::widgets
