// Weights that a file keeps in 8 bits, with a scale beside them: weight = number * scale. Without its scale such a weight
// is noise, so a scale is applied, and what is kept in a way that is not known here is refused.
//
//   <layer>.weight (fp8)   <layer>.scale_weight or <layer>.weight_scale: one number, one for each output, or one for each
//                          block of inputs. <layer>.scale_input, .input_scale and scaled_fp8 say how a processor with
//                          fp8 arithmetic may compute; they change no weight.
//
// Source   ComfyUI's layouts "scaled fp8" and "comfy_quant"
// Throws   Error{Unsupported} for other layouts (GPTQ, AWQ, bitsandbytes, nvfp4) and for scales without their weight.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <ATen/ATen.h>

#include "io/safetensors.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

bool is_fp8(at::ScalarType type);

// Names of scales and of marks that belong to them.
bool belongs_to_scales(std::string_view name);

// What a weight is multiplied by, float32; undefined for a weight that is as it should be.
at::Tensor scale_of(const tensor::WeightFile& file, const std::string& weight_name);
// weight * scale in float32, as the shapes of both say.
at::Tensor with_scale(const at::Tensor& weight, const at::Tensor& scale, const std::string& weight_name);

// Weights that have a scale in this file.
std::int64_t scaled_weights(const io::SafetensorsFile& file);
// Refuses what would be read as other numbers than were meant.
void expect_known_scales(const io::SafetensorsFile& file);

}  // namespace lorikeet::models
