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

// oneDNN's, of those that stand below the most that it knows.
std::optional<Processor> most_of_onednn(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, Processor>, 8> kWords{
        {{"SSE41", Processor::Portable},
         {"AVX", Processor::Portable},
         {"AVX2", Processor::Avx2},
         {"AVX2_VNNI", Processor::Avx2},
         {"AVX2_VNNI_2", Processor::Avx2},
         {"AVX512_CORE", Processor::Avx512},
         {"AVX512_CORE_VNNI", Processor::Avx512},
         {"AVX512_CORE_BF16", Processor::Avx512Bf16}}};
    const auto* found =
        std::find_if(kWords.begin(), kWords.end(), [&](const auto& pair) { return pair.first == word; });
    if (found == kWords.end()) return {};
    return found->second;
}

// What is set for the libraries; none: nothing.
struct LibraryCaps {
    const char* aten = nullptr;
    const char* onednn = nullptr;
    const char* mkl = nullptr;
};
LibraryCaps library_caps(Processor kind) {
    switch (kind) {
        case Processor::Portable: return {"default", "SSE41", "SSE4_2"};
        case Processor::Avx2: return {"avx2", "AVX2", "AVX2"};
        case Processor::Avx512: return {nullptr, "AVX512_CORE", nullptr};
        case Processor::Avx512Bf16: return {nullptr, "AVX512_CORE_BF16", nullptr};
        case Processor::Amx: return {};
    }
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
    if (const auto most = most_of_onednn(caps.onednns)) kind = std::min(kind, *most);
    return kind;
}

Processor processor() {
    static const Processor kind = capped(
        processor_of_machine(),
        {environment("LORIKEET_CPU"), environment("ATEN_CPU_CAPABILITY"), environment("ONEDNN_MAX_CPU_ISA")});
    return kind;
}

void hold_libraries_back() {
    const auto most = kind_named(environment("LORIKEET_CPU"));
    if (!most) return;  // not set; or a word that whoever asks for the kind will refuse
    const auto caps = library_caps(*most);
    constexpr int kKeep = 0;
    if (caps.aten) ::setenv("ATEN_CPU_CAPABILITY", caps.aten, kKeep);
    if (caps.onednn) ::setenv("ONEDNN_MAX_CPU_ISA", caps.onednn, kKeep);
    if (caps.mkl) ::setenv("MKL_ENABLE_INSTRUCTIONS", caps.mkl, kKeep);
}

}  // namespace lorikeet::base
