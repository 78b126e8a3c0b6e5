// Curves for TensorBoard: an event file of records, each with masked CRC-32C checks.
//
// Source   tensorflow/core/lib/io/record_writer.h, tensorflow/core/util/event.proto, summary.proto.
// Golden   tests/golden/tensorboard_events.safetensors
// Throws   Error{Io}, Error{NoSpace}.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace lorikeet::io {

// Writes one file of its own into `folder`, as TensorBoard wants it: a run that goes on adds another file
// beside the older ones, and TensorBoard shows them as one curve.
class TensorboardWriter {
  public:
    explicit TensorboardWriter(const base::Path& folder);
    void scalar(std::string_view tag, std::int64_t step, double value);
    // What was written so far reaches the file; also done every few seconds by scalar().
    void flush();
    const base::Path& path() const { return path_; }

  private:
    void write(std::string_view event);
    base::Path path_;
    std::ofstream file_;
    double flushed_at_ = 0;
};

// The bytes of which the file is made.
std::string tensorboard_version_event(double unix_seconds);
std::string tensorboard_scalar_event(double unix_seconds, std::string_view tag, std::int64_t step,
                                     double value);
std::string tensorboard_record(std::string_view event);

}  // namespace lorikeet::io
