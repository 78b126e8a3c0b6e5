// Writes a checkpoint of random weights with the names and shapes of Stable Diffusion 1.5 or XL.
//
//   lorikeet_random_checkpoint [--family sd1|sdxl] [--dtype bf16|fp16|fp32] [--seed N] [--tiny] OUT
#include <charconv>
#include <cstdio>
#include <exception>
#include <string_view>

#include <fmt/format.h>

#include "base/error.hpp"
#include "models/random_checkpoint.hpp"

namespace {

using namespace lorikeet;

struct Wish {
    bool tiny = false;
    bool xl = false;
    at::ScalarType dtype = at::kBFloat16;
    std::uint64_t seed = 1;
    std::string_view out;

    models::StableDiffusionSpec spec() const {
        if (xl) return tiny ? models::tiny_sdxl_spec() : models::sdxl_spec();
        return tiny ? models::tiny_sd1_spec() : models::sd1_spec();
    }
};

[[noreturn]] void fail_usage(std::string_view what) {
    base::fail(
        base::ErrorCode::InvalidInput, std::string(what),
        "Usage: lorikeet_random_checkpoint [--family sd1|sdxl] [--dtype bf16|fp16|fp32] [--seed N] [--tiny] "
        "OUT");
}

at::ScalarType dtype_of(std::string_view word) {
    if (word == "bf16") return at::kBFloat16;
    if (word == "fp16") return at::kHalf;
    if (word == "fp32") return at::kFloat;
    fail_usage("The dtype is one of bf16, fp16, fp32.");
}

std::uint64_t seed_of(std::string_view word) {
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), seed);
    if (error != std::errc() || end != word.data() + word.size()) fail_usage("The seed is a whole number.");
    return seed;
}

Wish parse(int count, char** words) {
    Wish wish;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        const auto value = [&]() -> std::string_view {
            if (i + 1 == count) fail_usage(fmt::format("{} wants a value.", word));
            return words[++i];
        };
        if (word == "--tiny")
            wish.tiny = true;
        else if (word == "--dtype")
            wish.dtype = dtype_of(value());
        else if (word == "--seed")
            wish.seed = seed_of(value());
        else if (word == "--family") {
            const auto family = value();
            if (family != "sd1" && family != "sdxl") fail_usage("The family is sd1 or sdxl.");
            wish.xl = family == "sdxl";
        } else if (word.starts_with("--"))
            fail_usage(fmt::format("There is no option {}.", word));
        else
            wish.out = word;
    }
    if (wish.out.empty()) fail_usage("Where should it be written?");
    return wish;
}

}  // namespace

int main(int count, char** words) {
    try {
        const auto wish = parse(count, words);
        models::save_random_checkpoint(wish.out, wish.spec(), wish.dtype, wish.seed);
        return 0;
    } catch (const base::Error& error) {
        std::fprintf(stderr, "%s\n%s\n", error.what(), error.hint().c_str());
        return base::exit_code(error.code());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
