#include "train/trainees.hpp"

#include <gtest/gtest.h>

#include "support/whole_model.hpp"
#include "train/adapter_trainee.hpp"

namespace lorikeet::train {

using models::Part;

TEST(Trainees, AdaptersAreTrainedUnlessATestBringsAnother) {
    const settings::Job job;
    EXPECT_EQ(&trainee_of(job), &kAdapters);
    {
        const support::WholeModelRow row;
        EXPECT_EQ(&trainee_of(job), &support::kWholeModel);
    }
    EXPECT_EQ(&trainee_of(job), &kAdapters);
}

TEST(Trainees, WhatLearnsIsTheTraineesToSay) {
    settings::Job job;
    for (const bool text : {false, true}) {
        job.adapter.train_text = text;
        job.adapter.train_unet = !text;
        EXPECT_EQ(learns(job, Part::Text), text);
        EXPECT_EQ(learns(job, Part::Unet), !text);
        const support::WholeModelRow row;
        EXPECT_FALSE(learns(job, Part::Text)) << "whatever the job says of adapters";
        EXPECT_TRUE(learns(job, Part::Unet));
    }
    EXPECT_FALSE(learns(job, Part::VaeDecoder));
}

}  // namespace lorikeet::train
