// What of the captions the text encoder will read otherwise than they are written, for people to know.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "data/scan.hpp"
#include "settings/job.hpp"

namespace lorikeet::train {

// By cleaning (models/text_cleaning.hpp), where the job has it: one piece of news, with a few names for each kind of change.
// Whether or not: captions that were read in a wrong encoding, which nobody repairs here. Of the usual captions.
std::vector<base::Problem> news_of_cleaning(const settings::Job& job,
                                            const std::vector<data::DatasetImage>& images);

}  // namespace lorikeet::train
