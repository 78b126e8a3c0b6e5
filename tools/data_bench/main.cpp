// What images cost before a step, for bench/data.py: each way prints a line of JSON.
//
//     lorikeet_data_bench headers FOLDER        headers and captions of all images
//     lorikeet_data_bench lint FOLDER           all of them decoded, measured and compared as well
//     lorikeet_data_bench fit FOLDER PX         decoded, turned, resized and cropped to a square, in one thread
//     lorikeet_data_bench cache JOB.toml        what the VAE makes of a job's images kept, and the VAE's share of that
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/processor.hpp"
#include "data/lint.hpp"
#include "data/listing.hpp"
#include "data/loader.hpp"
#include "data/scan.hpp"
#include "data/transform.hpp"
#include "io/image.hpp"
#include "settings/toml.hpp"
#include "train/choose.hpp"
#include "train/recipe.hpp"
#include "train/words.hpp"

namespace {

using namespace lorikeet;

const base::Cancel kNobodyStops;

settings::Data data_of(const std::string& folder) {
    settings::Data data;
    data.resolution = {512};
    data.bucket_step = 64;
    data.subsets.emplace_back().folder = folder;
    return data;
}

void tell(std::size_t images, double seconds, const std::string& more = {}) {
    fmt::print("{{\"images\": {}, \"seconds\": {:.4f}, \"peak_bytes\": {}{}}}\n", images, seconds,
               base::memory_peak_bytes(), more);
}

void scan_headers(const std::string& folder) {
    const auto data = data_of(folder);
    const base::Stopwatch watch;
    const auto found = data::scan(data, kNobodyStops, {}, data::Measure::Headers);
    tell(found.images.size(), watch.seconds());
}

void lint(const std::string& folder) {
    const auto data = data_of(folder);
    const base::Stopwatch watch;
    const auto found = data::scan(data, kNobodyStops, {}, data::Measure::Yes);
    const double scanned = watch.seconds();
    const auto findings = data::lint(found.images, data);
    tell(found.images.size(), watch.seconds(),
         fmt::format(", \"scanned\": {:.4f}, \"findings\": {}", scanned, findings.size()));
}

void fit_all(const std::string& folder, std::int64_t px) {
    const auto files = data::list_folder(folder, {}).images;
    std::int64_t sum = 0;  // so that nothing is left out
    const base::Stopwatch watch;
    for (const auto& path : files) {
        const base::MappedFile file(path);
        const auto facts = io::peek_image(file.bytes(), path.string());
        const auto crop = data::crop_to({facts.width_px, facts.height_px}, {px, px});
        sum += data::fit_file(file.bytes(), path.string(), crop).rgb.back();
    }
    tell(files.size(), watch.seconds(), fmt::format(", \"sum\": {}", sum));
}

void cache_latents(const std::string& file) {
    auto reading = settings::read_job_file(file);
    base::fail_if_any(reading.problems);
    const auto job = train::choose(reading.job, kNobodyStops).job;
    auto found = data::scan(job.data, kNobodyStops);
    base::fail_if_any(found.errors);
    const auto recipe = train::load_recipe(job);
    auto encoder = train::encoder_of(*recipe.model);
    double in_vae = 0;
    std::size_t calls = 0;
    encoder.encode = [&, encode = encoder.encode](const at::Tensor& pixels) {
        const base::Stopwatch watch;
        auto latents = encode(pixels);
        in_vae += watch.seconds();
        ++calls;
        return latents;
    };
    encoder.encode(
        at::zeros({1, 3, job.data.resolution.front(), job.data.resolution.back()}));  // reads its weights
    in_vae = 0, calls = 0;
    data::Loader loader(found.images, job.data, 1, encoder);
    const base::Stopwatch watch;
    const auto filled = loader.fill_cache({}, kNobodyStops);
    tell(filled.encoded, watch.seconds(), fmt::format(", \"in_vae\": {:.4f}, \"calls\": {}", in_vae, calls));
}

int run(const std::string& way, const std::string& what, const char* px) {
    if (way == "headers")
        scan_headers(what);
    else if (way == "lint")
        lint(what);
    else if (way == "fit" && px != nullptr)
        fit_all(what, std::atoll(px));
    else if (way == "cache")
        cache_latents(what);
    else
        return 2;
    return 0;
}

}  // namespace

int main(int count, char** words) {
    base::hold_libraries_back();
    try {
        const int code = count < 3 ? 2 : run(words[1], words[2], count > 3 ? words[3] : nullptr);
        if (code == 2)
            std::fprintf(stderr, "lorikeet_data_bench headers|lint|fit|cache FOLDER|JOB.toml [PX]\n");
        return code;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
