// No idle setting: each one is changed, a run is made, and something that the run did must differ. What a run did is
// numbers that came out of it: losses, tensors, pixels, counts. Never a print-out of the settings, which would prove
// nothing (names of files that are made of them, texts in files, keys of the cache), and nothing that is different each
// time anyway: the same job twice has to give the same digest. Settings that are said to change the speed alone have
// to leave what was trained as it was, bit for bit.
#include <map>
#include <set>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "io/image.hpp"
#include "io/safetensors.hpp"
#include "settings/check.hpp"
#include "support/kohya_files.hpp"
#include "support/rgba_png.hpp"
#include "support/small_job.hpp"
#include "train/loop.hpp"
#include "train/precision_choice.hpp"

namespace lorikeet::train {
namespace {

namespace fs = std::filesystem;

// What a run did. `trained`: what came out of it; `way`: that and how it went about it.
class Digest : public base::EventSink {
  public:
    void take(const base::Event& event) override {
        way += event.kind;
        for (const auto* name : {"step", "total_steps", "done", "total", "recompute", "parts"})
            if (const auto* value = event.find(name))
                way += std::holds_alternative<bool>(*value) ? fmt::format(" {}", std::get<bool>(*value))
                                                            : fmt::format(" {}", event.number(name));
        if (event.kind == "phase") way += " " + event.text("name");
        way += "\n";
        if (event.kind == "metrics")
            trained += fmt::format("{} {:a} {:a}\n", event.number("step"), event.number("loss"),
                                   event.number("grad_norm"));
        if (event.kind == "validation") way += fmt::format("validation {:a}\n", event.number("loss"));
        if (event.kind == "metrics") losses.push_back(event.number("loss"));
    }
    // Below one of the folders of the test, such as "runs".
    void add_files(const fs::path& folder) {
        std::set<fs::path> files;
        if (fs::exists(folder))
            for (const auto& entry : fs::recursive_directory_iterator(folder))
                if (entry.is_regular_file()) files.insert(entry.path());
        std::multiset<std::string> found;
        for (const auto& file : files) found.insert(of_file(file, fs::relative(file, folder.parent_path())));
        for (const auto& line : found) way += line + "\n";
    }
    // The tensors of the LoRAs that are there, and the pixels of samples.
    std::string trained, way;
    std::vector<double> losses;
    bool failed = false;  // with an error of its own, as "on" does where something is not possible

  private:
    std::string of_file(const fs::path& file, const fs::path& relative) {
        const auto place = file.parent_path().filename().string();
        if (file.extension() == ".png") {
            const auto image = io::read_image(file);
            const auto pixels = base::sha256(std::as_bytes(std::span(image.rgb)));
            trained += fmt::format("image {}\n", pixels);
            return fmt::format("{} of {} x {}", pixels, image.width_px, image.height_px);
        }
        if (file.extension() == ".safetensors") {
            const auto payload = payload_of(file);
            if (place == "checkpoints") trained += fmt::format("lora {}\n", payload);
            // A name in the cache is made of settings; that of a LoRA is something that a run did.
            const auto name = place == "checkpoints" ? relative.string() : relative.begin()->string();
            return fmt::format("{} {}", name, payload + comment_of(file));
        }
        if (place == "tensorboard") return (relative.parent_path() / "events").string();  // named by the time
        return relative.string();
    }
    static std::string payload_of(const fs::path& path) {
        const io::SafetensorsFile file(path);
        std::string shapes;  // the same bytes in another shape are another thing
        for (const auto& entry : file.entries())
            shapes += fmt::format("{} {}\n", entry.name, entry.shape.size());
        return base::sha256(file.payload()) + base::sha256(shapes);
    }
    static std::string comment_of(const fs::path& path) {
        const io::SafetensorsFile file(path);
        const auto at = file.metadata().find("ss_training_comment");
        return at == file.metadata().end() ? "" : at->second;
    }
};

struct Try {
    std::string value;                                        // another one than the base job's
    std::vector<std::pair<std::string, std::string>> within;  // what has to be set for it to matter
};

class ConsumedSlow : public ::testing::Test {
  protected:
    ConsumedSlow() {
        const auto images = small_.folder() / "pictures";
        fs::remove(images / "image3.txt");
        base::write_whole(images / "image0.txt", "a {red|blue} bird, number 0, by night\nanother line");
        base::write_whole(images / "image1.txt", "a bird\u2019s tail, number 1, by night");
        base::write_whole(images / "image2.txt", "a (red bird:1.3), [number 2], by night");
        fs::rename(images / "image4.txt", images / "image4.caption");
        io::write_png(images / "wide.png", {160, 50, std::vector<std::uint8_t>(160 * 50 * 3, 90)});
        base::write_whole(images / "broken.png", "\x89PNG\r\n\x1a\nnothing of an image");
        support::write_kohya_latents(images / "image0.png", {80, 72}, {4, 16, 16}, {0, 3, 64, 60.6});
        std::vector<std::uint8_t> half_clear(80 * 72 * 4, 60);
        for (std::size_t i = 3; i < half_clear.size(); i += 4) half_clear[i] = i % 320 < 160 ? 255 : 0;
        base::write_whole(images / "clear_30_30_12_12.png", support::rgba_png(80, 72, half_clear));
        fs::create_directory(small_.folder() / "masks");
        for (const auto& entry : fs::directory_iterator(images))
            if (entry.path().extension() == ".png" && entry.path().stem() != "broken") {
                auto mask = io::read_image(entry.path());
                for (std::size_t i = 0; i < mask.rgb.size(); ++i) mask.rgb[i] = i % 90 < 40 ? 255 : 0;
                io::write_png(small_.folder() / "masks" / entry.path().filename(), mask);
            }
        fs::copy(images, small_.folder() / "others");
        fs::create_directory(images / "inside");
        fs::copy(images / "image1.png", images / "inside" / "a.png");
        fs::remove(small_.folder() / "others" / "image0.png");
        models::save_random_checkpoint(small_.folder() / "other.safetensors", models::tiny_sd1_spec(),
                                       at::kFloat, 2);
        auto velocity = models::tiny_sd1_spec();
        velocity.prediction = settings::Prediction::Velocity;
        models::save_random_checkpoint(small_.folder() / "velocity.safetensors", velocity, at::kFloat, 1);
    }

