#include "settings/toml.hpp"

#include <gtest/gtest.h>

namespace lorikeet::settings {

namespace {

const std::string kSubset = "[[data.subsets]]\nfolder = \"images\"\n";

// All problems of a text, one a line.
std::string told(const std::string& text, std::span<const Assignment> then = {}) {
    return base::to_text(read_job(text, "job.toml", then).problems);
}

}  // namespace

TEST(Toml, AFileThatNamesItsImagesIsAJob) {
    const auto reading = read_job(kSubset, "job.toml");
    EXPECT_EQ(base::to_text(reading.problems), "");
    ASSERT_EQ(reading.job.data.subsets.size(), 1U);
    EXPECT_EQ(reading.job.data.subsets[0].folder, "images");
    EXPECT_EQ(reading.job.adapter.rank, Job{}.adapter.rank);
}

TEST(Toml, OneReadingFindsEverythingThatIsWrong) {
    const auto text = R"([model]
checkpoint = 5
[optim]
unet_lr = 1e-4
lr = "5e-4"
rule = "adanw"
[adapter]
rank = 16.0
train_unet = false
train_text = false
[train]
batch = 4
presicion = "bf16"
precision = "bf16"
[noise]
min_timestep = 500
max_timestep = 500
[data]
resolution = [512, 100]
[[data.subsets]]
folder = "a"
repeats = 0
[[data.subsets]]
flip = 1
)";
    EXPECT_EQ(told(text), R"(job.toml:2: model.checkpoint wants a text, found the number 5. Put it in quotes.
job.toml:4: optim.unet_lr is not a setting. That is sd-scripts' name; here it is optim.lr.
job.toml:5: optim.lr wants a number, found text "5e-4". Write it without quotes: 5e-4.
job.toml:6: optim.rule wants one of "adamw" "adamw8bit", found text "adanw". Did you mean "adamw"?
job.toml:8: adapter.rank wants a whole number, found the number 16.0. Write 16.
job.toml:10: adapter.train_unet and adapter.train_text: nothing would be trained; turn at least one on. Set adapter.train_unet = true.
job.toml:12: train.batch is not a setting. It belongs elsewhere: data.batch.
job.toml:13: train.presicion is not a setting. Did you mean precision?
job.toml:14: train.precision wants one of "auto" "float32" "bfloat16" "float16", found text "bf16". That is sd-scripts' word; here it is "bfloat16".
job.toml:17: noise.min_timestep and noise.max_timestep: the first must be lower than the second. Set noise.max_timestep = 1000.
job.toml:19: data.resolution must be at least 64 and at most 4096, a multiple of 8, is 100. The nearest is 104.
job.toml:22: data.subsets.0.repeats must be at least 1 and at most 10000, is 0. The nearest is 1.
job.toml:23: data.subsets.1.folder is needed. The training images and their captions.
job.toml:24: data.subsets.1.flip wants true or false, found the number 1. Write true or false, without quotes.)");
}

TEST(Toml, SettingsSaidOnTheCommandLineAreJudgedWithTheFile) {
    const std::vector<Assignment> then = {{"noise.max_timestep", "100"}, {"data.subsets.0.folder", "a"}};
    EXPECT_EQ(
        told("[noise]\nmin_timestep = 500\n", then),
        "job.toml:2: noise.min_timestep and noise.max_timestep: the first must be lower than the second. Set "
        "noise.max_timestep = 1000.");
    const std::vector<Assignment> cured = {{"noise.max_timestep", "501"}, {"data.subsets.0.folder", "a"}};
    EXPECT_EQ(told("[noise]\nmin_timestep = 500\nmax_timestep = 400\n", cured), "");
    const std::vector<Assignment> wrong = {{"optim.lr", "x"}};
    EXPECT_EQ(told(kSubset, wrong), "optim.lr: wants a number, found text \"x\".");
}

TEST(Toml, ARuleIsNotAskedWhenItsSettingsHaveProblems) {
    EXPECT_EQ(
        told(kSubset + "[noise]\nmin_timestep = 500\nmax_timestep = 5000\n"),
        "job.toml:5: noise.max_timestep must be at least 1 and at most 1000, is 5000. The nearest is 1000.");
}

TEST(Toml, UnknownKeysAreExplained) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"network_dim = 16",
         "network_dim is not a setting. That is sd-scripts' name; here it is adapter.rank."},
        {"learning_rate = 1",
         "learning_rate is not a setting. That is sd-scripts' name; here it is optim.lr."},
        {"v_parameterization = true",
         "v_parameterization is not a setting. That is sd-scripts' name; here it is model.prediction = "
         "\"velocity\"."},
        {"folder = \"a\"",
         "folder is not a setting. It belongs elsewhere: folder of [[data.subsets]] or output.folder."},
        {"[[subsets]]", "subsets is not a setting. It belongs elsewhere: [[data.subsets]]."},
        {"[schedule]", "schedule is not a setting. It belongs elsewhere: [optim.schedule]."},
        {"[adaptor]", "adaptor is not a setting. Did you mean adapter?"},
        {"[optim]\nlrr = 1", "optim.lrr is not a setting. Did you mean lr?"},
        {"zzzzzz = 1",
         "zzzzzz is not a setting. A job has: model, data, adapter, optim, noise, loss, train, sample, "
         "output."},
        {"[loss]\nhuber_schedule_and_more = 1",
         "loss.huber_schedule_and_more is not a setting. [loss] has: min_snr, divide_by_mask."},
        {"\"two words\" = 1",
         "\"two words\" is not a setting. A job has: model, data, adapter, optim, noise, loss, train, "
         "sample, "
         "output."},
    };
    for (const auto& [text, message] : cases) {
        const auto problems = read_job(text + "\n" + kSubset, "job.toml").problems;
        ASSERT_EQ(problems.size(), 1U) << text << "\n" << base::to_text(problems);
        EXPECT_EQ(problems[0].what + " " + problems[0].hint, message);
    }
}

