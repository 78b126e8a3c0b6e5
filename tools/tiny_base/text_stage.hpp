// Stage two: the text tower, trained to parse captions. What a caption says of shape, colour and ground must be
// readable, by one linear layer each, from every token at and after its end.
//
// Trained only through a UNet a tower this small learns little in an hour; parsing takes it a minute.
#pragma once

#include <cstdint>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "models/clip_text.hpp"

namespace lorikeet::tiny_base {

models::ClipTextSpec text_spec();
void train_text(const base::Path& folder, std::int64_t steps, const base::Cancel& cancel);
models::ClipText load_text(const base::Path& folder);

}  // namespace lorikeet::tiny_base
