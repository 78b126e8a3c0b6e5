// Job files from strangers. The first line may also be a setting given as text (path=value).
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "settings/toml.hpp"

namespace {

using namespace lorikeet;

void demand(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

void demand_readable(const std::vector<base::Problem>& problems) {
    for (const auto& problem : problems) {
        demand(!problem.where.empty() && !problem.what.empty(), "a problem says where and what");
        demand(base::is_utf8(problem.what) && base::is_utf8(problem.hint), "a problem is text");
    }
}

void read_as_file(std::string_view text) {
    const auto reading = settings::read_job(text, "job.toml");
    demand_readable(reading.problems);
    const auto patched = settings::patch_job(text, reading.job);
    demand(settings::difference(settings::read_job(patched.text, "job.toml").job,
                                settings::read_job(settings::write_job(reading.job), "job.toml").job)
               .empty(),
           "what is patched is the job");
    if (!reading.problems.empty()) return;
    const auto again = settings::read_job(settings::write_job(reading.job), "job.toml");
    demand(again.problems.empty(), "what is written can be read");
    demand(settings::difference(reading.job, again.job).empty(), "what is read back is the same job");
}

void read_as_assignment(std::string_view text) {
    const auto line = text.substr(0, text.find('\n'));
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return;
    settings::Job job;
    const settings::Job before = job;
    if (settings::apply(job, line.substr(0, equals), line.substr(equals + 1)))
        demand(settings::difference(before, job).empty(), "a refused value changes nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    read_as_file(text);
    read_as_assignment(text);
    return 0;
}
