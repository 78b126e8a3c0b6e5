// Time and memory of this process.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace lorikeet::base {

// Seconds since it was made or restarted.
class Stopwatch {
  public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }
    void restart() { start_ = std::chrono::steady_clock::now(); }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

double unix_seconds();  // since 1970, with fraction
double unix_seconds_of(std::filesystem::file_time_type time);
std::string utc_now();              // "2026-11-23T12:39:53Z"
std::uint64_t memory_now_bytes();   // resident set
std::uint64_t memory_peak_bytes();  // its highest so far
double process_age_seconds();       // since the kernel started this process

}  // namespace lorikeet::base
