// caption trigger, add, remove, ...: what would change, then the change; caption tags.
#include <algorithm>
#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/caption_diff.hpp"
#include "cli/commands.hpp"
#include "cli/dataset_at.hpp"
#include "cli/interrupt.hpp"
#include "cli/list_view.hpp"
#include "studio/caption_plan.hpp"

namespace lorikeet::cli {

namespace {

using base::printable;

studio::CaptionEdit edit_of(const CaptionArguments& arguments) {
    auto edit = arguments.edit;
    edit.tags = studio::tags_typed(arguments.tags);
    edit.with = studio::tags_typed(arguments.with);
    if (edit.action == studio::CaptionAction::Move) edit.in_front = !arguments.to_end;
    edit.only_with = studio::tags_typed(arguments.only_with);
    return edit;
}

}  // namespace

int caption_edit(const CaptionArguments& arguments, Console& console) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    const auto extensions = caption_extensions_of(arguments.caption_extensions);
    const auto listing = dataset_at(arguments.folder, extensions, cancel);
    const auto extension = arguments.create ? extensions.front() : std::string();
    const auto plan = studio::plan_captions(arguments.folder, listing,
                                            chosen_images(arguments.folder, arguments.images, listing),
                                            edit_of(arguments), extension, cancel);
    const auto& texts = plan.change.texts;
    say_list(console, "changed", texts.size(), arguments.all,
             [&](std::size_t i) { return diff_of(texts[i]); });
    say_kept(console, "left out", plan.left_out, arguments.all);
    if (texts.empty()) {
        console.out << fmt::format(
            "Nothing is to be done: {} as {}.\n",
            plan.same == 1 ? "1 caption stays" : fmt::format("{} captions stay", plan.same),
            plan.same == 1 ? "it is" : "they are");
        return 0;
    }
    if (arguments.apply)
        return say_done(arguments.folder, studio::carry_out(arguments.folder, plan), arguments.all, console);
    console.out << fmt::format("\nNothing is changed yet. With --apply: {}.\n", plan.change.what);
    return 0;
}

int caption_tags(const CaptionArguments& arguments, Console& console) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    const auto listing =
        dataset_at(arguments.folder, caption_extensions_of(arguments.caption_extensions), cancel);
    auto tags = studio::tag_frequencies(listing);
    const auto all = tags.size();
    tags.resize(std::min(tags.size(), static_cast<std::size_t>(arguments.top)));
    if (arguments.json) {
        auto list = nlohmann::json::array();
        for (const auto& [tag, images] : tags) list.push_back({{"tag", tag}, {"images", images}});
        console.out << nlohmann::json{{"images", listing.images.size()}, {"tags", list}}.dump(1) << '\n';
        return 0;
    }
    for (const auto& [tag, images] : tags) console.out << fmt::format("{:>6}  {}\n", images, printable(tag));
    console.out << fmt::format("{} in {}", base::counted(all, "tag"),
                               base::counted(listing.images.size(), "image"));
    console.out << (all > tags.size() ? fmt::format("; --top {} shows all.\n", all) : std::string(".\n"));
    return 0;
}

}  // namespace lorikeet::cli
