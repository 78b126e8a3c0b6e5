#include "widgets/run_panel.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "widgets/plan_words.hpp"

namespace lorikeet::widgets {

using studio::LaunchState;
using studio::RunRequest;
using studio::RunState;

namespace {

constexpr double kBreakShown_s = 300;
constexpr double kReceiptShown_s = 60;                    // "Saved after step 36." is news for a while
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

std::string eta_words(const RunSnapshot& snapshot, bool alive) {
    if (alive) return fmt::format("about {}", base::human_seconds(seconds_left(snapshot.status)));
    return fmt::format("about {} once it is resumed", base::human_seconds(*snapshot.status.eta_seconds));
}

std::vector<Fact> run_facts_of(const RunSnapshot& snapshot, bool alive) {
    const auto& status = snapshot.status;
    std::vector<Fact> facts;
    auto phase = studio::words_for_phase(status);
    if (status.phase != "training" && !status.what.empty()) phase += ": " + status.what;
    facts.push_back({"Phase", phase});
    if (status.total_steps > 0) facts.push_back({"Step", of(status.step, status.total_steps)});
    if (status.total_epochs > 0) facts.push_back({"Epoch", of(status.epoch, status.total_epochs)});
    if (status.began > 0)
        facts.push_back({alive ? "Running for" : "Time trained", base::human_seconds(snapshot.worked_s)});
    if (status.eta_seconds && (alive || snapshot.resumable))
        facts.push_back({"Time left", eta_words(snapshot, alive)});
    if (status.smoothed_loss)
        facts.push_back({"Loss, smoothed", fmt::format("{:.4f}", *status.smoothed_loss)});
    if (status.validation_loss)
        facts.push_back({"Validation loss", fmt::format("{:.4f}", *status.validation_loss)});
    if (status.lr)
        facts.push_back({"Learning rate", status.lr_text
                                              ? fmt::format("{}, text encoder {}", say_rate(*status.lr),
                                                            say_rate(*status.lr_text))
                                              : say_rate(*status.lr)});
    if (status.seconds_per_step)
        facts.push_back({"Speed", fmt::format("{:.2f} s a step", *status.seconds_per_step)});
    if (status.memory_bytes > 0) facts.push_back({"Memory", base::human_bytes(status.memory_bytes)});
    return facts;
}

}  // namespace

RunPanel::RunPanel(PageContext& context, Say say, Log log)
    : context_(context),
      say_(std::move(say)),
      log_(std::move(log)),
      gallery_(context.styles),
      asking_(context.loop()),
      follower_(context.loop(), context.folder, [this](const RunSnapshot& snapshot) { take(snapshot); }) {
    make_controls();
}

void RunPanel::make_controls() {
    auto& styles = context_.styles;
    Children all, row;
    const auto add = [&](const char* label, const char* icon, const char* tooltip,
                         std::function<void()> pressed) {
        auto& button = put<Button>(row, styles, ControlText{label, tooltip, {}}, icon, std::move(pressed));
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
    add("Copy path", "copy", "", [this] {
        if (!result_.empty()) say_(Mood::Done, "Copied: " + result_, "");
    });
    button("Copy path").mark("lk-copy", true);  // the window copies what its tooltip says: see web/page.js
    download_ = &put<Download>(row, styles, context_.workspace);
    bar_ = &put<Progress>(all, styles, ControlText{"", "How far the run is", {"lk-bar"}});
    put<Box>(all, styles, Box::Way::Across, std::move(row), Classes{"lk-buttons"});
    pause_ = &put<Html>(all, styles, "", Classes{"lk-note"});
    for (auto& control : gallery_.take_controls()) all.push_back(std::move(control));
    facts_ = &put<Html>(all, styles, "");
    chart_ = &put<Chart>(all, styles);
    pause_every_ = &put<Dropdown>(
        all, styles, ControlText{"Remind me to take a break", {}, {"lk-input", "lk-narrow"}}, break_words());
    const auto minutes = studio::read_preferences(context_.of_person).break_minutes;
    const auto at = std::find(kBreaks.begin(), kBreaks.end(), minutes);
    pause_every_->write(at == kBreaks.end() ? 0 : static_cast<int>(at - kBreaks.begin()));
    pause_every_->on_change = [this] {
        const auto chosen = static_cast<std::size_t>(std::max(0, pause_every_->index()));
        try {
            studio::write_preferences(context_.of_person, {kBreaks.at(chosen)});
        } catch (const base::Error& error) {
            log_({error.what(), error.hint()});
        }
    };
    all_ = &put<Box>(controls_, styles, Box::Way::Down, std::move(all), Classes{"lk-run", "lk-hidden"});
}

Children RunPanel::take_controls() { return std::move(controls_); }

Button& RunPanel::button(std::string_view label) const {
    for (auto* button : buttons_)
        if (button->label() == label) return *button;
    base::fail(base::ErrorCode::Internal, "no such button on the run's panel");
}

void RunPanel::follow(const base::Path& run_folder, std::optional<studio::LaunchedRun> launched,
                      Begun begun) {
    alive_ = seen_alive_ = begun == Begun::Here;
    forget_receipt();
    answer_seen_ = 0;
    knows_answers_ = false;
    last_said_.clear();
    warnings_.clear();
    state_ = begun == Begun::Here ? RunState::Running : RunState::CutOff;
    chart_->begin(run_folder.filename().string());
    gallery_.clear();
    all_->show(Shown::Yes);
    follower_.follow(run_folder, std::move(launched));
}

// ---- What the run tells

void RunPanel::take(const RunSnapshot& snapshot) {
    if (snapshot.again) {
        chart_->begin(folder().filename().string());
        gallery_.clear();
        warnings_.clear();
        forget_receipt();
    }
    const bool was_alive = alive_;
    const auto was = state_;
    state_ = snapshot.state;
    const bool starting = snapshot.launch && snapshot.launch->state == LaunchState::Starting;
    alive_ = state_ == RunState::Running || starting;
    std::vector<ChartPoint> points;
    for (const auto& point : snapshot.points)
        points.push_back({static_cast<double>(point.step), point.loss, point.smoothed_loss, point.lr,
                          point.seconds_per_step, point.validation_loss});
    chart_->add(points);
    take_images(snapshot);
    take_answers(snapshot);
    warnings_.insert(warnings_.end(), snapshot.warnings.begin(), snapshot.warnings.end());
    seen_alive_ = seen_alive_ || alive_;
    if (!alive_) forget_receipt();
    const auto stands = standing(snapshot);
    show_progress(snapshot, stands);
    show_buttons(snapshot);
    say_standing(stands);
    say_break(snapshot);
    auto lines = snapshot.log;
    if (snapshot.launch && lines.empty()) lines = base::split(snapshot.launch->said, "\n");
    log_(lines);
    if (was_alive != alive_ || was != state_ || !snapshot.checkpoints.empty()) context_.tell_runs();
}

void RunPanel::take_images(const RunSnapshot& snapshot) {
    for (const auto& [sample, png] : snapshot.samples)
        chart_->add_sample({sample.step, sample.prompt, sample.file});
    gallery_.add(snapshot.samples);
}

void RunPanel::note(const std::string& said) {
    asked_ = said;
    asked_at_ = now();
}

void RunPanel::forget_receipt() {
    asked_.clear();
    waits_for_.reset();
}

// What was asked for is confirmed: in the run's own words, or, from a version that says none, when it is there. A receipt
// belongs to one session of one run: that of an earlier one, or of before anybody looked, says nothing of what goes on now.
void RunPanel::take_answers(const RunSnapshot& snapshot) {
    if (waits_for_ == std::nullopt && now() - asked_at_ > kReceiptShown_s) asked_.clear();
    const bool earlier = !std::exchange(knows_answers_, true);
    if (snapshot.answer) {
        if (snapshot.answer->number == answer_seen_) return;
        answer_seen_ = snapshot.answer->number;
        const bool heard = snapshot.answer->answer == "heard";
        if (snapshot.end || (earlier && !heard)) return;
        note(snapshot.answer->text);
        if (!heard && snapshot.answer->request != "stop") waits_for_.reset();
        return;
    }
    if (std::exchange(answer_seen_, 0) != 0 && waits_for_ == std::nullopt) asked_.clear();  // another session
    if (waits_for_ == RunRequest::Save && !snapshot.checkpoints.empty()) {
        const auto& saved = snapshot.checkpoints.back();
        note(fmt::format("Saved at step {}: {}", saved.step, saved.file.string()));
        waits_for_.reset();
    } else if (waits_for_ == RunRequest::Sample && !snapshot.samples.empty()) {
        note(fmt::format("Samples of step {} are below.", snapshot.samples.back().sample.step));
        waits_for_.reset();
    }
}

void RunPanel::show_progress(const RunSnapshot& snapshot, const Standing& stands) {
    const auto& status = snapshot.status;
    const bool training = status.phase == "training" || status.total == 0 || !alive_;
    if (training)
        bar_->tell(status.step, status.total_steps);
    else
        bar_->tell(status.done, status.total);
    auto facts = run_facts_of(snapshot, alive_);
    if (!alive_)
        facts.front() = {"State",
                         stands.more.empty() ? stands.sentence : stands.sentence + " " + stands.more};
    facts_->write(facts_table(facts));
}

void RunPanel::show_buttons(const RunSnapshot& snapshot) {
    const bool living = state_ == RunState::Running;
    const bool stops = waits_for_ == RunRequest::Stop;
    button("Stop").enable(living && snapshot.pid != 0 && !stops ? Enabled::Yes : Enabled::No);
    for (const auto* label : {"Save now", "Sample now"})
        button(label).enable(living && snapshot.pid != 0 && !stops && !snapshot.folder_gone ? Enabled::Yes
                                                                                            : Enabled::No);
    for (const auto* label : {"Stop", "Save now", "Sample now"})
        button(label).show(alive_ ? Shown::Yes : Shown::No);
    result_ = state_ == RunState::Finished && !alive_ ? full_path_of(snapshot) : std::string();
    download_->offer(result_);
    button("Copy path").set_tooltip(result_);
    button("Copy path").enable(result_.empty() ? Enabled::No : Enabled::Yes);
    button("Copy path").show(result_.empty() ? Shown::No : Shown::Yes);
    button("Resume").enable(snapshot.resumable && !alive_ ? Enabled::Yes : Enabled::No);
    button("Resume").show(snapshot.resumable && !alive_ && folder() != resumed_elsewhere_ ? Shown::Yes
                                                                                          : Shown::No);
}

// Of the finished LoRA; empty when there is none.
std::string RunPanel::full_path_of(const RunSnapshot& snapshot) const {
    const auto file = snapshot.end && !snapshot.end->file.empty() ? snapshot.end->file
                                                                  : base::Path(snapshot.result);
    return file.empty() ? std::string() : (context_.folder / file).lexically_normal().string();
}

RunPanel::Standing RunPanel::standing(const RunSnapshot& snapshot) const {
    if (snapshot.launch && snapshot.launch->state == LaunchState::Failed && state_ != RunState::Running)
        return {Mood::Wrong, snapshot.launch->cause,
                with_fields(snapshot.launch->cause, snapshot.launch->hint)};
    if (snapshot.folder_gone)
        return {Mood::Wrong, snapshot.trouble,
                waits_for_ == RunRequest::Stop ? asked_ : "Nothing more can be saved there. Stop ends it."};
    if (!snapshot.trouble.empty()) return {Mood::Wrong, snapshot.trouble, ""};
    return alive_ ? living(snapshot) : ended(snapshot);
}

RunPanel::Standing RunPanel::living(const RunSnapshot& snapshot) const {
    const auto& status = snapshot.status;
    auto sentence = fmt::format("{}: {}", folder().filename().string(), studio::words_for_phase(status));
    if (status.total > 0 && status.phase != "training")
        sentence += fmt::format(", {}", of(status.done, status.total));
    else if (status.total_steps > 0)
        sentence += fmt::format(", step {}", of(status.step, status.total_steps));
    auto more = asked_;
    if (!warnings_.empty()) more += (more.empty() ? "" : " ") + warnings_.back();
    return {Mood::Busy, sentence + ".", more};
}

RunPanel::Standing RunPanel::ended(const RunSnapshot& snapshot) const {
    const auto name = folder().filename().string();
    const auto step = snapshot.end ? snapshot.end->step : snapshot.status.step;
    const auto go_on = snapshot.resumable ? fmt::format("Resume goes on from step {}.",
                                                        std::max<std::int64_t>(snapshot.state_step, 0))
                                          : std::string("Nothing was saved to resume from.");
    if (state_ == RunState::Finished) {
        const auto file = snapshot.end && !snapshot.end->file.empty() ? snapshot.end->file.string()
                                                                      : snapshot.result;
        return {Mood::Done, fmt::format("{} is finished.", name), "Written: " + file};
    }
    if (state_ == RunState::Stopped)
        return {Mood::Look,
                fmt::format(
                    "{} stopped at step {}. Everything{} is saved.", name, step,
                    snapshot.end && !snapshot.end->unsaved.empty() ? " but " + snapshot.end->unsaved : ""),
                go_on};
    if (state_ == RunState::Failed && snapshot.end)
        return {Mood::Wrong, snapshot.end->text, with_fields(snapshot.end->text, snapshot.end->hint)};
    return {Mood::Wrong,
            fmt::format(
                "{} ended at step {} without a message. It may have run out of memory, or the machine went "
                "down.",
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
void RunPanel::say_break(const RunSnapshot& snapshot) {
    const auto chosen = static_cast<std::size_t>(std::max(0, pause_every_->index()));
    const double interval_s = kBreaks.at(chosen) * 60.0;
    const double running_s = snapshot.session_s;
    const bool due = alive_ && interval_s > 0 && snapshot.status.began > 0 && running_s >= interval_s &&
                     std::fmod(running_s, interval_s) < kBreakShown_s;
    if (!due) return pause_->write("");
    auto line = std::string("Time for a break.");
    if (snapshot.status.eta_seconds)
        line += fmt::format(" Training will be done at about {}.",
                            say_time(now() + seconds_left(snapshot.status)).substr(11));
    pause_->write(escape(line));
}

// ---- What is asked of the run

void RunPanel::ask(RunRequest request, const std::string& said) {
    note(said);
    waits_for_ = request;
    if (request == RunRequest::Stop) button("Stop").enable(Enabled::No);  // once is enough
    say_(Mood::Busy, said, "");
    asking_.start(
        [folder = folder(), request](base::Cancel&) -> BackgroundTask::Answer {
            studio::ask_run(folder, request);
            return {};
        },
        [this](const base::Error& error) {
            forget_receipt();
            say_(Mood::Wrong, error.what(), error.hint());
        });
}

void RunPanel::resume(const base::Path& run_folder) {
    say_(Mood::Busy, "Resuming.", "");
    button("Resume").enable(Enabled::No);
    asking_.start(
        [this, run_folder,
         place = studio::LaunchPlace{context_.folder, {}}](base::Cancel&) -> BackgroundTask::Answer {
            const auto launched = studio::launch_resume(run_folder, {}, place);
            return [this, launched] {
                follow(launched.run_folder, launched, Begun::Here);
                context_.tell_runs();
            };
        },
        [this](const base::Error& error) {
            say_(Mood::Wrong, error.what(), error.hint());
            context_.tell_runs();
        });
}

void RunPanel::leave_resume_of(const base::Path& run_folder) {
    resumed_elsewhere_ = run_folder;
    if (folder() == run_folder && !run_folder.empty()) button("Resume").show(Shown::No);
}

}  // namespace lorikeet::widgets
