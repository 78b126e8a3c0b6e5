#include "studio/caption_jobs.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "io/image.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

struct WithThreeImages {
    WithThreeImages() {
        std::filesystem::create_directories(at / "sub");
        for (const auto* name : {"a.png", "b.png", "sub/c.png"})
            io::write_png(at / name, {8, 8, std::vector<std::uint8_t>(192, 40)});
        base::write_whole(at / "a.txt", "mine");
        base::write_whole(at / "b.png", "no image");
    }
    CaptionJobs collect(bool recursive, settings::ExistingCaption existing) {
        listing = list_dataset(at, {".txt"}, {});
        return collect_caption_jobs({at, none, extension, recursive, existing}, listing);
    }
    support::TempFolder folder;
    base::Path at = folder.path() / "images";
    DatasetListing listing;
    const std::vector<std::string> none;
    const std::string extension = ".txt";
};

}  // namespace

TEST(CaptionJobs, ImagesWithoutACaptionGetOne) {
    WithThreeImages room;
    const auto some = room.collect(false, settings::ExistingCaption::Skip);
    EXPECT_EQ(some.images, 2U);
    EXPECT_EQ(some.same, 1U);
    ASSERT_EQ(some.jobs.size(), 1U);
    EXPECT_EQ(some.jobs[0].caption, "b.txt");
    EXPECT_FALSE(some.jobs[0].has_caption());
    const auto all = room.collect(true, settings::ExistingCaption::Overwrite);
    EXPECT_EQ(all.jobs.size(), 3U);
    EXPECT_TRUE(all.jobs[0].has_caption());
}

TEST(CaptionJobs, TheLoopTellsWhatCannotBeReadAndStopsWhenAsked) {
    WithThreeImages room;
    const auto all = room.collect(true, settings::ExistingCaption::Overwrite);
    std::vector<const CaptionJob*> jobs;
    for (const auto& job : all.jobs) jobs.push_back(&job);
    std::vector<base::Problem> left_out;
    std::vector<std::string> seen;
    std::vector<ImageProgress> progress;
    const LookAt how{room.at, 16, 2, tag::padded_square, "the processor"};
    const auto take = [&](const std::vector<const CaptionJob*>& owners,
                          const std::vector<io::Image>& images) {
        for (std::size_t i = 0; i < owners.size(); ++i) {
            seen.push_back(owners[i]->image->name);
            EXPECT_EQ(images[i].width_px, 16);
        }
    };
    const auto look = [&](const base::Cancel& cancel) {
        return look_at_images(
            how, jobs, take, [] {}, left_out, [&](const ImageProgress& each) { progress.push_back(each); },
            cancel);
    };
    EXPECT_FALSE(look({}));
    EXPECT_EQ(seen, (std::vector<std::string>{"a.png", "sub/c.png"}));
    ASSERT_EQ(left_out.size(), 1U);
    EXPECT_EQ(left_out[0].where, "b.png");
    EXPECT_EQ(progress.back().done, 3U);
    EXPECT_GT(progress.back().per_second, 0);
    seen.clear();
    left_out.clear();
    base::Cancel cancel;
    cancel.request_stop();
    EXPECT_TRUE(look(cancel));
    EXPECT_TRUE(seen.empty()) << "while the network was loaded";
}

TEST(CaptionJobs, WhateverEndsTheLoopWhatIsDoneIsSaved) {
    WithThreeImages room;
    base::write_whole(room.at / "b.png", base::read_text(room.at / "a.png"));
    const auto all = room.collect(true, settings::ExistingCaption::Overwrite);
    std::vector<const CaptionJob*> jobs;
    for (const auto& job : all.jobs) jobs.push_back(&job);
    std::vector<base::Problem> left_out;
    int taken = 0, saved = 0;
    const auto look = [&](const std::function<void()>& trouble) {
        taken = saved = 0;
        return look_at_images(
            {room.at, 16, 1, tag::padded_square, ""}, jobs,
            [&](const auto&, const auto&) {
                if (taken == 1) trouble();
                ++taken;
            },
            [&] { ++saved; }, left_out, {}, {});
    };
    EXPECT_TRUE(look([] { base::fail(base::ErrorCode::Interrupted, "stopped"); })) << "between two words";
    EXPECT_EQ(taken, 1);
    EXPECT_EQ(saved, 1);
    EXPECT_THROW(look([] { base::fail(base::ErrorCode::NoSpace, "no memory"); }), base::Error);
    EXPECT_EQ(saved, 1);
    EXPECT_THROW(look([] { throw std::runtime_error("of a library"); }), std::runtime_error);
    EXPECT_EQ(saved, 1);
}

}  // namespace lorikeet::studio
