// The directory of a run called "bird" as its process would write it, event after event, without a process.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "base/file.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::support {

class RunFolder {
  public:
    RunFolder() {
        std::filesystem::create_directories(path());
        base::write_whole(path() / "job.toml", "");
    }
    base::Path path() const { return folder_.path() / "bird"; }
    void say(const std::string& text) const {
        std::ofstream(path() / "events.jsonl", std::ios::app) << text << '\n';
    }
    void step(std::int64_t step, double loss) const {
        say(fmt::format(
            R"({{"time":{},"kind":"metrics","step":{},"total_steps":100,"epoch":1,"total_epochs":2,)"
            R"("loss":{},"smoothed_loss":{},"lr":0.001,"seconds_per_step":0.5,"memory_bytes":1000}})",
            1000 + step, step, loss, loss));
    }

  private:
    support::TempFolder folder_;
};

}  // namespace lorikeet::support
