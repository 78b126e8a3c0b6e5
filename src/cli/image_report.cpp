#include "cli/image_report.hpp"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/dataset_at.hpp"
#include "cli/list_view.hpp"
#include "settings/toml.hpp"

namespace lorikeet::cli {

namespace {

constexpr double kSecondsBetweenImageLines = 10;

}  // namespace

std::string image_progress_line(const studio::ImageProgress& progress) {
    auto line = fmt::format("image {} of {}", progress.done, progress.of);
    if (progress.per_second > 0)
        line += fmt::format("   {:.2f} images/s   about {} left", progress.per_second,
                            base::human_seconds(progress.seconds_left));
    return line + "   " + base::printable(progress.device);
}

void ImageReport::take(const studio::ImageProgress& progress) {
    const auto line = image_progress_line(progress);
    if (console_.err_screen.live) {
        console_.err << "\r\x1b[K" << fit(line, console_.err_screen.width - 1) << std::flush;
        drawn_ = true;
    } else if (progress.done == 0 || progress.done == progress.of ||
               watch_.seconds() >= kSecondsBetweenImageLines) {
        watch_.restart();
        console_.err << line << std::endl;
    }
}

void ImageReport::end() {
    if (drawn_) console_.err << "\r\x1b[K" << std::flush;
}

studio::DatasetListing listing_with(const base::Path& folder, const std::string& typed,
                                    const std::string& extension, const base::Cancel& cancel) {
    auto extensions = caption_extensions_of(typed);
    if (std::find(extensions.begin(), extensions.end(), extension) == extensions.end())
        extensions.push_back(extension);
    return dataset_at(folder, extensions, cancel);
}

void read_command_settings(const settings::Schema& schema, void* object, const base::Path& file,
                           const std::vector<settings::Assignment>& changes, const std::string& command) {
    const auto text = file.empty() ? std::string() : base::read_text(file);
    base::fail_if_any(
        settings::read_settings(schema, object, text, file.empty() ? command : file.string(), changes));
}

}  // namespace lorikeet::cli
