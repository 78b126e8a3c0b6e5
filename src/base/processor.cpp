#include "base/processor.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <utility>

#include "base/error.hpp"

namespace lorikeet::base {
namespace {

constexpr std::array kKinds{Processor::Portable, Processor::Avx2, Processor::Avx512, Processor::Avx512Bf16,
                            Processor::Amx};

std::optional<Processor> kind_named(std::string_view name) {
    const auto* found =
        std::find_if(kKinds.begin(), kKinds.end(), [&](auto k) { return name_of(k) == name; });
    if (found == kKinds.end()) return {};
    return *found;
}

// ATen's words; what it does not know it ignores, and so do we.
std::optional<Processor> most_of_aten(std::string_view word) {
    if (word == "default") return Processor::Portable;
    if (word == "avx2") return Processor::Avx2;
    return {};
}

std::string environment(const char* name) {
    const char* word = std::getenv(name);
    return word ? word : "";
}

}  // namespace

std::string_view name_of(Processor kind) {
    switch (kind) {
        case Processor::Portable: return "portable";
        case Processor::Avx2: return "avx2";
        case Processor::Avx512: return "avx512";
        case Processor::Avx512Bf16: return "avx512-bf16";
        case Processor::Amx: return "amx";
    }
    return "";
}

Processor processor_of_machine() {
#if defined(__x86_64__)
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                      __builtin_cpu_supports("f16c");
    if (!avx2) return Processor::Portable;
    const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    if (!wide) return Processor::Avx2;
    if (!__builtin_cpu_supports("avx512bf16")) return Processor::Avx512;
    return __builtin_cpu_supports("amx-bf16") ? Processor::Amx : Processor::Avx512Bf16;
#else
    return Processor::Portable;
#endif
}

Processor capped(Processor machine, const ProcessorCaps& caps) {
    auto kind = machine;
    if (!caps.ours.empty()) {
        const auto most = kind_named(caps.ours);
        if (!most)
            fail(ErrorCode::InvalidInput,
                 "LORIKEET_CPU is \"" + caps.ours + "\", which is no kind of processor.",
                 "Say portable, avx2, avx512, avx512-bf16 or amx, or leave it unset.");
        kind = std::min(kind, *most);
    }
    if (const auto most = most_of_aten(caps.atens)) kind = std::min(kind, *most);
    return kind;
}

Processor processor() {
    static const Processor kind =
        capped(processor_of_machine(), {environment("LORIKEET_CPU"), environment("ATEN_CPU_CAPABILITY")});
    return kind;
}

}  // namespace lorikeet::base
