// Stage three: the UNet, trained to prediction v on the latents, with the text tower as it is.
#pragma once

#include <cstdint>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "models/unet.hpp"

namespace lorikeet::tiny_base {

models::UnetSpec unet_spec();
void train_unet(const base::Path& folder, std::int64_t steps, const base::Cancel& cancel);
models::Unet load_unet(const base::Path& folder);

}  // namespace lorikeet::tiny_base
