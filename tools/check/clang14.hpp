// clang 14 has no builtin that libstdc++'s <source_location> could use; clang-tidy reads this in its place.
#pragma once
#include <cstdint>
#if defined(__clang__) && !__has_builtin(__builtin_source_location)
namespace std {
struct source_location {
    static constexpr source_location current() noexcept { return {}; }
    constexpr uint_least32_t line() const noexcept { return 0; }
    constexpr uint_least32_t column() const noexcept { return 0; }
    constexpr const char* file_name() const noexcept { return ""; }
    constexpr const char* function_name() const noexcept { return ""; }
};
}  // namespace std
#endif
