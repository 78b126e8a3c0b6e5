// What opening a tagger and a captioner have in common: the files of its folder, what computes and in which numbers, and what
// results that are kept are known by.
//
// Throws   Error{NotFound} for a folder or a file that is not there, named with `whose` it is ("tagger").
#pragma once

#include <string>
#include <vector>

#include "base/file.hpp"
#include "settings/tagging.hpp"
#include "tag/network_weights.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::tag {

void expect_folder(const base::Path& folder, const char* whose);
base::Path file_in(const base::Path& folder, const char* whose, const char* name, const char* hint);

// Auto: bfloat16 where the device is fast in it.
ComputeIn compute_for(settings::DeviceChoice device, settings::TagPrecision precision);
// "the processor", "NVIDIA H200"
std::string device_name(at::Device device);

// SHA-256 of names and shapes of the weights, sixteen pieces of them (all would take seconds), and `more`.
std::string fingerprint_of(const tensor::WeightFile& file, const std::vector<std::string>& more);

}  // namespace lorikeet::tag
