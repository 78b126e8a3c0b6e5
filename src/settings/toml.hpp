// Job files: TOML in, with everything wrong told at once, and TOML out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "settings/check.hpp"
#include "settings/job.hpp"

namespace lorikeet::settings {

struct Reading {
    Job job;  // with the default wherever there is a problem
    std::vector<base::Problem> problems;
};

// Reads a job from `text`, then takes what the command line says, then checks the whole. Folders and files in
// it are left as they are written: relative ones are relative to the working folder. Problems name
// "file_name:line" where there is a line.
Reading read_job(std::string_view text, std::string_view file_name, std::span<const Assignment> then = {});

// The same of a file, its paths cleaned of what typing leaves around them (typed_paths.hpp).  Throws Error{NotFound} or Error{Io}; what is wrong inside is in the reading.
Reading read_job_file(const base::Path& file, std::span<const Assignment> then = {});

// The same of other settings than a job's, into `object`, which is of the type that `root` describes.
std::vector<base::Problem> read_settings(const Schema& root, void* object, std::string_view text,
                                         std::string_view file_name, std::span<const Assignment> then = {});

enum class Comments { None, Full };

// The whole job, every setting that is in force or has been changed; what is read back is the same job.
// Full: with a sentence, the range and the choices above each setting.
std::string write_job(const Job& job, Comments comments = Comments::None);

// The job, written into an earlier text so that its comments, order and spelling stay: only values that differ are
// replaced. Where that cannot be done faithfully (it is read back to see), the job is written afresh and `why` says so.
struct Patched {
    std::string text;
    std::string why;  // a sentence when it was written afresh; empty when the earlier text was kept
};
Patched patch_job(std::string_view earlier, const Job& job);

}  // namespace lorikeet::settings
