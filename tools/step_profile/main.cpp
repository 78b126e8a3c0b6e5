// Where the time of a run goes, operator by operator.
//
//     lorikeet_step_profile JOB.toml
//
// Trains the job in a folder that is thrown away, and prints for each phase (loading, caching, the first step, the steps
// after it) the operators by the time spent in them without the operators that they call, and what is left outside all.
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <ATen/record_function.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/memory.hpp"
#include "settings/toml.hpp"
#include "train/loop.hpp"

namespace {

using namespace lorikeet;

struct Spent {
    double seconds = 0;
    std::int64_t calls = 0;
};

// The operators that are open on this thread, each with the time that those within it took.
struct Open : at::ObserverContext {
    base::Stopwatch watch;
    double within = 0;
    Open* outer = nullptr;
};
thread_local Open* innermost = nullptr;
std::map<std::string, Spent> spent;

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction&) {
    auto open = std::make_unique<Open>();
    open->outer = innermost;
    innermost = open.get();
    return open;
}

void end(const at::RecordFunction& function, at::ObserverContext* context) {
    const auto& open = *static_cast<Open*>(context);
    innermost = open.outer;
    const double seconds = open.watch.seconds();
    if (innermost) innermost->within += seconds;
    auto& sum = spent[function.name()];
    sum.seconds += seconds - open.within;
    ++sum.calls;
}

// Tells what was spent since it told last.
class Teller : public base::EventSink {
  public:
    void take(const base::Event& event) override {
        if (event.kind == "phase") {
            tell(1);
            name_ = event.text("name");
        } else if (event.kind == "metrics") {
            if (++steps_ == 1) tell(1), name_ = "steps after the first";
        } else if (event.kind == "end") {
            tell(static_cast<double>(std::max(steps_ - 1, 1)));
        }
    }

  private:
    void tell(double times) {
        constexpr std::size_t kMost = 40;
        std::vector<std::pair<std::string, Spent>> sorted(spent.begin(), spent.end());
        std::sort(sorted.begin(), sorted.end(),
                  [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
        double total = 0;
        for (const auto& [name, sum] : sorted) total += sum.seconds;
        fmt::print("\n{}: {:.3f} s{}, {:.3f} of it outside of operators\n", name_, watch_.seconds() / times,
                   times > 1 ? " each" : "", (watch_.seconds() - total) / times);
        for (std::size_t i = 0; i < std::min(kMost, sorted.size()); ++i)
            fmt::print("{:9.2f} ms {:8.0f} calls  {}\n", 1e3 * sorted[i].second.seconds / times,
                       static_cast<double>(sorted[i].second.calls) / times, sorted[i].first);
        std::fflush(stdout);
        spent.clear();
        watch_.restart();
    }

    std::string name_ = "start";
    base::Stopwatch watch_;
    int steps_ = 0;
};

int profile(const base::Path& file) {
    auto reading = settings::read_job_file(file);
    base::fail_if_any(reading.problems);
    const auto folder = std::filesystem::temp_directory_path() /
                        fmt::format("lorikeet-profile-{}", ::getpid());
    const auto run = train::RunDir::create(folder, "run", train::RunDir::Existing::Replace);
    at::addGlobalCallback(at::RecordFunctionCallback(begin, end));
    Teller teller;
    const base::Cancel cancel;
    train::train(reading.job, run, train::Start::Fresh, teller, cancel);
    std::filesystem::remove_all(folder);
    return 0;
}

}  // namespace

int main(int count, char** words) {
    base::keep_freed_memory();
    if (count != 2) {
        std::fprintf(stderr, "lorikeet_step_profile JOB.toml\n");
        return 2;
    }
    try {
        return profile(words[1]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
