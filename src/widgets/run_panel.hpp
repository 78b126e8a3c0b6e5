// A run as it is seen while it lives and afterwards: how far it is, its chart, its samples, and what can be asked of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "studio/workspace.hpp"
#include "widgets/chart.hpp"
#include "widgets/download.hpp"
#include "widgets/page.hpp"
#include "widgets/run_follower.hpp"
#include "widgets/sample_gallery.hpp"

namespace lorikeet::widgets {

class RunPanel {
  public:
    using Say = std::function<void(Mood, const std::string& sentence, const std::string& more)>;
    using Log = std::function<void(const std::vector<std::string>& lines)>;
    RunPanel(PageContext& context, Say say, Log log);

    // Its controls, once; the page shows them under its status line.
    Children take_controls();

    enum class Begun { Here, Before };  // by a button of this page, or earlier
    void follow(const base::Path& run_folder, std::optional<studio::LaunchedRun> launched, Begun begun);
    const base::Path& folder() const { return follower_.folder(); }
    studio::RunState state() const { return state_; }
    bool is_alive() const { return alive_; }
    // Starts a process that goes on with a run, and follows it.
    void resume(const base::Path& run_folder);
    // Another place on the page offers to resume this run: no second button for it here. Empty: none does.
    void leave_resume_of(const base::Path& run_folder);
    Chart& chart() const { return *chart_; }
    SampleGallery& gallery() { return gallery_; }
    std::string facts_html() const { return facts_->html(); }
    Button& button(std::string_view label) const;

  private:
    // How the run stands, in words.
    struct Standing {
        Mood mood;
        std::string sentence, more;
    };
    void make_controls();
    void take(const RunSnapshot& snapshot);
    void take_images(const RunSnapshot& snapshot);
    void take_answers(const RunSnapshot& snapshot);
    void show_progress(const RunSnapshot& snapshot, const Standing& standing);
    void show_buttons(const RunSnapshot& snapshot);
    std::string full_path_of(const RunSnapshot& snapshot) const;
    Standing standing(const RunSnapshot& snapshot) const;
    Standing living(const RunSnapshot& snapshot) const;
    Standing ended(const RunSnapshot& snapshot) const;
    void say_standing(const Standing& standing);
    void say_break(const RunSnapshot& snapshot);
    void ask(studio::RunRequest request, const std::string& said);
    void note(const std::string& said);
    void forget_receipt();

    PageContext& context_;
    Say say_;
    Log log_;
    Children controls_;
    Box* all_ = nullptr;
    Progress* bar_ = nullptr;
    Html* facts_ = nullptr;
    Html* pause_ = nullptr;
    Dropdown* pause_every_ = nullptr;
    Chart* chart_ = nullptr;
    SampleGallery gallery_;
    std::vector<Button*> buttons_;
    Download* download_ = nullptr;
    studio::RunState state_ = studio::RunState::CutOff;
    bool alive_ = false;
    bool seen_alive_ = false;  // its end is news only for who saw it live
    std::string last_said_;
    // What was asked of the run, or what came of it: of this session of this run, and for a while.
    std::string asked_;
    double asked_at_ = 0;
    bool knows_answers_ = false;                   // those of before it was followed were seen
    std::optional<studio::RunRequest> waits_for_;  // was asked and is not answered yet
    std::int64_t answer_seen_ = 0;
    std::string result_;  // the finished LoRA, its full path; empty while there is none
    base::Path resumed_elsewhere_;
    std::vector<std::string> warnings_;
    BackgroundTask asking_;
    RunFollower follower_;
};

}  // namespace lorikeet::widgets
