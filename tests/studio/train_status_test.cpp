#include "studio/train_status.hpp"

#include <gtest/gtest.h>

namespace lorikeet::studio {

TEST(TrainStatus, APhaseForgetsTheProgressOfTheOneBefore) {
    TrainStatus status;
    status.take({"phase", {{"name", std::string("caching")}}}, 1);
    status.take(
        {"progress", {{"done", std::int64_t{3}}, {"total", std::int64_t{9}}, {"what", std::string("a.png")}}},
        2);
    EXPECT_EQ(status.done, 3);
    EXPECT_EQ(words_for_phase(status), "caching images");
    status.take({"phase", {{"name", std::string("training")}}}, 5);
    EXPECT_EQ(status.total, 0);
    EXPECT_EQ(status.what, "");
    EXPECT_EQ(status.phase_began, 5);
}

TEST(TrainStatus, AResumedRunStandsAtItsStep) {
    TrainStatus status;
    status.take({"phase", {{"name", std::string("resumed")}, {"step", std::int64_t{40}}}}, 1);
    EXPECT_EQ(status.step, 40);
}

}  // namespace lorikeet::studio
