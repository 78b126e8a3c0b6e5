#include "cli/dataset_at.hpp"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/list_view.hpp"
#include "settings/data.hpp"

namespace lorikeet::cli {

using base::ErrorCode;
using base::printable;

void expect_folder(const base::Path& folder) {
    if (!base::is_folder(folder))
        base::fail(ErrorCode::NotFound, fmt::format("There is no folder {}.", folder.string()),
                   base::hint_for_missing(folder.string()));
}

std::vector<std::string> caption_extensions_of(const std::string& typed) {
    if (typed.empty()) return settings::Data{}.caption_extensions;
    std::vector<std::string> extensions;
    for (const auto& part : base::split(typed, ",")) {
        extensions.emplace_back(base::trim(part));
        if (extensions.back().size() < 2 || extensions.back().front() != '.')
            base::fail(ErrorCode::InvalidInput,
                       fmt::format("\"{}\" is no extension of a file.", base::trim(part)),
                       "For example: --caption-extensions .txt,.caption");
    }
    return extensions;
}

studio::DatasetListing dataset_at(const base::Path& folder,
                                  const std::vector<std::string>& caption_extensions,
                                  const base::Cancel& cancel) {
    expect_folder(folder);
    auto listing = studio::list_dataset(folder, caption_extensions, cancel);
    if (!listing.trouble.empty()) base::fail(ErrorCode::Io, listing.trouble, "Check its permissions.");
    return listing;
}

std::vector<std::string> chosen_images(const base::Path& folder, const std::vector<std::string>& all_given,
                                       const studio::DatasetListing& listing) {
    std::vector<std::string> known, names;
    for (const auto& image : listing.images) known.push_back(image.name);
    for (const auto& given : all_given) {
        const auto typed = base::clean_typed_path(given);
        const auto below =
            std::filesystem::absolute(typed).lexically_relative(std::filesystem::absolute(folder));
        const auto is_known = [&](const std::string& name) {
            return std::find(known.begin(), known.end(), name) != known.end();
        };
        if (is_known(typed)) {
            names.push_back(typed);
        } else if (is_known(below.generic_string())) {
            names.push_back(below.generic_string());
        } else {
            const auto near = base::nearest(typed, known);
            base::fail(
                ErrorCode::NotFound, fmt::format("There is no image {} in {}.", typed, folder.string()),
                near ? fmt::format("Did you mean {}?", *near) : "Nothing was changed. Check the name.");
        }
    }
    return names;
}

void say_kept(Console& console, const std::string& title, const std::vector<base::Problem>& problems,
              bool all) {
    say_list(console, title, problems.size(), all, [&](std::size_t i) {
        const auto& problem = problems[i];
        const auto* blank = problem.hint.empty() ? "" : " ";
        return printable(fmt::format("{}: {}{}{}", problem.where, problem.what, blank, problem.hint));
    });
}

int say_done(const base::Path& folder, const studio::ChangeOutcome& outcome, bool all, Console& console) {
    say_kept(console, "stay as they are", outcome.not_done, all);
    // Where nothing was done an undo would take back what was done before.
    const auto back = outcome.done == 0
                          ? std::string()
                          : fmt::format(" Back: lorikeet dataset undo {}", printable(folder.string()));
    console.out << fmt::format("{}.{}\n", printable(outcome.what), back);
    return outcome.not_done.empty() ? 0 : base::exit_code(ErrorCode::Io);
}

}  // namespace lorikeet::cli
