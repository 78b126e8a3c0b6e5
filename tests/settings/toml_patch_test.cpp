#include <gtest/gtest.h>

#include "settings/random_job.hpp"
#include "settings/toml.hpp"

namespace lorikeet::settings {
namespace {

// As a person writes one: dotted keys above all headers, an inline table, several lines of text, comments in another script.
constexpr const char* kByHand = R"(# 我的鸟, do not delete
model.checkpoint = "tiny"  # 小模型
output.name = "bird" # the name

# the rate that worked
optim = { lr = 1e-4, adamw = { betas = [
    0.9, # first
    0.99
] } }

[data]
resolution = [ 512, 512 ]   # square

# my best images
[[data.subsets]]
folder = "/a b/鸟"  # here
repeats = 3

# the rest
[[data.subsets]]
folder = 'C:\images'
trigger = """
a
[not a header]
# nor a comment
b"""

[train]   # the run itself
epochs = 4
[output]
)";

Job job_of(const std::string& text) { return read_job(text, "job").job; }

std::string by_hand() {
    std::string text = kByHand;
    return text.substr(0, text.rfind("[output]"));  // it is dotted already
}

}  // namespace

TEST(PatchJob, WhatChangesNothingGivesTheSameBytes) {
    const auto text = by_hand();
    ASSERT_EQ(job_of(text).data.subsets.size(), 2u);
    const auto patched = patch_job(text, job_of(text));
    EXPECT_EQ(patched.why, "");
    EXPECT_EQ(patched.text, text);
}

TEST(PatchJob, ReplacesAValueAndKeepsTheRest) {
    auto job = job_of(by_hand());
    job.optim.lr = 2e-4;
    job.train.epochs = 9;
    const auto patched = patch_job(by_hand(), job);
    EXPECT_EQ(patched.why, "");
    auto wanted = by_hand();
    wanted.replace(wanted.find("1e-4"), 4, "0.0002");
    wanted.replace(wanted.find("epochs = 4"), 10, "epochs = 9");
    EXPECT_EQ(patched.text, wanted);
}

TEST(PatchJob, AddsWhereTheSectionIsWritten) {
    auto job = job_of(by_hand());
    job.train.seed = 7;               // a section with a header
    job.output.comment = "x";         // a dotted one
    job.optim.max_grad_norm = 0.5;    // an inline one
    job.data.subsets[0].repeats = 1;  // back to the default
    job.noise.offset = 0.05;          // one that is not there
    const auto patched = patch_job(by_hand(), job);
    EXPECT_EQ(patched.why, "");
    EXPECT_NE(patched.text.find("epochs = 4\nseed = 7\n"), std::string::npos) << patched.text;
    EXPECT_NE(patched.text.find("output.name = \"bird\" # the name\noutput.comment = \"x\"\n"),
              std::string::npos)
        << patched.text;
    EXPECT_NE(patched.text.find("] }, max_grad_norm = 0.5 }"), std::string::npos) << patched.text;
    EXPECT_NE(patched.text.find("\n[noise]\noffset = 0.05\n"), std::string::npos) << patched.text;
    EXPECT_NE(patched.text.find("# 我的鸟, do not delete"), std::string::npos) << patched.text;
}

TEST(PatchJob, CutsAnElementWithItsComment) {
    auto job = job_of(by_hand());
    job.data.subsets.erase(job.data.subsets.begin());
    const auto patched = patch_job(by_hand(), job);
    EXPECT_EQ(patched.why, "");
    EXPECT_EQ(patched.text.find("my best images"), std::string::npos) << patched.text;
    EXPECT_NE(patched.text.find("# the rest\n[[data.subsets]]\nfolder = 'C:\\images'"), std::string::npos)
        << patched.text;
}

TEST(PatchJob, AddsAnElementAtTheEnd) {
    auto job = job_of(by_hand());
    job.data.subsets.push_back({});
    job.data.subsets.back().folder = "more";
    const auto patched = patch_job(by_hand(), job);
    EXPECT_EQ(patched.why, "");
    EXPECT_TRUE(patched.text.ends_with("\n[[data.subsets]]\nfolder = \"more\"\n")) << patched.text;
}

TEST(PatchJob, KeepsTheEndsOfLinesOfWindows) {
    const std::string text = "[output]\r\nname = \"bird\" # mine\r\n";
    auto job = job_of(text);
    job.output.name = "finch";
    const auto patched = patch_job(text, job);
    EXPECT_EQ(patched.why, "");
    EXPECT_EQ(patched.text, "[output]\r\nname = \"finch\" # mine\r\n");
}

TEST(PatchJob, FixesAValueThatCouldNotBe) {
    const std::string text = "[output]\nname = \"bird\"\n[optim]\nlr = \"5e-4\"  # mine\n";
    auto job = job_of(text);
    job.data.subsets.push_back({});
    job.data.subsets[0].folder = "x";
    const auto patched = patch_job(text, job);
    EXPECT_EQ(patched.why, "");
    EXPECT_NE(patched.text.find("lr = \"unset\"  # mine"), std::string::npos) << patched.text;
}

TEST(PatchJob, WritesAfreshAndSaysSoWhereTheTextIsNoJob) {
    const Job job = job_of(by_hand());
    for (const std::string text : {"[optim\nlr = 1", "\xFF", "unknown = 1\n"}) {
        const auto patched = patch_job(text, job);
        EXPECT_NE(patched.why, "") << text;
        EXPECT_EQ(patched.text, write_job(job));
    }
}

// The trial that this way of patching rests on: 400 patches, and the net below them is never needed.
TEST(PatchJob, FourHundredRandomPatchesAreWhatWasWanted) {
    for (unsigned seed = 0; seed < 400; ++seed) {
        SCOPED_TRACE(seed);
        test::RandomJob chance(seed);
        const Job wanted = chance.draw();
        const auto text = seed % 2 == 0 ? by_hand() : write_job(chance.draw(), Comments::Full);
        const auto patched = patch_job(text, wanted);
        ASSERT_EQ(patched.why, "") << text;
        const auto back = read_job(patched.text, "job");
        ASSERT_TRUE(difference(back.job, read_job(write_job(wanted), "job").job).empty()) << patched.text;
        ASSERT_EQ(patch_job(patched.text, wanted).text, patched.text);
    }
}

}  // namespace lorikeet::settings
