// A dataset report as one page of HTML, with its images in it: it can be sent to somebody as it is.
#pragma once

#include <string>

#include "base/cancel.hpp"
#include "studio/dataset_report.hpp"

namespace lorikeet::studio {

// Each image as it will be trained: cropped to its size, shown small. An image that is gone meanwhile is left blank, with its
// name. Throws Error{Interrupted}.
std::string html_of(const DatasetReport& report, const base::Cancel& cancel);

}  // namespace lorikeet::studio
