// lorikeet_tiny_tagger: draws scenes of the small world with their tags, trains a tagger of them from nothing, examines it.
// See docs/tiny-tagger.md.
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <malloc.h>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "sheet.hpp"
#include "tag/tagger.hpp"
#include "tagger_exam.hpp"
#include "tagger_pack.hpp"
#include "tagger_stage.hpp"
#include "tensor/device.hpp"

namespace {

using namespace lorikeet;

constexpr const char* kUsage = R"(usage: lorikeet_tiny_tagger WHAT PLACE [MORE]
  train FOLDER STEPS           train the network; goes on where it stopped
  pack FOLDER STEPS TAGGER     write model.safetensors, selected_tags.csv and config.json into the folder TAGGER
  exam TAGGER COUNT            tag images that training never drew; writes exam.png and exam.csv beside the weights
)";

base::Cancel stop;

void examine(const base::Path& folder, std::size_t count) {
    const auto tagger =
        tag::open_tagger(folder, settings::DeviceChoice::Cpu, settings::TagPrecision::Float32);
    const auto plain = tiny_tagger::examine(*tagger, count, tiny_tagger::Look::Plain);
    const auto varied = tiny_tagger::examine(*tagger, count, tiny_tagger::Look::Varied);
    fmt::print("as drawn: {}\nvaried: {}", tiny_tagger::in_words(plain), tiny_tagger::in_words(varied));
    tiny_base::write_sheet(folder / "exam.png", varied.images, 10);
    base::write_whole(folder / "exam.csv", tiny_tagger::table_of(varied));
}

int run(const std::vector<std::string>& words) {
    const auto is = [&](const char* verb, std::size_t count) {
        return words.size() == count && words[0] == verb;
    };
    if (is("train", 3)) {
        std::filesystem::create_directories(words[1]);
        base::add_log_file(base::Path(words[1]) / "log.txt");
        tiny_tagger::train_tagger(words[1], std::stoll(words[2]), stop);
    } else if (is("pack", 4)) {
        fmt::print("{}", tiny_tagger::pack_tagger(words[1], std::stoll(words[2]), words[3]));
    } else if (is("exam", 3)) {
        examine(words[1], std::stoull(words[2]));
    } else {
        fmt::print("{}", kUsage);
        return 2;
    }
    return 0;
}

}  // namespace

int main(int count, char** words) {
    std::signal(SIGINT, [](int) { stop.request_stop(); });
    std::signal(SIGTERM, [](int) { stop.request_stop(); });
    // Pages that one step frees are those the next one asks for.
    mallopt(M_MMAP_THRESHOLD, 1 << 29);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    try {
        tensor::set_threads(1);  // training brings threads of its own
        return run({words + 1, words + count});
    } catch (const base::Error& error) {
        fmt::print(stderr, "{}\n{}\n", error.what(), error.hint());
        return base::exit_code(error.code());
    }
}
