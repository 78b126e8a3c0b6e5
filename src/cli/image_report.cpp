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

void say_looked_at(const LookedAt& looked, Console& console) {
    const auto same = looked.captions.same;
    console.out << fmt::format("\n{}: {} looked at, {} known from before, {} as {}.\n",
                               base::counted(looked.images, "image"), looked.looked_at, looked.known,
                               base::counted(same, "caption stays", "captions stay"),
                               same == 1 ? "it is" : "they are");
    if (!looked.stopped) return;
    console.out << (looked.is_kept
                        ? "You stopped it. What is done is kept: the same command goes on with the rest.\n"
                        : "You stopped it. What is done could not be kept.\n");
}

std::optional<int> code_before_writing(const LookedAt& looked, Apply apply, Console& console) {
    const int code = looked.stopped ? base::exit_code(base::ErrorCode::Interrupted) : 0;
    if (looked.captions.change.texts.empty()) {
        console.out << "Nothing is to be written.\n";
        return code;
    }
    if (apply == Apply::Yes) return std::nullopt;
    console.out << fmt::format("Nothing is changed yet. With --apply: {}; {}.\n", looked.captions.change.what,
                               looked.is_kept
                                   ? fmt::format("the {} are kept, so it is quick", looked.what)
                                   : fmt::format("the {} are not kept, so it looks again", looked.what));
    return code;
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
