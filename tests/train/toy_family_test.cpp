// A family that exists in tests alone goes the whole way by the code that trains the others.
#include "support/toy_family/toy_family.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "models/file_kind.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"
#include "train/choose.hpp"
#include "train/forecast.hpp"
#include "train/loop.hpp"
#include "train/model_outline.hpp"
#include "train/preview.hpp"
#include "train/start_from.hpp"

namespace lorikeet::train {
namespace {

using support::RunListener;

class ToyFamily : public ::testing::Test {
  protected:
    settings::Job job(bool train_text) const {
        auto job = small_.job();
        job.model.checkpoint = support::toy_checkpoint().string();
        job.adapter.train_text = train_text;
        job.adapter.dropout = 0.1;
        job.data.subsets[0].shuffle_tags = true;
        job.data.subsets[0].caption_dropout = 0.3;
        job.train.precision = settings::Precision::Float32;
        job.train.epochs = {};
        job.train.steps = 5;
        job.sample.prompts = {{"a bird of many words", "no fish", 1}};
        job.sample.size = {32};
        job.sample.steps = 2;
        return job;
    }

    // The LoRA of a run that is stopped behind a step and resumed, or never.
    base::Path trained(settings::Job job, const std::string& name, std::int64_t stop_at) const {
        job.output.name = name;
        const auto run = RunDir::create(job.output.folder, name, RunDir::Existing::Refuse);
        RunListener first([&](const base::Event& event) {
            if (stop_at > 0 && support::is_step(event, stop_at)) first_cancel_->request_stop();
        });
        first_cancel_ = &first.cancel;
        auto outcome = train(job, run, Start::Fresh, first, first.cancel);
        RunListener second;
        if (stop_at > 0) {
            EXPECT_EQ(outcome.end, Outcome::End::Stopped);
            outcome = train(job, run, Start::Resume, second, second.cancel);
        }
        EXPECT_EQ(outcome.end, Outcome::End::Finished);
        EXPECT_EQ((stop_at > 0 ? second : first).of("sample").size(), 1U) << first.said() << second.said();
        return outcome.lora;
    }

    static std::string numbers_in(const base::Path& path) {
        const tensor::WeightFile file(path);
        tensor::NamedTensors tensors;
        for (const auto& entry : file.entries()) tensors[entry.name] = file.get(entry.name);
        return tensor::payload_sha256(tensors);
    }

