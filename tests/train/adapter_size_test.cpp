#include "train/adapter_size.hpp"

#include <gtest/gtest.h>

#include "support/tiny.hpp"
#include "train/recipe.hpp"

namespace lorikeet::train {

TEST(AdapterSize, IsThatOfTheNetworkThatIsFitted) {
    for (const auto& file : {support::tiny_checkpoint(), support::tiny_sdxl_checkpoint()})
        for (const bool text : {true, false}) {
            settings::Job job;
            job.model.checkpoint = file.string();
            job.adapter.rank = 4;
            job.adapter.alpha = 4;
            job.adapter.train_text = text;
            job.optim.lr = 1e-4;
            job.train.device = settings::DeviceChoice::Cpu;
            auto recipe = load_recipe(job);
            fit_trainee(recipe, job);
            std::int64_t numbers = 0;
            for (const auto& parameter : recipe.optimizer->parameters()) numbers += parameter.numel();
            const auto size = adapter_size(recipe.model->spec(), job.adapter);
            EXPECT_EQ(size.numbers, numbers) << file << " text " << text;
            EXPECT_EQ(static_cast<std::size_t>(size.modules) * 2, recipe.optimizer->parameters().size());
        }
}

}  // namespace lorikeet::train
