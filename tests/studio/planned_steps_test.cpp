// The number of steps that the plan says is the number of steps that the run takes, to the unit, whatever an epoch is made of.
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "studio/train_desk.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"

namespace lorikeet::studio {

namespace {

constexpr unsigned kJobs = 4;

class AnyJob {
  public:
    explicit AnyJob(unsigned seed) : draw_(seed) {
        job_.sample.at_end = false;
        for (const auto* name : {"odd", "regular"}) {
            const auto folder = small_.folder() / name;
            std::filesystem::create_directories(folder);
            for (int i = 0; i < 5; ++i) {
                const auto width = 40 + 8 * static_cast<std::int64_t>(below(16));
                io::write_png(folder / fmt::format("{}.png", i),
                              {width, 72,
                               std::vector<std::uint8_t>(static_cast<std::size_t>(width) * 216,
                                                         static_cast<std::uint8_t>(20 * i + below(9)))});
            }
            if (below(3) == 0 && name == std::string("regular")) continue;
            job_.data.subsets.push_back(job_.data.subsets[0]);
            job_.data.subsets.back().folder = folder.string();
            job_.data.subsets.back().regularisation = name == std::string("regular");
        }
        if (below(2)) {  // the same folder at two sizes
            job_.data.subsets.push_back(job_.data.subsets[0]);
            job_.data.subsets.back().resolution = {40};
        }
        for (auto& subset : job_.data.subsets) {
            subset.repeats = 1 + static_cast<std::int64_t>(below(3));
            subset.flip = below(2);
        }
        job_.data.buckets = seed % 4 != 3;
        job_.data.bucket_no_upscale = below(3) == 0;
        job_.data.batch = 1 + static_cast<std::int64_t>(below(4));
        job_.data.validation.share = below(2) ? 0.2 : 0;
        job_.train.accumulate = 1 + static_cast<std::int64_t>(below(4));
        job_.train.epochs = 1 + static_cast<std::int64_t>(below(2));
    }
    const settings::Job& job() const { return job_; }
    std::string words() const {
        return fmt::format("{} folders, batch {}, accumulate {}, buckets {}", job_.data.subsets.size(),
                           *job_.data.batch, job_.train.accumulate, job_.data.buckets);
    }

  private:
    unsigned below(unsigned end) { return static_cast<unsigned>(draw_() % end); }
    std::mt19937 draw_;
    support::SmallJob small_;
    settings::Job job_ = small_.job();
};

}  // namespace

TEST(PlannedSteps, AreThoseOfTheRunForBucketsSizesRegularisationAndAccumulation) {
    std::map<bool, int> buckets;
    for (unsigned seed = 0; seed < kJobs; ++seed) {
        const AnyJob any(seed);
        ++buckets[any.job().data.buckets];
        const auto planned = plan(any.job(), Existing::Refuse, base::Cancel());
        ASSERT_TRUE(planned.problems.empty()) << base::to_text(planned.problems);
        support::RunListener listener;
        train(any.job(), Existing::Refuse, listener, listener.cancel);
        const auto steps = listener.of("metrics");
        EXPECT_EQ(std::ssize(steps), planned.length.training.total_steps)
            << "seed " << seed << ": " << any.words();
        EXPECT_EQ(planned.length.training.total_steps,
                  planned.length.training.steps_per_epoch * planned.length.training.epochs())
            << "seed " << seed << ": whole epochs";
    }
    EXPECT_EQ(buckets.size(), 2U) << "with buckets and without";
}

}  // namespace lorikeet::studio