    support::SmallJob small_;
    support::ToyRegistration toy_;
    mutable base::Cancel* first_cancel_ = nullptr;
};

}  // namespace

TEST_F(ToyFamily, IsRecognisedByItsCheckpoint) {
    const io::SafetensorsFile file(support::toy_checkpoint());
    EXPECT_EQ(models::identify(file).name(), "a Toy checkpoint");
    const auto spec = models::spec_of(file);
    EXPECT_EQ(spec->family, &support::toy_family());
    const auto chosen = choose_for_model({}, *spec);
    EXPECT_EQ(chosen.data.resolution, std::vector<std::int64_t>{32});
    EXPECT_EQ(chosen.data.batch, 2);
    const ModelOutline outline(*spec);
    ASSERT_EQ(outline.trained.size(), 3U);
    EXPECT_EQ(outline.trained.front().name, "lora_te_toy_text_mix");
}

TEST_F(ToyFamily, IsForecastFromItsOwnLayers) {
    const auto forecast = Forecaster(job(true)).of({});
    const std::int64_t trained = 4 * ((16 + 16) + (28 + 24) + (24 + 12));
    EXPECT_EQ(forecast.adapter, trained * 4);
    EXPECT_GT(forecast.weights, 0);
    EXPECT_GT(forecast.activations, 0);
    EXPECT_GT(forecast.sampling, 0);
}

TEST_F(ToyFamily, TrainsSamplesSavesAndResumesBitForBit) {
    for (const bool train_text : {true, false}) {
        const std::string name = train_text ? "both" : "net";
        const auto whole = trained(job(train_text), name, 0);
        for (const std::int64_t stop : {1, 3})
            EXPECT_EQ(numbers_in(trained(job(train_text), name + std::to_string(stop), stop)),
                      numbers_in(whole));
        const tensor::WeightFile lora(whole);
        EXPECT_EQ(lora.file().find("lora_te_toy_text_mix.lora_up.weight") != nullptr, train_text);
        EXPECT_GT(lora.get("lora_unet_toy_net_out.lora_up.weight").abs().max().item<double>(), 0);
        EXPECT_EQ(lora.metadata().at("ss_base_model_version"), "toy_v1");
        EXPECT_EQ(lora.metadata().at("modelspec.prediction_type"), "flow");
        EXPECT_EQ(lora.metadata().at("lorikeet.part_names"), R"({"text encoder":"toy_text.safetensors"})");
    }
}

// It lies in a file of its own beside the checkpoint.
TEST_F(ToyFamily, ItsTextEncoderIsKnownByContentAndMissedByName) {
    const support::TempFolder folder, elsewhere;
    auto stopped = job(true);
    stopped.output.name = "swapped";
    stopped.model.checkpoint = support::save_toy_checkpoint(folder.path()).string();
    const auto run = RunDir::create(stopped.output.folder, "swapped", RunDir::Existing::Refuse);
    RunListener first([&](const base::Event& event) {
        if (support::is_step(event, 1)) first_cancel_->request_stop();
    });
    first_cancel_ = &first.cancel;
    EXPECT_EQ(train(stopped, run, Start::Fresh, first, first.cancel).end, Outcome::End::Stopped);

    const auto refusal = [&](settings::Job resumed) {
        RunListener listener;
        try {
            train(resumed, run, Start::Resume, listener, listener.cancel);
        } catch (const base::Error& error) {
            return std::string(error.what());
        }
        return std::string("it went on");
    };
    support::save_toy_checkpoint(folder.path(), /*text_seed=*/7);
    EXPECT_NE(refusal(stopped).find("resumed: the text encoder holds other weights."), std::string::npos)
        << refusal(stopped);
    std::filesystem::remove(folder.path() / support::kToyText);
    EXPECT_EQ(refusal(stopped),
              "The text encoder of toy.safetensors is missing: there is no toy_text.safetensors beside it.");
    stopped.model.checkpoint = support::save_toy_checkpoint(elsewhere.path()).string();
    EXPECT_EQ(refusal(stopped), "it went on") << "the same weights may lie elsewhere";
}

TEST_F(ToyFamily, LearnsWhatItIsShown) {
    auto longer = job(true);
    longer.train.steps = 60;
    longer.adapter.dropout = 0;
    longer.optim.lr = longer.optim.text_lr = 2e-2;
    longer.output.name = "longer";
    const auto run = RunDir::create(longer.output.folder, "longer", RunDir::Existing::Refuse);
    RunListener listener;
    train(longer, run, Start::Fresh, listener, listener.cancel);
    const auto metrics = listener.of("metrics");
    ASSERT_EQ(metrics.size(), 60U);
    double first = 0, last = 0;
    for (std::size_t i = 0; i < 10; ++i) {
        first += metrics[i].number("loss");
        last += metrics[metrics.size() - 1 - i].number("loss");
    }
    EXPECT_LT(last, 0.9 * first);
}

TEST_F(ToyFamily, GeneratesWithCaptionsOfAnyLength) {
    const auto model = models::load_model(support::toy_checkpoint());
    ImageRequest request;
    request.prompt = "one two three four";
    request.negative = "none";
    request.steps = 3;
    request.width_px = 32;
    request.height_px = 48;
    const auto image = generate(*model, request, {});
    EXPECT_EQ(image.height_px, 48);
    EXPECT_EQ(image, generate(*model, request, {}));
    request.negative = "quite another text";
    EXPECT_NE(image, generate(*model, request, {}));
    request.width_px = 30;
    EXPECT_THROW(generate(*model, request, {}), base::Error);
}

TEST_F(ToyFamily, GoesOnFromItsLoraAndFromNoOther) {
    auto next = job(true);
    next.adapter.start_from = trained(job(true), "first", 0).string();
    next.optim.lr = next.optim.text_lr = 1e-12;
    const tensor::WeightFile before(next.adapter.start_from), after(trained(next, "second", 0));
    for (const auto& entry : before.entries())
        EXPECT_TRUE(at::allclose(after.get(entry.name), before.get(entry.name), 1e-3, 1e-6)) << entry.name;
    const auto usual = models::usual_spec();
    EXPECT_THROW(start_facts(next.adapter, *usual), base::Error);
    EXPECT_EQ(models::family_of_lora(io::SafetensorsFile(next.adapter.start_from)), "Toy");
}

TEST(ToyFamilyUnregistered, IsNoKindOfFileThatIsKnown) {
    EXPECT_EQ(models::identify(io::SafetensorsFile(support::toy_checkpoint())).kind,
              models::FileKind::Unknown);
}

}  // namespace lorikeet::train
