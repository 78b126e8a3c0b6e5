// A run that is killed without warning, at many moments, and resumed each time gives what a run never killed gives.
#include <chrono>
#include <fstream>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.hpp"
#include "data/cache_listing.hpp"
#include "data/cache_lock.hpp"
#include "io/safetensors.hpp"
#include "settings/toml.hpp"
#include "support/places.hpp"
#include "support/small_job.hpp"

namespace lorikeet::cli {
namespace {

const base::Path kProgram = support::build_folder() / "lorikeet";

pid_t start(const std::vector<std::string>& words) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    const int nothing = ::open("/dev/null", O_RDWR);
    for (const int fd : {0, 1, 2}) ::dup2(nothing, fd);
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(kProgram.c_str(), arguments.data());
    ::_exit(127);
}

// When a run is killed: so many milliseconds after it began, or after the first step that it finished.
enum class Since { Begin, Step };
struct Moment {
    Since since = Since::Begin;
    int milliseconds = 0;
};

std::size_t steps_in(const base::Path& events) {
    std::ifstream file(events);
    std::size_t steps = 0;
    for (std::string line; std::getline(file, line);)
        steps += line.find("\"kind\":\"metrics\"") != std::string::npos ? 1 : 0;
    return steps;
}

// The exit status, or -1 when it was killed.
int run_child(const std::vector<std::string>& words, const base::Path& events = {},
              std::optional<Moment> moment = {}) {
    using Clock = std::chrono::steady_clock;
    const auto before = steps_in(events);
    const pid_t child = start(words);
    std::optional<Clock::time_point> begin;
    for (;;) {
        int status = 0;
        if (::waitpid(child, &status, WNOHANG) == child) return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        if (!moment) continue;
        if (!begin && (moment->since == Since::Begin || steps_in(events) > before)) begin = Clock::now();
        if (begin && Clock::now() - *begin > std::chrono::milliseconds(moment->milliseconds))
            ::kill(child, SIGKILL);
    }
}

std::string payload_of(const base::Path& lora) {
    const io::SafetensorsFile file(lora);
    return base::sha256(file.payload());
}

base::Path write_job(const support::SmallJob& small, const std::string& name) {
    auto job = small.job();
    job.output.name = name;
    job.train.steps = 12;
    job.output.state_every_steps = 1;
    const auto file = small.folder() / (name + ".toml");
    base::write_whole(file, settings::write_job(job));
    return file;
}

}  // namespace

TEST(KilledRunSlow, ResumesToTheSameLoraWhateverTheMoment) {
    ASSERT_TRUE(std::filesystem::exists(kProgram)) << "build the program first";
    const support::SmallJob small;
    const auto whole = write_job(small, "whole");
    ASSERT_EQ(run_child({"lorikeet", "train", whole.string()}), 0);
    const auto folder = small.folder() / "runs";
    const auto wanted = payload_of(folder / "whole" / "checkpoints" / "whole.safetensors");

    const auto killed = write_job(small, "killed");
    const auto place = folder / "killed";
    int kills = 0, status = -1;
    for (int attempt = 0; attempt < 14 && status != 0; ++attempt) {
        // Early ones fall into loading and caching, the others between and into steps and saves.
        const auto moment = attempt % 3 == 0 ? Moment{Since::Begin, 100 + attempt * 97}
                                             : Moment{Since::Step, attempt * 7 % 23};
        const bool begun = std::filesystem::exists(place / "job.toml");
        const auto words = begun ? std::vector<std::string>{"lorikeet", "resume", place.string()}
                                 : std::vector<std::string>{"lorikeet", "train", killed.string()};
        status =
            run_child(words, place / "events.jsonl", attempt < 13 ? std::optional(moment) : std::nullopt);
        kills += status == -1 ? 1 : 0;
        ASSERT_TRUE(status == 0 || status == -1) << "exit status " << status;
    }
    ASSERT_EQ(status, 0);
    EXPECT_GE(kills, 5) << "the machine is too fast for this test's moments";
    EXPECT_EQ(payload_of(folder / "killed" / "checkpoints" / "killed.safetensors"), wanted);
}

// What was finished by then is whole, and is not made again.
TEST(KilledWhileCaching, KeepsWhatIsFinished) {
    namespace fs = std::filesystem;
    ASSERT_TRUE(fs::exists(kProgram)) << "build the program first";
    const support::SmallJob small;
    auto job = small.job();
    for (int i = 5; i < 80; ++i)
        fs::copy_file(small.folder() / "pictures" / "image0.png",
                      small.folder() / "pictures" / fmt::format("image{}.png", i));
    job.data.subsets[0].flip = true;
    job.data.resolution = {512};
    const auto file = small.folder() / "cached.toml";
    base::write_whole(file, settings::write_job(job));
    const auto entries = [&] { return data::list_cache(job.data.cache_folder, base::Cancel()); };
    const pid_t child = start({"lorikeet", "train", file.string(), "--also"});
    while (entries().size() < 3 && ::waitpid(child, nullptr, WNOHANG) == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const auto kept = entries();
    EXPECT_GE(kept.size(), 3U);
    for (const auto& entry : kept) EXPECT_EQ(entry.condition, data::EntryCondition::Readable) << entry.file;
    EXPECT_TRUE(data::CacheLock::try_clear(job.data.cache_folder));  // its lock went with it
}

}  // namespace lorikeet::cli
