#include "train/setup.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "tensor/cuda.hpp"
#include "tensor/device.hpp"
#include "train/caption_cleaning.hpp"
#include "train/caption_length.hpp"
#include "train/memory_plan.hpp"
#include "train/preview.hpp"
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
    setup.held_out = std::move(found.held_out);
    saver.remember(setup.images, setup.held_out);
}

// Whoever began the run has seen the plan; what the machine has left may be another matter by now.
void plan_the_memory(Setup& setup, const settings::Job& job, Session& session) {
    const auto plan = plan_memory(job, setup.images);
    setup.plan = plan.forecast.plan;
    if (!plan.unknown.empty()) session.warn(plan.unknown);
    if (!plan.choice.empty()) session.warn(plan.choice);
    if (!plan.fits) session.warn(plan.why + " " + plan.advice);
}

void tell_what_is_read(const Setup& setup, const settings::Job& job, Session& session) {
    for (const auto& news : news_of_cleaning(job, setup.images)) session.note(base::to_text({news}));
    const auto& tokens = setup.recipe.model->token_counter();
    if (const auto cut = cut_captions(tokens, job, setup.images)) session.warn(base::to_text({*cut}));
    const auto texts = texts_of(job.sample, models::text_options_of(job));
    const std::vector<std::string> prompts(texts.begin(), texts.end());
    if (const auto words = words_on_cut_prompts(tokens, prompts, models::text_options_of(job));
        !words.empty())
        session.warn(words);
}

void load(Setup& setup, const settings::Job& job, Session& session, RunSaver& saver) {
    plan_the_memory(setup, job, session);
    setup.recipe = load_recipe(job);
    for (const auto& line : setup.recipe.news) session.note(line);
    tell_what_is_read(setup, job, session);
    if (setup.phases.too_many_captions)
        session.note(
            fmt::format("There are more than {} captions, since tags are shuffled; the text encoders stay in "
                        "memory and read each as it comes.",
                        kMostKeptTexts));
    saver.remember(*setup.recipe.model);
    const auto encoder =
        encoder_of(*setup.recipe.model, [&session](std::string text) { session.warn(std::move(text)); });
    setup.loader = std::make_unique<data::Loader>(setup.images, job.data,
                                                  static_cast<std::uint64_t>(job.train.seed), encoder);
    if (!setup.held_out.empty())
        setup.validation = std::make_unique<ValidationLoss>(setup.held_out, job, encoder);
    setup.length = training_length_of(job.train, setup.loader->batches_per_epoch());
}

// So that nobody tidies up a cache that is in use. Where the folder cannot be locked, that is so all the same.
void hold_caches(Setup& setup, const settings::Job& job) {
    std::set<base::Path> folders;
    for (const auto* images : {&setup.images, &setup.held_out})
        for (const auto& image : *images) folders.insert(data::cache_folder(job.data, image));
    for (const auto& folder : folders)
        if (auto held = data::CacheLock::try_hold(folder)) setup.held_caches.push_back(std::move(*held));
}

void tell_damaged(std::size_t damaged, std::string_view what, Session& session) {
    if (damaged > 0)
        session.warn(fmt::format("{} in the cache {} damaged, and {} made again.",
                                 base::counted(damaged, what), damaged == 1 ? "was" : "were",
                                 damaged == 1 ? "was" : "were"));
}

void tell_kohya(const data::Loader::Filled& filled, Session& session) {
    if (filled.kohya > 0)
        session.warn(fmt::format(
            "Latents that sd-scripts cached are used for {}. They hold one sample of each image, not its "
            "distribution, and do not tell which VAE made them. Set data.kohya_latents = false to encode the "
            "images.",
            base::counted(filled.kohya, "image")));
    constexpr std::size_t kNamed = 3;
    for (const auto& [why, names] : filled.kohya_refused) {
        const auto named = std::span(names).first(std::min(kNamed, names.size()));
        const auto rest = names.size() - named.size();
        session.warn(fmt::format("Latents by sd-scripts {} are not used ({}{}); {} encoded.", why,
                                 base::join(named, ", "), rest == 0 ? "" : fmt::format(" and {} more", rest),
                                 names.size() == 1 ? "this image is" : "these images are"));
    }
}

void keep_latents(const Setup& setup, Session& session) {
    const auto tell = [&](std::size_t done, std::size_t total, const base::Path& file) {
        session.progress(done, total, file.filename().string());
    };
    auto filled = setup.loader->fill_cache(tell, session.cancel());
    if (setup.validation) {
        const auto held_out = setup.validation->fill_cache(tell, session.cancel());
        filled.damaged += held_out.damaged;
        filled.kohya += held_out.kohya;
        for (const auto& [why, names] : held_out.kohya_refused)
            for (const auto& name : names) filled.kohya_refused[why].push_back(name);
    }
    tell_damaged(filled.damaged, "latent", session);
    tell_kohya(filled, session);
}

// What frozen text encoders make of everything that will be shown, so that they need not stay in memory.
void keep_captions(const Setup& setup, const settings::Job& job, Session& session) {
    const auto damaged = setup.recipe.captions->keep(
        setup.phases.kept_texts, data::cache_folder(job.data, setup.images.front()),
        [&](std::size_t done, std::size_t total) { session.progress(done, total, "captions"); },
        session.cancel());
    tell_damaged(damaged, "caption", session);
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
    for (std::size_t i = 0; i < job.data.subsets.size(); ++i)
        look(job.data.subsets[i].mask_folder, fmt::format("data.subsets.{}.mask_folder", i), "FOLDER");
    if (missing.empty()) return {};
    return fmt::format("If it was moved, say where it is now: lorikeet resume {}{}.", run.path().string(),
                       missing);
}

Setup begin_setup(const settings::Job& job, Session& session, RunSaver& saver) {
    Setup setup;
    read_images(setup, job, session, saver);
    setup.phases = phases_of(job, setup.images, setup.held_out);
    return setup;
}

void set_up(Setup& setup, Phase phase, const settings::Job& job, Session& session, RunSaver& saver) {
    if (phase == Phase::Load) return load(setup, job, session, saver);
    if (phase != Phase::CacheLatents && phase != Phase::CacheText) return;
    if (setup.held_caches.empty()) hold_caches(setup, job);
    if (phase == Phase::CacheLatents) return keep_latents(setup, session);
    return keep_captions(setup, job, session);
}

}  // namespace lorikeet::train
