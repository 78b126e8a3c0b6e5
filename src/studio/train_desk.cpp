#include "studio/train_desk.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <span>

#include <fmt/format.h>

#include "adapters/kind.hpp"
#include "base/text.hpp"
#include "data/caption.hpp"
#include "data/draw_plan.hpp"
#include "data/loader.hpp"
#include "data/scan.hpp"
#include "io/safetensors.hpp"
#include "models/family.hpp"
#include "models/layout.hpp"
#include "models/model.hpp"
#include "settings/toml.hpp"
#include "studio/image_folder.hpp"
#include "studio/plan_notes.hpp"
#include "studio/workspace.hpp"
#include "studio/writable.hpp"
#include "train/caption_cleaning.hpp"
#include "train/caption_length.hpp"
#include "train/choose.hpp"
#include "train/loop.hpp"
#include "train/memory_plan.hpp"
#include "train/precision_choice.hpp"
#include "train/recipe.hpp"
#include "train/run_phases.hpp"
#include "train/run_schedule.hpp"
#include "train/start_from.hpp"
#include "train/training_length.hpp"
#include "train/words.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kCaptionsShown = 3;

// What a part of the plan throws becomes one problem among the others; a stop goes through.
void gather(Plan& plan, const std::string& where, const std::function<void()>& part) {
    try {
        part();
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Interrupted) throw;
        plan.problems.push_back({where, error.what(), error.hint()});
    }
}

void look_at_captions(Plan& plan, const models::Family& family,
                      const std::vector<data::DatasetImage>& images) {
    const auto& job = plan.job;
    const auto tokens = family.make_token_counter();
    for (std::size_t i = 0; i < std::min(kCaptionsShown, images.size()); ++i)
        plan.captions.push_back(shown_caption(*tokens, job, images[i]));
    std::vector<std::string> prompts;
    for (const auto& prompt : job.sample.prompts)
        for (const auto* text : {&prompt.text, &prompt.negative}) prompts.push_back(*text);
    if (auto words = train::words_on_cut_prompts(*tokens, prompts, models::text_options_of(job));
        !words.empty())
        plan.notes.push_back("Samples: " + words);
    for (const auto& news : train::news_of_cleaning(job, images)) plan.notes.push_back(base::to_text({news}));
    const auto cut = train::cut_captions(*tokens, job, images);
    if (!cut) return;
    plan.notes.push_back(base::to_text({*cut}));
    const std::string_view hint = cut->hint;
    constexpr std::string_view kSet = "Set model.max_tokens = ";
    if (hint.starts_with(kSet))
        plan.fixes.push_back(
            {"model.max_tokens",
             std::string(hint.substr(kSet.size(), hint.find('.', kSet.size()) - kSet.size()))});
}

// Chooses the length besides, which follows from them.
std::vector<data::DatasetImage> plan_images(Plan& plan, const models::Spec& spec,
                                            const base::Cancel& cancel) {
    auto found = data::scan(plan.job.data, cancel);
    plan.left_out = std::move(found.left_out);
    plan.problems.insert(plan.problems.end(), found.errors.begin(), found.errors.end());
    for (const auto& news : found.news) plan.notes.push_back(base::to_text({news}));
    std::int64_t generated = 0;
    for (const auto& image : found.images) {
        plan.captions_missing += image.has_caption ? 0 : 1;
        generated += is_generated(image.file) ? 1 : 0;
    }
    if (generated > 0) plan.notes.push_back(words_for_generated(generated));
    gather(plan, "captions", [&] { look_at_captions(plan, *spec.family, found.images); });
    plan.length.images = static_cast<std::int64_t>(found.images.size());
    plan.length.held_out = std::ssize(found.held_out);
    plan.job = train::choose_length(std::move(plan.job), spec, plan.length.images);
    if (found.images.empty() && !found.errors.empty()) return {};  // the reason is said already
    gather(plan, found.images.empty() ? "data.subsets" : "train", [&] {
        const auto draws = data::draw_plan_of(found.images, plan.job.data, 0);
        plan.length.training = train::training_length_of(plan.job.train, draws.batches_per_epoch());
        plan.length.images_per_epoch = draws.draws_per_epoch();
        plan.sizes = trained_sizes(found.images, plan.job.data);
        plan.length.kept_texts =
            std::ssize(train::phases_of(plan.job, found.images, found.held_out).kept_texts);
    });
    return std::move(found.images);
}

