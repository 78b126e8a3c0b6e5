#include "train/setup.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/draw_plan.hpp"
#include "tensor/cuda.hpp"
#include "tensor/device.hpp"
#include "train/caption_length.hpp"
#include "train/memory_plan.hpp"
#include "train/preview.hpp"
#include "train/run_samples.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

using base::ErrorCode;

void read_images(Setup& setup, const settings::Job& job, Session& session, RunSaver& saver) {
    session.phase("reading images");
    auto found = data::scan(job.data, session.cancel(),
                            [&](std::size_t done, std::size_t total, const base::Path& file) {
                                session.progress(done, total, file.filename().string());
                            });
    base::fail_if_any(found.errors);
    for (const auto& problem : found.left_out) session.warn(base::to_text({problem}));
    for (const auto& problem : found.news) session.warn(base::to_text({problem}));
    setup.images = std::move(found.images);
    saver.remember(setup.images);
}

// Whoever began the run has seen the plan; what the machine has left may be another matter by now.
void plan_the_memory(Setup& setup, const settings::Job& job, Session& session) {
    std::set<std::string> captions;
    for (const auto& image : setup.images) captions.insert(image.caption);
    auto drawn = job;  // a batch holds no more than an epoch has
    const auto draws = data::draw_plan_of(setup.images, job.data, 0);
    drawn.data.batch = draws.largest_batch();
    const auto plan = plan_memory(drawn, static_cast<std::int64_t>(captions.size()), {},
                                  data::reading_bytes(setup.images, job.data));
    setup.plan = plan.forecast.plan;
    if (!plan.unknown.empty()) session.warn(plan.unknown);
    if (!plan.choice.empty()) session.warn(plan.choice);
    if (!plan.fits) session.warn(plan.why + " " + plan.advice);
}

// Images, memory and model: what has to be there.
void take_inputs(Setup& setup, const settings::Job& job, Session& session, RunSaver& saver) {
    read_images(setup, job, session, saver);
    session.next_phase("loading");
    plan_the_memory(setup, job, session);
    setup.recipe = load_recipe(job);
    for (const auto& line : setup.recipe.news) session.note(line);
    if (const auto cut = cut_captions(setup.recipe.model->token_counter(), job, setup.images))
        session.warn(base::to_text({*cut}));
    const auto texts = texts_of(job.sample);
    const std::vector<std::string> prompts(texts.begin(), texts.end());
    if (const auto words =
            words_on_cut_prompts(setup.recipe.model->token_counter(), prompts, job.model.max_tokens);
        !words.empty())
        session.warn(words);
    saver.remember(*setup.recipe.model);
}

void fill_cache(Setup& setup, const settings::Job& job, Session& session) {
    session.next_phase("caching");
    setup.loader = std::make_unique<data::Loader>(
        setup.images, job.data, static_cast<std::uint64_t>(job.train.seed),
        encoder_of(*setup.recipe.model, [&session](std::string text) { session.warn(std::move(text)); }));
    setup.length = training_length_of(job.train, setup.loader->batches_per_epoch());
    setup.loader->fill_cache(
        [&](std::size_t done, std::size_t total, const base::Path& file) {
            session.progress(done, total, file.filename().string());
        },
        session.cancel());
    if (job.data.cache_latents) setup.recipe.model->release(models::Part::VaeEncoder);
}

// What frozen text encoders make of everything that will be shown, so that they need not stay in memory.
void keep_captions(Setup& setup, const settings::Job& job, Session& session) {
    auto& recipe = setup.recipe;
    if (!recipe.captions->frozen() || !job.data.cache_text) return;
    constexpr std::size_t kMost = 10'000;
    auto captions = setup.loader->captions(setup.length.epochs(), kMost);
    if (captions.empty())
        return session.note(
            fmt::format("There are more than {} captions, since tags are shuffled; the text encoders stay in "
                        "memory and read each as it comes.",
                        kMost));
    captions.merge(texts_of(sampled_by(job, setup.images)));
    session.next_phase("encoding");
    recipe.captions->keep(
        captions, data::cache_folder(job.data, setup.images.front()),
        [&](std::size_t done, std::size_t total) { session.progress(done, total, "captions"); },
        session.cancel());
    recipe.model->release(models::Part::Text);
}

}  // namespace

at::Device device_for_work(const settings::Job& job, Session& session) {
    const auto device = tensor::pick_device(name_of(job.train.device));
    if (job.train.device != settings::DeviceChoice::Auto || device.is_cuda()) return device;
    if (const auto& cuda = tensor::look_for_cuda(); cuda.driver)
        session.warn(fmt::format("{} Training runs on the processor. {}", cuda.cause, cuda.remedy));
    return device;
}

std::string where_moved(const settings::Job& job, const RunDir& run) {
    std::string missing;
    const auto look = [&](const std::string& path, const std::string& setting, std::string_view kind) {
        std::error_code ignored;
        if (!path.empty() && !std::filesystem::exists(path, ignored))
            missing += fmt::format(" --set {}={}", setting, kind);
    };
    if (job.model.checkpoint != "tiny") look(job.model.checkpoint, "model.checkpoint", "FILE");
    look(job.model.vae, "model.vae", "FILE");
    look(job.adapter.start_from, "adapter.start_from", "FILE");
    for (std::size_t i = 0; i < job.data.subsets.size(); ++i)
        look(job.data.subsets[i].folder, fmt::format("data.subsets.{}.folder", i), "FOLDER");
    if (missing.empty()) return {};
    return fmt::format("If it was moved, say where it is now: lorikeet resume {}{}.", run.path().string(),
                       missing);
}

Setup set_up(const settings::Job& job, Session& session, RunSaver& saver) {
    Setup setup;
    take_inputs(setup, job, session, saver);
    fill_cache(setup, job, session);
    keep_captions(setup, job, session);
    return setup;
}

}  // namespace lorikeet::train
