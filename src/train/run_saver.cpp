#include "train/run_saver.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "optim/lr_schedule.hpp"
#include "settings/toml.hpp"
#include "train/choose.hpp"
#include "train/evaluation.hpp"
#include "train/other_place.hpp"
#include "train/provenance.hpp"
#include "train/run_samples.hpp"
#include "train/words.hpp"

namespace lorikeet::train {

using base::ErrorCode;

namespace {

// Where inputs lie, which a state knows by their content.
bool is_place(const std::string& path) {
    return path == "model.checkpoint" || path == "model.vae" || path == "adapter.start_from" ||
           (path.starts_with("data.subsets.") &&
            (path.ends_with(".folder") || path.ends_with(".mask_folder")));
}

std::string in_words(const std::vector<std::string>& sentences) {
    constexpr std::ptrdiff_t kMost = 5;
    if (std::ssize(sentences) <= kMost) return base::join(sentences, "; ");
    const std::vector<std::string> first(sentences.begin(), sentences.begin() + kMost);
    return fmt::format("{}; and {} more", base::join(first, "; "), std::ssize(sentences) - kMost);
}

// What states of the first version know the images by.
std::string fingerprint_1(const std::vector<data::DatasetImage>& images) {
    base::Sha256 hash;
    for (const auto& image : images)
        hash.add(fmt::format("{}\n{}\n{}\n{}\n", image.file.filename().string(),
                             base::bytes_in(image.file).value_or(0), image.subset, image.caption));
    return hash.hex();
}

}  // namespace

void RunSaver::remember(const std::vector<data::DatasetImage>& images,
                        const std::vector<data::DatasetImage>& held_out) {
    images_ = images;
    held_out_ = std::ssize(held_out);
    started_at_ = fmt::format("{}", base::unix_seconds());
    inputs_.images = facts_of(images);
    for (auto& one : facts_of(held_out)) inputs_.images.push_back(std::move(one));
}

void RunSaver::remember(const models::Model& model) {
    const auto& source = model.source();
    inputs_.checkpoint = weights_fingerprint(source.checkpoint().path);
    inputs_.parts.clear();
    for (const auto& file : source.others()) {
        auto name = file.name();  // that of a second one has a number
        for (int number = 2; inputs_.parts.contains(name); ++number)
            name = fmt::format("{} {}", file.name(), number);
        inputs_.parts[name] = weights_fingerprint(file.path);
    }
    checkpoint_hash_ = std::make_unique<FileHash>(source.checkpoint().held);
}

void RunSaver::start_hashing() {
    if (checkpoint_hash_) checkpoint_hash_->start();
}

// Empty while nobody knows it.
std::string RunSaver::known_sha256() {
    const auto known = checkpoint_hash_ ? checkpoint_hash_->try_get() : std::nullopt;
    if (!known || std::exchange(told_of_hash_, true)) return known.value_or("");
    if (known->empty())
        warn(fmt::format("{} {} files of this run are written without the checkpoint's SHA-256.",
                         checkpoint_hash_->why(), result()));
    else if (!sha256_before_.empty() && sha256_before_ != *known)
        warn(
            "The checkpoint is not byte for byte the file that this run was begun with; names, shapes and "
            "samples "
            "of its weights are the same.");
    return *known;
}

void RunSaver::save_state_to(const base::Path& file, State state) {
    state.job = settings::write_job(job_);
    inputs_.checkpoint_sha256 = known_sha256();
    if (inputs_.checkpoint_sha256.empty()) inputs_.checkpoint_sha256 = sha256_before_;
    state.inputs = to_text(inputs_);
    state.accepted = accepted_;
    train::save_state(file, state);
}

void RunSaver::save_state(State state) {
    const auto step = state.step;
    save_state_to(run_.state_file(), std::move(state));
    // A folder that was deleted meanwhile is a run again: with its job beside the state it can be resumed.
    if (!base::is_there(run_.job_file())) {
        base::write_whole(run_.job_file(), settings::write_job(job_));
        warn(fmt::format(
            "The folder {} was deleted during training. It is back with what a resume needs, from step {}.",
            run_.path().string(), step));
    }
    events_.take({"state", {{"step", step}}});
}

std::vector<std::string> RunSaver::what_changed(const State& state, std::int64_t total_steps) const {
    const auto then = as_begun(settings::read_job(state.job, "the saved state").job);
    // Another end leaves every step until now, and every rate, as it was.
    const bool longer = optim::can_be_stretched(job_.optim.schedule, state.step, total_steps) &&
                        total_steps >= state.step;
    std::vector<std::string> changed;
    for (const auto& change : settings::difference(then, job_, settings::Effect::Results)) {
        const bool end = change.path == "train.steps" || change.path == "train.epochs";
        if ((longer && end) || (!state.inputs.empty() && is_place(change.path))) continue;
        changed.push_back(fmt::format("{} was {} and is {}", change.path, change.before, change.after));
    }
    if (state.inputs.empty()) {  // of the first version
        if (state.images != fingerprint_1(images_)) changed.emplace_back("images or captions are others");
        return changed;
    }
    for (auto& one : differences(parse_run_inputs(state.inputs), inputs_)) changed.push_back(std::move(one));
    return changed;
}

std::optional<State> RunSaver::load_state(std::int64_t total_steps, Differences differences) {
    if (!base::is_there(run_.state_file())) return std::nullopt;
    auto state = train::load_state(run_.state_file());
    if (state.step > total_steps)
        base::fail(
            ErrorCode::Conflict,
            fmt::format("{} of this run {} done, and its settings would end it after {}.",
                        base::counted(state.step, "step"), state.step == 1 ? "is" : "are", total_steps),
            fmt::format(
                "Nothing was changed. Set train.steps or train.epochs to a later end, or start another "
                "run with adapter.start_from; the LoRAs that it saved are in {}.",
                run_.checkpoints().string()));
    const auto changed = what_changed(state, total_steps);
    if (!changed.empty() && differences == Differences::Refuse)
        base::fail(ErrorCode::Conflict,
                   fmt::format("The run was begun with something else, so it cannot simply be resumed: {}.",
                               in_words(changed)),
                   fmt::format("Put it back as it was; or go on with it as it is now, which is recorded in "
                               "the run: lorikeet "
                               "resume {} --accept-changes.",
                               run_.path().string()));
    accepted_ = state.accepted;
    for (const auto& change : changed) accepted_.push_back(fmt::format("step {}: {}", state.step, change));
    if (!changed.empty()) events_.take({"accepted", {{"step", state.step}, {"changes", changed}}});
    if (!state.inputs.empty()) sha256_before_ = parse_run_inputs(state.inputs).checkpoint_sha256;
    return state;
}

void RunSaver::record_job() const {
    const auto text = base::read_text(run_.job_file());
    const auto there = settings::read_job(text, run_.job_file().filename().string());
    const auto changes = settings::difference(there.job, job_);
    if (changes.empty()) return;
    base::write_whole(run_.job_file(), settings::patch_job(text, job_).text);
    for (const auto& change : changes)
        events_.take({"note",
                      {{"text", fmt::format("From here on {} is {}; it was {}.", change.path, change.after,
                                            change.before)}}});
}

base::Path RunSaver::save_file(Recipe& recipe, std::int64_t step, const TrainingLength& length, Hash hash) {
    const auto name = lora_name(job_.output.name, length, step);
    const auto file = run_.checkpoints() / name;
    write_file(file, recipe, step, length, hash);
    tell_file(file, step);
    saved_.add(name, step);
    if (hash == Hash::Awaited) saved_.keep_last(job_.output.keep_last);  // a stop takes nothing away
    return file;
}

base::Path RunSaver::save_final(Recipe& recipe, std::int64_t step, const TrainingLength& length) {
    const auto file = run_.checkpoints() / (job_.output.name + ".safetensors");
    write_file(file, recipe, step, length);
    tell_file(file, step);
    return file;
}

std::optional<base::Path> RunSaver::save_final_elsewhere(Recipe& recipe, std::int64_t step,
                                                         const TrainingLength& length) {
    return write_elsewhere(other_places(run_.path()), job_.output.name + ".safetensors",
                           [&](const base::Path& file) { write_file(file, recipe, step, length); });
}

// The weights first. What is still being worked out is added when they are safe.
void RunSaver::write_file(const base::Path& file, Recipe& recipe, std::int64_t step,
                          const TrainingLength& length, Hash hash) {
    if (!checkpoint_hash_) remember(*recipe.model);
    const auto write = [&](const std::string& sha256) {
        auto metadata =
            recipe.trainee->metadata({job_, recipe, length, images_, started_at_, sha256, step, held_out_});
        if (!accepted_.empty()) metadata["lorikeet.accepted_changes"] = base::join(accepted_, "; ");
        const Evaluation evaluation(recipe);
        recipe.trainee->save(file, scalar_type_of(job_.output.precision), metadata);
    };
    const auto known = known_sha256();
    write(known);
    if (!known.empty() || told_of_hash_ || hash == Hash::IfKnown) return;
    checkpoint_hash_->get();
    const auto sha256 = known_sha256();
    if (sha256.empty()) return;
    try {
        write(sha256);
    } catch (const base::Error& error) {
        warn(fmt::format("{} stays without the checkpoint's SHA-256: {}", file.string(), error.what()));
    }
}

void RunSaver::tell_file(const base::Path& file, std::int64_t step) {
    events_.take({"checkpoint", {{"file", file.string()}, {"step", step}}});
}

std::int64_t RunSaver::make_samples(Recipe& recipe, std::int64_t step, const base::Cancel& cancel) const {
    auto job = job_;
    job.sample = sampled_by(job_, images_);
    return train::make_samples(job, run_, recipe, step, events_, cancel);
}

}  // namespace lorikeet::train