void look_at_folder(Plan& plan, const base::Path& folder, const std::string& where,
                    const std::string& remedy) {
    if (auto trouble = trouble_writing_in(folder); !trouble.empty())
        plan.problems.push_back({where, std::move(trouble), remedy});
}

// Said now, not when everything is loaded.
void look_at_cache_folders(Plan& plan, const settings::Job& job, std::span<const data::DatasetImage> images) {
    if (!job.data.cache_latents && !train::wants_text_kept(job)) return;
    std::set<base::Path> folders;
    for (const auto& image : images) folders.insert(data::cache_folder(job.data, image));
    for (const auto& folder : folders)
        look_at_folder(
            plan, folder, "data.cache_folder",
            "Set data.cache_folder to a folder that may be written to; latents and captions are kept there.");
}

struct PlannedModel {
    std::shared_ptr<const models::Spec> spec =
        models::usual_spec();  // of a usual model where this one cannot be read
    bool read = false;
    train::AdapterSize size;
};

void read_spec(Plan& plan, PlannedModel& model) {
    plan.checkpoint = train::checkpoint_file(plan.job.model);
    const io::SafetensorsFile file(plan.checkpoint);
    const auto files = train::part_files_of(plan.job.model);
    for (const auto& own : files) {
        bool opens = false;
        gather(plan, "model.vae", [&] {
            const io::SafetensorsFile vae(own.path);
            opens = true;
        });
        if (!opens) return;
    }
    model.spec = models::spec_of(file, files);
    model.read = true;
}

void note_model(Plan& plan, PlannedModel& model, const settings::Job& wanted) {
    const auto& spec = *model.spec;
    if (auto note = note_on_size(wanted.data.resolution, spec.native_size_px)) {
        plan.notes.push_back(std::move(note->text));
        if (note->fix) plan.fixes.push_back(std::move(*note->fix));
    }
    for (auto& note : train::notes_on(plan.job.model, spec)) plan.notes.push_back(std::move(note));
    const auto unused = models::unused_in(plan.checkpoint, train::part_files_of(plan.job.model));
    if (auto words = models::words_for_unused(unused); !words.empty()) plan.notes.push_back(std::move(words));
    train::terminal_of(plan.job.model.zero_snr, train::prediction_of(plan.job.model.prediction, spec), spec);
    model.size = train::adapter_size(spec, plan.job.adapter);
}

// Which layers go on from a file, and which begin again.
void look_at_start(Plan& plan, PlannedModel& model) {
    if (!model.read) {  // whether it can be read at all
        io::SafetensorsFile(base::Path(plan.job.adapter.start_from));
        return;
    }
    const auto facts = train::start_facts(plan.job.adapter, *model.spec);
    auto ranks = facts.from_file;
    for (const auto& [kind, count] : facts.fresh) ranks[kind] += count;
    const auto& [rank, alpha] = ranks.begin()->first;
    plan.ranks = ranks.size() == 1 && rank > 0 ? fmt::format(" of rank {}, alpha {}", rank, alpha)
                                               : ": " + train::words_for(ranks);
    plan.notes.insert(plan.notes.end(), facts.news.begin(), facts.news.end());
    model.size.numbers = facts.numbers;
}

// Chooses all but the length besides, which follows from it.
PlannedModel plan_model(Plan& plan, const settings::Job& wanted) {
    PlannedModel model;
    plan.job = wanted;
    gather(plan, "model.checkpoint", [&] { read_spec(plan, model); });
    plan.job = train::choose_for_model(wanted, *model.spec);
    if (model.read) gather(plan, "model.checkpoint", [&] { note_model(plan, model, wanted); });
    if (!adapters::kind_of(wanted.adapter).has_rank) plan.ranks = " without a rank";
    if (!wanted.adapter.start_from.empty())
        gather(plan, "adapter.start_from", [&] { look_at_start(plan, model); });
    plan.adapters = model.size.modules;
    return model;
}