TEST(Toml, WrongKindsAreToldInWords) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"[optim]\nlr = nan", "optim.lr must be a finite number. "},
        {"[optim]\nlr = [1e-4]", "optim.lr wants a number, found the list [0.0001]. "},
        {"[optim]\nlr = 2026-01-01", "optim.lr wants a number, found a date or time. "},
        {"[optim]\nadamw = 3",
         "optim.adamw wants a section, found the number 3. Begin it with a line [optim.adamw]."},
        {"[sample]\nprompts = \"a cat\"",
         "sample.prompts wants a list of sections, found text \"a cat\". Begin each with a line "
         "[[sample.prompts]]."},
        {"[sample]\nsize = \"512x768\"",
         "sample.size wants a list of whole numbers, found text \"512x768\". Write it as in [512, 768]."},
        {"[train]\naccumulate = \"unset\"",
         "train.accumulate wants a whole number, found text \"unset\". Only a setting that may be left open "
         "can be "
         "unset."},
        {"[model]\nprediction = true",
         "model.prediction wants one of \"auto\" \"epsilon\" \"velocity\", found true. Put it in quotes."},
        {"[train]\nseed = 9007199254740993",
         "train.seed must be at least 0 and at most 9007199254740991, is 9007199254740993. The nearest is "
         "9007199254740991."},
    };
    for (const auto& [text, message] : cases) {
        const auto problems = read_job(text + "\n" + kSubset, "job.toml").problems;
        ASSERT_EQ(problems.size(), 1U) << text << "\n" << base::to_text(problems);
        EXPECT_EQ(problems[0].what + " " + problems[0].hint, message);
        EXPECT_EQ(problems[0].where, "job.toml:2");
    }
}

TEST(Toml, AFileThatIsNotTomlSaysTheLine) {
    const auto problems = read_job("[optim]\nlr = = 3\n", "job.toml").problems;
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].where, "job.toml:2");
    EXPECT_TRUE(problems[0].what.starts_with("This is not TOML: ")) << problems[0].what;
    EXPECT_EQ(read_job("a = \"\xFF\"", "job.toml").problems.at(0).what, "This is not UTF-8 text.");
    EXPECT_EQ(
        read_job("[[data.subsets]]\nfolder = \"a\"\n[[data.subsets]]\nfolder = \"b\"\nfolder = \"c\"\n", "x")
            .problems.at(0)
            .where,
        "x:5");
}

TEST(Toml, UnsetIsNotZeroAndNotTheDefault) {
    const auto unset = read_job(kSubset + "[optim]\ntext_lr = \"unset\"\n", "job.toml");
    EXPECT_EQ(base::to_text(unset.problems), "");
    EXPECT_FALSE(unset.job.optim.text_lr.has_value());
    EXPECT_NE(write_job(unset.job).find("text_lr = \"unset\"  # follows the learning rate\n"),
              std::string::npos);
    EXPECT_EQ(read_job(kSubset, "job.toml").job.optim.text_lr, Job{}.optim.text_lr);
}

TEST(Toml, APathOfWindowsInDoubleQuotesIsAnsweredWithBothRemedies) {
    const auto problems =
        read_job("[[data.subsets]]\nfolder = \"C:\\Users\\me\\images\"\n", "job.toml").problems;
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].where, "job.toml:2");
    EXPECT_NE(problems[0].hint.find("single quotes ('C:\\Users\\me\\images')"), std::string::npos)
        << problems[0].hint;
    EXPECT_NE(problems[0].hint.find("(\"C:/Users/me/images\")"), std::string::npos) << problems[0].hint;
}

TEST(Toml, ANumberThatIsNoneOfTomlsIsAnsweredWithItsReason) {
    for (const auto& [line, part] :
         {std::pair{"lr = 1e400", "1e400 is larger than any number"},
          {"lr = \u0661\u0662  # twelve", "\u0661\u0662 is written with other digits"},
          {"lr = 99999999999999999999", "larger than any whole number"}}) {
        const auto problems = read_job(std::string("[optim]\n") + line + "\n", "job.toml").problems;
        EXPECT_NE(base::to_text(problems).find(part), std::string::npos) << base::to_text(problems);
    }
}

// toml++ takes such a number for 0 without a word.
TEST(Toml, ANumberTooNearToZeroIsNotTakenForZero) {
    for (const auto* line :
         {"lr = 1e-400", "lr = +2_0e-400 # tiny", "text_lr = 1e-330", "adamw.betas = [0.9, 1e-400]"}) {
        const auto problems = read_job(std::string("[optim]\n") + line + "\n", "job.toml").problems;
        EXPECT_NE(base::to_text(problems).find("job.toml:2: optim."), std::string::npos);
        EXPECT_NE(base::to_text(problems).find("nearer to zero"), std::string::npos)
            << base::to_text(problems);
    }
    for (const auto* line :
         {"adamw.weight_decay = 0.0", "adamw.weight_decay = 0e-999", "adamw.weight_decay = 0"}) {
        const auto problems = read_job(std::string("[optim]\n") + line + "\n", "job.toml").problems;
        EXPECT_EQ(base::to_text(problems).find("nearer to zero"), std::string::npos)
            << base::to_text(problems);
    }
}

}  // namespace lorikeet::settings
