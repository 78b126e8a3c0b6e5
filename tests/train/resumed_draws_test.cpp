// What is drawn of images by chance, through a whole run: a stop in mid-epoch changes nothing, nor does who reads the files.
#include <filesystem>

#include <gtest/gtest.h>

#include "io/image.hpp"
#include "support/small_job.hpp"
#include "train/stopped_run.hpp"

namespace lorikeet::train {

using support::SmallJob;

namespace {

// Beside the images of the small job, which are all of one shape.
void add_other_shapes(const settings::Job& job) {
    for (const auto& [name, width] :
         {std::pair{"wide", 160}, std::pair{"tall", 40}, std::pair{"tall2", 44}}) {
        std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) * 240);
        for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 7 % 251);
        io::write_png(base::Path(job.data.subsets[0].folder) / fmt::format("{}.png", name),
                      {width, 80, pixels});
    }
}

void add_masks(const base::Path& images, const base::Path& masks) {
    std::filesystem::create_directories(masks);
    for (const auto& entry : std::filesystem::directory_iterator(images)) {
        if (entry.path().extension() != ".png") continue;
        auto mask = io::read_image(entry.path());
        for (std::size_t i = 0; i < mask.rgb.size(); ++i) mask.rgb[i] = i % 90 < 40 ? 255 : 0;
        io::write_png(masks / entry.path().filename(), mask);
    }
}

}  // namespace

// Images of several shapes, in buckets; a stop in the middle of an epoch.
TEST(ResumedDraws, WithBucketsStoppedInMidEpochAndResumedEqualsNeverStopped) {
    const SmallJob small;
    auto job = small.job();
    add_other_shapes(job);
    job.data.subsets[0].flip = true;
    job.data.subsets.push_back(job.data.subsets[0]);
    job.data.subsets[1].regularisation = true;
    job.data.subsets[1].class_words = "a bird";
    job.data.regularisation_weight = 0.5;
    job.train.steps = 8;
    const auto whole = bytes_of_run(job, "whole", 0);
    EXPECT_EQ(bytes_of_run(job, "stopped", 3), whole);
    job.data.workers = 4;
    EXPECT_EQ(bytes_of_run(job, "threads", 0), whole);
    job.data.buckets = false;
    EXPECT_NE(bytes_of_run(job, "one size", 0), whole);
}

// All that is drawn of an image by chance at once: its place in the order, its side, its crop, its colours and its caption, with
// masks in buckets. None of it knows how often the run was stopped, or who reads the files.
TEST(ResumedDraws, WithCropsFlipsAndMasksStoppedInMidEpochAndResumedEqualsNeverStopped) {
    const SmallJob small;
    auto job = small.job();
    auto& subset = job.data.subsets[0];
    add_other_shapes(job);
    add_masks(subset.folder, small.folder() / "masks");
    job.data.cache_latents = false;
    job.data.random_crop = job.data.vary_colours = true;
    subset.mask_folder = (small.folder() / "masks").string();
    subset.flip = subset.shuffle_tags = true;
    subset.caption_dropout = 0.3;
    job.train.accumulate = 2;
    job.train.steps = 9;  // of three or four an epoch
    job.data.workers = 1;
    const auto whole = bytes_of_run(job, "whole", 0);
    for (const std::int64_t stop : {1, 5}) {
        job.data.workers = stop == 1 ? 4 : 0;
        EXPECT_EQ(bytes_of_run(job, fmt::format("stop{}", stop), stop), whole) << stop;
    }
    auto other = job;
    other.data.subsets[0].mask_folder.clear();
    EXPECT_NE(bytes_of_run(other, "unmasked", 0), whole);
    other = job;
    other.data.random_crop = false;
    EXPECT_NE(bytes_of_run(other, "from the middle", 0), whole);
}

}  // namespace lorikeet::train