void look_at_place(Plan& plan, const settings::Job& job, std::optional<Existing> existing) {
    const base::Path& run = plan.run_folder;
    if (job.output.name.empty()) return;  // the settings say so
    plan.existing = look_at_output(run);
    if (const auto twin = twin_of(run); !plan.existing && twin)
        plan.problems.push_back(
            {"output.name",
             fmt::format("The run {} exists already; its name differs only in characters that nobody sees.",
                         twin->string()),
             "Choose another name (output.name)."});
    if (!plan.existing || !existing) return;
    const bool is_run = plan.existing->is_run;
    const int pid = plan.existing->pid;
    const std::string& another = plan.existing->next_free_name;
    if (pid != 0)
        plan.problems.push_back(
            {"output.name", fmt::format("A training is going on in {} right now.", run.string()),
             fmt::format("Choose another name, such as --name {}, or stop it first: lorikeet stop {}.",
                         another, job.output.name)});
    else if (!is_run)
        plan.problems.push_back({"output.name",
                                 fmt::format("{} is there and is not a run of Lorikeet.", run.string()),
                                 fmt::format("Choose another name, such as --name {}.", another)});
    else if (existing == Existing::Refuse)
        plan.problems.push_back(
            {"output.name", fmt::format("The run {} exists already.", run.string()),
             fmt::format("Choose another name, such as --name {}; go on with it (lorikeet resume {}); "
                         "or replace it with --overwrite.",
                         another, job.output.name)});
}

void look_at_disk(Plan& plan, const settings::Job& job, const PlannedModel& model) {
    plan.disk =
        estimate_disk(job, model.size, plan.length, model.spec->latents(), model.spec->family->text_width);
    gather(plan, "output.folder", [&] { plan.disk_free = base::free_bytes(plan.run_folder); });
    if (plan.disk_free >= plan.disk.total()) return;
    plan.problems.push_back(
        {"output.folder",
         fmt::format("The disk has {} free, and this run would write {}.", base::human_bytes(plan.disk_free),
                     base::human_bytes(plan.disk.total())),
         "Free some space, choose another disk (output.folder), or save less often "
         "(output.every_epochs, output.keep_last)."});
}

void look_at_precision(Plan& plan, const settings::Job& job) {
    gather(plan, "train.device", [&] {
        const auto hardware = train::hardware_for(job.train.device);
        plan.precision = train::choose_precision(job.train.precision, hardware).sentence;
        for (const auto& slow : train::slow_settings(job, hardware)) {
            plan.notes.push_back(fmt::format("{} {}", slow.what, slow.hint));
            plan.fixes.push_back({slow.where, "auto"});
        }
        plan.job = train::with_precision(plan.job);  // as the run's job.toml will have it
    });
}

// Where anything else is wrong there is nothing to forecast.
void look_at_memory(Plan& plan, const std::vector<data::DatasetImage>& images) {
    if (!plan.problems.empty() || plan.checkpoint.empty()) return;
    gather(plan, "memory", [&] { plan.memory = estimate_memory(plan.job, images); });
    if (!plan.memory) return;
    plan.problems.insert(plan.problems.end(), plan.memory->problems.begin(), plan.memory->problems.end());
    if (!plan.memory->choice.empty()) plan.notes.push_back(plan.memory->choice);
}

// Every file by the names that the trainer will give them; of very many the last ones.
std::vector<std::string> files_of(const Plan& plan, const settings::Job& job) {
    constexpr std::size_t kMost = 100;
    constexpr std::int64_t kFurthestBack = 1'000'000;  // steps looked at
    const auto& output = job.output;
    std::vector<std::string> files;
    const auto& length = plan.length.training;
    if (length.total_steps < 1) return files;
    files.push_back(plan.file);
    const auto kept = output.keep_last > 0 ? std::min(kMost, static_cast<std::size_t>(output.keep_last))
                                           : kMost;
    const auto earliest = std::max<std::int64_t>(1, length.total_steps - kFurthestBack);
    for (auto step = length.total_steps - 1; step >= earliest && files.size() <= kept; --step)
        if (train::saves_lora_after(output, length, step))
            files.push_back(
                (plan.run_folder / "checkpoints" / train::lora_name(output.name, length, step)).string());
    std::reverse(files.begin(), files.end());
    return files;
}

void add_notes(Plan& plan, const settings::Job& wanted) {
    auto told = notes_on_settings(wanted, plan.job, plan.length, plan.captions_missing);
    plan.warnings = std::move(told.warnings);
    plan.notes.insert(plan.notes.end(), told.notes.begin(), told.notes.end());
}

// What the trainer will write and generate, by its own schedule.
void count_results(Plan& plan) {
    const auto& length = plan.length.training;
    plan.warmup_steps = train::warmup_steps_of(plan.job.optim.schedule, length);
    plan.file = (plan.run_folder / "checkpoints" / (plan.job.output.name + ".safetensors")).string();
    plan.files = files_of(plan, plan.job);
    plan.samples = train::samples_of(plan.job.sample, length);
    if (plan.length.held_out > 0) plan.validations = train::validations_of(plan.job.data.validation, length);
}

