// A run that is killed without warning, at many moments, and resumed each time gives what a run never killed gives.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "io/safetensors.hpp"
#include "settings/toml.hpp"
#include "support/small_job.hpp"

namespace lorikeet::cli {
namespace {

const base::Path kProgram = base::Path(LORIKEET_BUILD) / "lorikeet";

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

// The exit status, or -1 when it was killed after `milliseconds`.
int run(const std::vector<std::string>& words, int milliseconds = -1) {
    const pid_t child = start(words);
    const auto begin = std::chrono::steady_clock::now();
    for (;;) {
        int status = 0;
        if (::waitpid(child, &status, WNOHANG) == child) return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        const auto passed = std::chrono::steady_clock::now() - begin;
        if (milliseconds >= 0 && passed > std::chrono::milliseconds(milliseconds)) ::kill(child, SIGKILL);
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
    ASSERT_EQ(run({"lorikeet", "train", whole.string()}), 0);
    const auto folder = small.folder() / "runs";
    const auto wanted = payload_of(folder / "whole" / "checkpoints" / "whole.safetensors");

    const auto killed = write_job(small, "killed");
    int status = run({"lorikeet", "train", killed.string()}, 900);
    int kills = status == -1 ? 1 : 0;
    for (int attempt = 0; attempt < 60 && status != 0; ++attempt) {
        const bool begun = std::filesystem::exists(folder / "killed" / "job.toml");
        const auto words = begun ? std::vector<std::string>{"lorikeet", "resume", (folder / "killed").string()}
                                 : std::vector<std::string>{"lorikeet", "train", killed.string(), "--overwrite"};
        status = run(words, 700 + attempt * 137 % 900);
        kills += status == -1 ? 1 : 0;
        ASSERT_TRUE(status == 0 || status == -1) << "exit status " << status;
    }
    ASSERT_EQ(status, 0);
    EXPECT_GE(kills, 3) << "the machine is too fast for this test's moments";
    EXPECT_EQ(payload_of(folder / "killed" / "checkpoints" / "killed.safetensors"), wanted);
}

}  // namespace lorikeet::cli
