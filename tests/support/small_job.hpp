// A job that trains within a second: a tiny random checkpoint and a few drawn images.
#pragma once

#include <fmt/format.h>

#include "io/image.hpp"
#include "settings/job.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny.hpp"

namespace lorikeet::support {

class SmallJob {
  public:
    SmallJob() {
        const auto images = folder_.path() / "pictures";
        std::filesystem::create_directories(images);
        for (int i = 0; i < 5; ++i) {
            io::write_png(images / fmt::format("image{}.png", i), drawing(i));
            base::write_whole(images / fmt::format("image{}.txt", i), fmt::format("a bird, number {}\n", i));
        }
    }

    settings::Job job() const {
        settings::Job job;
        job.model.checkpoint = tiny_checkpoint().string();
        settings::Subset subset;
        subset.folder = (folder_.path() / "pictures").string();
        job.data.subsets = {subset};
        job.data.resolution = {64};
        job.data.bucket_step = 8;
        job.model.text_cleaning = settings::TextCleaning::Clip;
        job.data.batch = 2;
        job.data.cache_folder = (folder_.path() / "cache").string();
        job.adapter.rank = 4;
        job.adapter.alpha = 4;
        job.optim.lr = 5e-4;
        job.optim.text_lr = 1e-4;
        job.train.epochs = 10;
        job.train.threads = 1;
        job.train.device = settings::DeviceChoice::Cpu;
        job.sample.steps = 2;  // of the one at the end
        job.output.folder = (folder_.path() / "runs").string();
        job.output.name = "bird";
        return job;
    }
    const base::Path& folder() const { return folder_.path(); }

  private:
    static io::Image drawing(int seed) {
        io::Image image{80, 72, {}};
        for (std::int64_t y = 0; y < image.height_px; ++y)
            for (std::int64_t x = 0; x < image.width_px; ++x)
                for (int c = 0; c < 3; ++c)
                    image.rgb.push_back(static_cast<std::uint8_t>((x * (seed + 1) + y * 3 + c * 50) % 256));
        return image;
    }
    TempFolder folder_;
};

}  // namespace lorikeet::support