// A time is news, never a reason not to start.
void look_at_pace(Plan& plan, const settings::Job& job) {
    try {
        if (plan.checkpoint.empty()) return;
        plan.pace = PaceBook(PaceBook::usual_file()).estimate(pace_kind_of(job, plan.checkpoint));
        if (plan.pace)
            plan.seconds =
                plan.pace->seconds_per_step *
                (static_cast<double>(plan.length.training.total_steps) + steps_of_samples(job, plan.samples));
    } catch (const base::Error&) {
        plan.pace.reset();
    }
}

// Hears what the run directory hears, for the pace at the end.
class PaceListener : public base::EventSink {
  public:
    explicit PaceListener(base::EventSink& next) : next_(next) {}
    void take(const base::Event& event) override {
        next_.take(event);
        if (event.kind != "metrics") return;
        ++steps_;
        pace_ = event.number("seconds_per_step");
    }
    // Of a few steps alone a pace says nothing.
    void remember(const train::RunDir& dir) const {
        constexpr int kFewest = 10;
        if (steps_ < kFewest) return;
        try {
            const auto job = settings::read_job_file(dir.job_file()).job;  // with what was left open chosen
            const auto kind = pace_kind_of(job, train::checkpoint_file(job.model));
            PaceBook(PaceBook::usual_file()).remember(kind, pace_, job.output.name);
        } catch (const base::Error&) {
            // The checkpoint or the folder went away meanwhile; the run itself is done.
        }
    }

  private:
    base::EventSink& next_;
    int steps_ = 0;
    double pace_ = 0;
};

void tell_trouble(const RunRecord& record, base::EventSink& sink) {
    if (!record.trouble().empty()) sink.take({"warning", {{"text", record.trouble()}}});
}

TrainResult run_in(const train::RunDir& dir, const settings::Job& job, train::Start start,
                   base::EventSink& sink, base::Cancel& cancel) {
    PaceListener listener(sink);
    const auto outcome = train::train(job, dir, start, listener, cancel);
    listener.remember(dir);
    TrainResult result;
    result.run_folder = dir.path();
    result.file = outcome.lora;
    result.step = outcome.step;
    result.stopped = outcome.end == train::Outcome::End::Stopped;
    return result;
}

}  // namespace

// Each asks for what those before it found, and none of them is asked twice.
Plan plan(const settings::Job& wanted, std::optional<Existing> existing, const base::Cancel& cancel) {
    Plan plan;
    plan.run_folder = base::Path(wanted.output.folder) / wanted.output.name;
    look_at_place(plan, wanted, existing);
    if (!wanted.output.name.empty())
        look_at_folder(plan, plan.run_folder, "output.folder",
                       "Choose a folder that you may write to (output.folder).");
    const auto model = plan_model(plan, wanted);
    const auto images = plan_images(plan, *model.spec, cancel);
    look_at_cache_folders(plan, wanted, images);
    plan.choice = train::words_of_choice(wanted, plan.job, *model.spec, plan.length.images);
    add_notes(plan, wanted);
    count_results(plan);
    look_at_disk(plan, plan.job, model);
    look_at_precision(plan, plan.job);
    look_at_memory(plan, images);
    look_at_pace(plan, plan.job);
    return plan;
}

TrainResult train(const settings::Job& job, Existing existing, base::EventSink& sink, base::Cancel& cancel,
                  Others others) {
    const RunRecord record(base::Path(job.output.folder) / job.output.name, others);
    tell_trouble(record, sink);
    const auto dir = train::RunDir::create(job.output.folder, job.output.name, existing);
    return run_in(dir, job, train::Start::Fresh, sink, cancel);
}

TrainResult resume(const base::Path& run_folder, base::EventSink& sink, base::Cancel& cancel,
                   const ResumeWith& with) {
    const RunRecord record(run_folder, with.others);
    tell_trouble(record, sink);
    const auto dir = train::RunDir::open(run_folder);
    auto reading = settings::read_job_file(dir.job_file(), with.changes);
    base::fail_if_any(reading.problems);
    const auto start = with.accept_changes ? train::Start::ResumeAsItIs : train::Start::Resume;
    return run_in(dir, reading.job, start, sink, cancel);
}

}  // namespace lorikeet::studio
