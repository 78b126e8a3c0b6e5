#include "studio/graphics_card.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <regex>

#include <dlfcn.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

// "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar ..." -> "550.54.15"
std::string driver_version(const Surroundings& here) {
    try {
        const auto text = base::read_text(here.root / "proc/driver/nvidia/version");
        static const std::regex number(R"((\d{3}\.\d+(\.\d+)?))");
        std::smatch hit;
        if (std::regex_search(text, hit, number)) return hit[1];
    } catch (const base::Error&) {
        // no driver
    }
    return {};
}

std::vector<std::string> cards_in_files(const Surroundings& here) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& gpu : fs::directory_iterator(here.root / "proc/driver/nvidia/gpus", ignored)) {
        try {
            for (const auto& line : base::split(base::read_text(gpu.path() / "information"), "\n"))
                if (line.starts_with("Model:")) names.emplace_back(base::trim(line.substr(6)));
        } catch (const base::Error&) {
            // A card that does not tell.
        }
    }
    return names;
}

// The few calls of the driver that tell what is there; none of them takes memory on a card.
std::vector<std::string> cards_of_driver() {
    const std::unique_ptr<void, int (*)(void*)> driver(::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL),
                                                       [](void* handle) { return ::dlclose(handle); });
    if (!driver) return {};
    const auto find = [&](const char* name) { return ::dlsym(driver.get(), name); };
    const auto init = reinterpret_cast<int (*)(unsigned)>(find("cuInit"));
    const auto count_of = reinterpret_cast<int (*)(int*)>(find("cuDeviceGetCount"));
    const auto name_of = reinterpret_cast<int (*)(char*, int, int)>(find("cuDeviceGetName"));
    const auto memory_of = reinterpret_cast<int (*)(std::size_t*, int)>(find("cuDeviceTotalMem_v2"));
    int count = 0;
    if (!init || !count_of || !name_of || !memory_of || init(0) != 0 || count_of(&count) != 0) return {};
    std::vector<std::string> names;
    for (int device = 0; device < count; ++device) {
        std::array<char, 256> name{};
        std::size_t bytes = 0;
        if (name_of(name.data(), static_cast<int>(name.size()) - 1, device) != 0) continue;
        std::string text = name.data();
        if (memory_of(&bytes, device) == 0) text += ", " + base::human_bytes(bytes);
        names.push_back(std::move(text));
    }
    return names;
}

}  // namespace

GraphicsCards look_at_card(const Surroundings& here) {
    GraphicsCards cards;
    cards.driver = driver_version(here);
    // The driver tells the memory too, and sees only what this container was given.
    if (here.ask_driver) cards.names = cards_of_driver();
    if (cards.names.empty() && !here.ask_driver) cards.names = cards_in_files(here);
    return cards;
}

}  // namespace lorikeet::studio
