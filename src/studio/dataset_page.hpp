// A dataset report as one page of HTML, with its images in it: it can be sent to somebody as it is.
#pragma once

#include <string>
#include <string_view>

#include "base/cancel.hpp"
#include "studio/dataset_report.hpp"

namespace lorikeet::studio {

// What every such page begins with.
constexpr std::string_view kPageBegin =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Dataset report</title>\n";

// Each image as it will be trained: cropped to its size, shown small. An image that is gone meanwhile is left blank, with its
// name. Throws Error{Interrupted}.
std::string html_of(const DatasetReport& report, const base::Cancel& cancel);

}  // namespace lorikeet::studio
