// Which images are kept out of training, for the validation loss: those of folders that are marked so, and a share of the
// others.
//
// An image is held out for what its file holds: so in every folder that lists it and at every size, with each of its repeats;
// and whatever images come or go beside it. Regularisation images are never held out, nor are the same elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/scan.hpp"
#include "settings/data.hpp"

namespace lorikeet::data {

// Some are to be.
bool holds_out(const settings::Data& data);

// Moves them from `images` to `held_out`. With a share there is at least one, of several images, and one that is left.
void hold_out(ScanResult& found, const settings::Data& data);

// Settings by which held-out images are shown: each once, as it is. Folders keep their places.
settings::Data validation_data(settings::Data data);

// A number from the bytes of the image's file: what its draws are keyed by.
std::uint64_t number_of(const DatasetImage& image);

}  // namespace lorikeet::data
