// The training of the tiny tagger from nothing: the network is tag::ConvNext itself, as a stage (stage.hpp).
//
// Source   loss: binary cross-entropy of every tag, as taggers are trained.
#pragma once

#include <cstdint>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "tag/convnext.hpp"

namespace lorikeet::tiny_tagger {

// Images of 64 pixels in patches of 8; all that config.json says of the network comes from here.
tag::ConvNextSpec tagger_spec();

// Trains up to `steps` steps, going on from FOLDER/tagger.safetensors where it is there. The loss of each step that it did.
std::vector<double> train_tagger(const base::Path& folder, std::int64_t steps, const base::Cancel& cancel);

// Of how many images of that many steps each tag was true.
std::vector<std::int64_t> count_tags(std::int64_t steps);

}  // namespace lorikeet::tiny_tagger
