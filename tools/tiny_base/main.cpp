// lorikeet_tiny_base: draws the small world, trains a model of it from nothing, judges it.
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "latents.hpp"
#include "tensor/device.hpp"
#include "text_stage.hpp"
#include "unet_stage.hpp"
#include "vae_stage.hpp"

namespace {

using namespace lorikeet;

base::Cancel stop;

int run(const std::vector<std::string>& words) {
    if (words.size() < 2) {
        fmt::print("usage: lorikeet_tiny_base FOLDER STAGE [STEPS]\n");
        return 2;
    }
    const base::Path folder = words[0];
    std::filesystem::create_directories(folder);
    base::add_log_file(folder / "log.txt");
    const auto steps = words.size() > 2 ? std::stoll(words[2]) : 0;
    if (words[1] == "vae") tiny_base::train_vae(folder, steps, stop);
    if (words[1] == "latents") tiny_base::make_latents(folder, steps, stop);
    if (words[1] == "text") tiny_base::train_text(folder, steps, stop);
    if (words[1] == "unet") tiny_base::train_unet(folder, steps, stop);
    return 0;
}

}  // namespace

int main(int count, char** words) {
    std::signal(SIGINT, [](int) { stop.request_stop(); });
    std::signal(SIGTERM, [](int) { stop.request_stop(); });
    try {
        tensor::set_threads(1);
        return run({words + 1, words + count});
    } catch (const base::Error& error) {
        fmt::print(stderr, "{}\n{}\n", error.what(), error.hint());
        return base::exit_code(error.code());
    }
}
