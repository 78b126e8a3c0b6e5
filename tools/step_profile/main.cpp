// Where the time of a run goes, operator by operator.
//
//     lorikeet_step_profile JOB.toml
//
// Trains the job in a folder that is thrown away, and prints for each phase (loading, caching, the first step, the steps
// after it) the operators by the time spent in them without the operators that they call, and what is left outside all.
// Of a job on a GPU (with train.record_steps = "off") it prints the kernels of some late steps as well.
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <ATen/record_function.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/profiler_kineto.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/processor.hpp"
#include "settings/toml.hpp"
#include "tensor/device.hpp"
#include "train/loop.hpp"
#include "train/words.hpp"

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

// The kernels of six steps, from the seventh on, as the card's own profiler times them.
class Kernels {
  public:
    // Before anything else asks for CUDA.
    void prepare() { torch::autograd::profiler::prepareProfiler(how(), what()); }

    void step_done() {
        constexpr int kFirst = 6;
        constexpr int kSteps = 6;
        if (++done_ == kFirst) torch::autograd::profiler::enableProfiler(how(), what());
        if (done_ == kFirst + kSteps) tell(*torch::autograd::profiler::disableProfiler(), kSteps);
    }

  private:
    using Result = torch::autograd::profiler::ProfilerResult;
    static torch::profiler::impl::ProfilerConfig how() {
        return torch::profiler::impl::ProfilerConfig(torch::profiler::impl::ProfilerState::KINETO);
    }
    static std::set<torch::profiler::impl::ActivityType> what() {
        return {torch::profiler::impl::ActivityType::CUDA};
    }

    static void tell(const Result& result, double steps) {
        std::map<std::string, Spent> kernels;
        double sum = 0;
        for (const auto& event : result.events()) {
            if (event.deviceType() != c10::DeviceType::CUDA) continue;
            auto& kernel = kernels[event.name()];
            kernel.seconds += static_cast<double>(event.durationNs()) / 1e9;
            ++kernel.calls;
            sum += static_cast<double>(event.durationNs()) / 1e9;
        }
        std::vector<std::pair<std::string, Spent>> sorted(kernels.begin(), kernels.end());
        std::sort(sorted.begin(), sorted.end(),
                  [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
        fmt::print("\nkernels of a step: {:.2f} ms\n", 1e3 * sum / steps);
        for (const auto& [name, took] : sorted)
            fmt::print("{:9.3f} ms {:7.1f} calls  {}\n", 1e3 * took.seconds / steps,
                       static_cast<double>(took.calls) / steps, name.substr(0, 150));
        std::fflush(stdout);
    }

    int done_ = 0;
};

// Tells what was spent since it told last.
class Teller : public base::EventSink {
  public:
    explicit Teller(Kernels* kernels) : kernels_(kernels) {}

    void take(const base::Event& event) override {
        if (event.kind == "phase") {
            tell(1);
            name_ = event.text("name");
        } else if (event.kind == "metrics") {
            if (++steps_ == 1) tell(1), name_ = "steps after the first";
            if (kernels_) kernels_->step_done();
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

    Kernels* kernels_;
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
    Kernels kernels;
    const bool on_card = tensor::pick_device(train::name_of(reading.job.train.device)).is_cuda();
    if (on_card) kernels.prepare();
    Teller teller(on_card ? &kernels : nullptr);
    const base::Cancel cancel;
    train::train(reading.job, run, train::Start::Fresh, teller, cancel);
    std::filesystem::remove_all(folder);
    return 0;
}

}  // namespace

int main(int count, char** words) {
    base::hold_libraries_back();
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
