// What a run is going to do, said calmly before it starts.
#pragma once

#include <string>

#include "cli/console.hpp"
#include "settings/job.hpp"
#include "studio/train_desk.hpp"

namespace lorikeet::cli {

std::string plan_text(const settings::Job& job, const studio::Plan& plan, const Screen& screen);

}  // namespace lorikeet::cli