    settings::Job base_job() const {
        auto job = small_.job();
        job.train.epochs = 1;
        job.sample.prompts = {{"a bird", "", 1}};
        job.sample.every_steps = 2;
        job.sample.steps = 3;
        return job;
    }

    Digest digest(const settings::Job& job) const {
        fs::remove_all(small_.folder() / "runs");
        fs::remove_all(small_.folder() / "elsewhere");
        fs::remove_all(small_.folder() / "cache");
        Digest digest;
        const base::Cancel cancel;
        try {
            train(job, RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse),
                  Start::Fresh, digest, cancel);
        } catch (const base::Error& error) {
            digest.way += error.what();
            digest.failed = true;
        }
        for (const auto* folder : {"runs", "elsewhere", "cache"}) digest.add_files(small_.folder() / folder);
        digest.way += fmt::format("{} threads\n", at::get_num_threads()) + digest.trained;
        return digest;
    }

    std::string path(std::string_view name) const { return (small_.folder() / name).string(); }

    std::map<std::string, Try> tries() const {
        auto all = tries_of_inputs();
        all.merge(tries_of_variants());
        all.merge(tries_of_captions());
        all.merge(tries_of_the_run());
        return all;
    }
    std::map<std::string, Try> tries_of_inputs() const;    // model, data, adapter
    std::map<std::string, Try> tries_of_variants() const;  // random crops, masks, validation
    std::map<std::string, Try> tries_of_captions() const;
    std::map<std::string, Try> tries_of_the_run() const;  // the rest
    support::SmallJob small_;
};

std::map<std::string, Try> ConsumedSlow::tries_of_inputs() const {
    const std::string subset = "data.subsets.0.";
    return {
        {"model.checkpoint", {path("other.safetensors"), {}}},
        {"model.vae", {path("other.safetensors"), {}}},
        {"model.prediction", {"velocity", {}}},
        {"model.zero_snr", {"on", {{"model.checkpoint", path("velocity.safetensors")}}}},
        {"model.vae_precision", {"bfloat16", {}}},
        {"model.clip_skip", {"2", {}}},
        {"model.max_tokens", {"150", {}}},
        {"data.weighted_captions", {"true", {}}},  // image2.txt has weights
        {"model.token_padding", {"false", {}}},
        {"model.text_cleaning", {"none", {}}},  // image1.txt has a curly quote
        {subset + "folder", {path("others"), {}}},
        {subset + "repeats", {"2", {}}},
        {subset + "trigger", {"zyx", {}}},
        {subset + "flip", {"true", {}}},
        {subset + "resolution", {"128", {}}},
        {subset + "class_words", {"wren", {}}},  // wide.png has no caption
        {subset + "regularisation", {"true", {{"data.subsets.1.folder", path("others")}}}},
        {"data.regularisation_weight",
         {"0.5", {{"data.subsets.1.folder", path("others")}, {"data.subsets.1.regularisation", "true"}}}},
        {"data.buckets", {"false", {}}},
        {"data.bucket_min", {"64", {}}},  // wide.png is trained at 104 x 32 otherwise
        {"data.bucket_max", {"64", {}}},
        {"data.bucket_step", {"32", {}}},
        {"data.bucket_no_upscale", {"true", {}}},
        {"data.resolution", {"128", {}}},
        {"data.batch", {"1", {}}},
        {"data.workers", {"3", {}}},
        {"data.caption_extensions", {".caption", {}}},
        {"data.require_captions", {"true", {}}},
        {"data.strict", {"true", {}}},
        {"data.cache_latents", {"false", {}}},
        {"data.kohya_latents", {"true", {}}},
        {"data.cache_text", {"false", {{"adapter.train_text", "false"}}}},
        {"data.cache_folder", {path("elsewhere"), {}}},
        {"data.crop_hint",
         {"kohya",
          {{"model.checkpoint", support::tiny_sdxl_checkpoint().string()}, {"data.resolution", "64,128"}}}},
        {"adapter.rank", {"2", {}}},
        {"adapter.alpha", {"1", {}}},
        {"adapter.train_unet", {"false", {}}},
        {"adapter.train_text", {"false", {}}},
        {"adapter.dropout", {"0.5", {}}},
        {"adapter.start_from", {path("earlier.safetensors"), {}}},
    };
}

std::map<std::string, Try> ConsumedSlow::tries_of_variants() const {
    const std::string subset = "data.subsets.0.";
    const std::vector<std::pair<std::string, std::string>> for_face_crops{{"data.cache_latents", "false"},
                                                                          {"data.buckets", "false"}};
    return {
        {subset + "random_crop", {"true", {{"data.cache_latents", "false"}}}},
        {subset + "vary_colours", {"true", {{"data.cache_latents", "false"}}}},
        {subset + "face_crop", {"2", for_face_crops}},
        {subset + "alpha_mask", {"true", {}}},  // clear.png has transparency
        {subset + "mask_folder", {path("masks"), {}}},
        {subset + "nested", {"true", {}}},
        {subset + "validation", {"true", {{"data.subsets.1.folder", path("others")}}}},
        {"data.random_crop", {"true", {{"data.cache_latents", "false"}}}},
        {"data.vary_colours", {"true", {{"data.cache_latents", "false"}}}},
        {"data.face_crop", {"2, 4", for_face_crops}},
        {"data.alpha_mask", {"true", {}}},
        {"data.background", {"0, 0, 0", {}}},
        {"data.validation.share", {"0.4", {}}},
        {"data.validation.seed", {"9", {{"data.validation.share", "0.4"}}}},
        {"data.validation.every_epochs", {"0", {{"data.validation.share", "0.4"}, {"train.epochs", "2"}}}},
        {"data.validation.every_steps", {"1", {{"data.validation.share", "0.4"}}}},
    };
}

std::map<std::string, Try> ConsumedSlow::tries_of_captions() const {
    const std::string subset = "data.subsets.0.";
    return {
        {subset + "shuffle_tags", {"true", {}}},
        {subset + "keep_tokens", {"2", {{subset + "shuffle_tags", "true"}}}},
        {subset + "caption_dropout", {"0.9", {}}},
        {subset + "caption_dropout_epochs", {"1", {}}},
        {subset + "prefix", {"a photo of", {}}},
        {subset + "suffix", {"by day", {}}},
        {subset + "wildcards", {"true", {}}},                                          // image0.txt has one
        {subset + "keep_separator", {"number", {{subset + "shuffle_tags", "true"}}}},  // is in each caption
        {subset + "secondary_separator", {"bird", {}}},
        {subset + "tag_dropout", {"0.5", {}}},
        {subset + "tag_warmup", {"5", {}}},
        {subset + "tag_warmup_min", {"2", {{subset + "tag_warmup", "5"}}}},
    };
}

std::map<std::string, Try> ConsumedSlow::tries_of_the_run() const {
    return {
        {"optim.rule", {"adamw8bit", {{"adapter.rank", "64"}}}},  // smaller parameters stay in float32
        {"optim.lr", {"1e-3", {}}},
        {"optim.text_lr", {"1e-3", {}}},
        {"optim.adamw.betas", {"0.5,0.9", {}}},
        {"optim.adamw.eps", {"1e-3", {}}},
        {"optim.adamw.weight_decay", {"0.5", {}}},
        {"optim.schedule.shape", {"linear", {}}},
        {"optim.schedule.warmup", {"2", {}}},
        {"optim.max_grad_norm", {"1e-6", {}}},
        {"noise.offset", {"0.2", {}}},
        {"noise.min_timestep", {"900", {}}},
        {"noise.max_timestep", {"100", {}}},
        {"loss.min_snr", {"0.5", {}}},
        {"loss.divide_by_mask", {"true", {{"data.alpha_mask", "true"}}}},
        {"train.epochs", {"2", {}}},
        {"train.steps", {"1", {}}},
        {"train.accumulate", {"2", {}}},
        {"train.precision", {compute_type_of({}) == at::kFloat ? "bfloat16" : "float32", {}}},
        {"train.seed", {"7", {}}},
        {"train.threads", {"2", {}}},
        {"train.recompute", {"on", {}}},
        {"train.record_steps", {"on", {}}},
        {"sample.prompts.0.text", {"a blue bird", {}}},
        {"sample.prompts.0.negative", {"rain", {}}},
        {"sample.prompts.0.seed", {"2", {}}},
        {"sample.every_steps", {"1", {}}},
        {"sample.at_start", {"true", {}}},
        {"sample.at_end", {"false", {}}},
        {"sample.steps", {"2", {}}},
        {"sample.cfg", {"2", {}}},
        {"sample.sampler", {"euler", {}}},
        {"sample.size", {"128", {}}},
        {"output.name", {"wren", {}}},
        {"output.folder", {path("elsewhere"), {}}},
        {"output.precision", {"float32", {}}},
        {"output.every_epochs", {"1", {{"train.epochs", "2"}}}},
        {"output.every_steps", {"1", {}}},
        {"output.keep_last", {"1", {{"output.every_steps", "1"}, {"train.epochs", "2"}}}},
        {"output.state_every_steps", {"1", {}}},
        {"output.comment", {"a note", {}}},
    };
}

// Settings that no run here can show, each with the reason.
const std::map<std::string, std::string> kExcused = {
    {"train.device", "needs another device; tests/tensor/device_test.cpp asks for one that is not there"},
    {"train.tf32", "only a GPU knows it: tests/tensor/device_test.cpp"},
};

// Settings that change nothing but the time, so that nothing of a run shows them.
const std::map<std::string, std::string> kOnlyTime = {
    {"data.workers", "tests/data/loader_test.cpp has the number of threads"},
};

// Settings of speed that add the same numbers up in another order: the result is the same to rounding.
const std::set<std::string> kRounds = {"train.threads"};

}  // namespace

TEST_F(ConsumedSlow, TheSameJobTwiceDoesTheSame) {
    const auto once = digest(base_job()), again = digest(base_job());
    EXPECT_EQ(once.way, again.way);
    EXPECT_EQ(once.trained, again.trained);
    EXPECT_NE(once.trained.find("lora "), std::string::npos);
    EXPECT_NE(once.trained.find("image "), std::string::npos);
}

// Names, comments and prompts as texts are no proof that a setting does anything.
TEST_F(ConsumedSlow, APrintOutOfSettingsIsNoPartOfIt) {
    const auto usual = digest(base_job());
    for (const auto* text : {"bird", "tiny", "rank"})
        EXPECT_EQ(usual.trained.find(text), std::string::npos) << text;
    EXPECT_EQ(usual.way.find("a bird"), std::string::npos);
}

TEST_F(ConsumedSlow, EverySettingChangesWhatARunDoes) {
    {
        auto earlier = base_job();
        earlier.output.precision = settings::SavePrecision::Float32;
        digest(earlier);
        fs::copy(path("runs/bird/checkpoints/bird.safetensors"), path("earlier.safetensors"));
    }
    const auto all = tries();
    const auto usual = digest(base_job());
    auto job = base_job();
    for (const auto& leaf : settings::leaves(settings::schema<settings::Job>(), &job)) {
        const auto at = all.find(leaf.path);
        if (at == all.end()) {
            EXPECT_TRUE(kExcused.contains(leaf.path)) << leaf.path << " is neither tried nor excused";
            continue;
        }
        auto before = base_job();
        for (const auto& [path, value] : at->second.within) {
            if (path.starts_with("data.subsets.1.")) before.data.subsets.resize(2);
            ASSERT_EQ(settings::apply(before, path, value), std::nullopt) << path;
        }
        auto after = before;
        const auto problem = settings::apply(after, leaf.path, at->second.value);
        ASSERT_EQ(problem, std::nullopt) << leaf.path << ": " << problem->what;
        const auto changed = digest(after), without = at->second.within.empty() ? usual : digest(before);
        if (kOnlyTime.contains(leaf.path)) {
            EXPECT_EQ(changed.way, without.way) << leaf.path << " changes more than the time";
        } else {
            EXPECT_NE(changed.way, without.way) << leaf.path << " changes nothing";
        }
        if (leaf.field->effect != settings::Effect::Speed || changed.failed) continue;
        if (!kRounds.contains(leaf.path)) {
            EXPECT_EQ(changed.trained, without.trained) << leaf.path << " changes what is trained";
            continue;
        }
        ASSERT_EQ(changed.losses.size(), without.losses.size()) << leaf.path;
        for (std::size_t i = 0; i < changed.losses.size(); ++i)
            EXPECT_NEAR(changed.losses[i], without.losses[i], 1e-3 * without.losses[i]) << leaf.path;
    }
}

}  // namespace lorikeet::train
