#include "studio/rename_plan.hpp"

#include <algorithm>
#include <cctype>
#include <ctime>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "studio/companions.hpp"
#include "studio/safe_name.hpp"

namespace lorikeet::studio {

namespace {

const std::vector<std::string> kWords{"number", "name", "clean", "date"};

struct PatternPart {
    std::string word, text;  // one of both
};

std::vector<PatternPart> parts_of(std::string_view pattern) {
    std::vector<PatternPart> parts;
    while (!pattern.empty()) {
        const auto open = std::min(pattern.find('{'), pattern.size());
        if (open > 0) parts.push_back({{}, std::string(pattern.substr(0, open))});
        pattern.remove_prefix(open);
        if (pattern.empty()) break;
        const auto close = pattern.find('}');
        const auto word = std::string(pattern.substr(1, std::min(close, pattern.size()) - 1));
        if (close == std::string_view::npos ||
            std::find(kWords.begin(), kWords.end(), word) == kWords.end()) {
            const auto near = base::nearest(word, kWords);
            base::fail(base::ErrorCode::InvalidInput,
                       fmt::format("The pattern has the unknown word {{{}}}.", word),
                       near ? fmt::format("Did you mean {{{}}}?", *near)
                            : "Known are {number}, {name}, {clean} and {date}.");
        }
        parts.push_back({word, {}});
        pattern.remove_prefix(close + 1);
    }
    return parts;
}

void check_pattern(std::string_view pattern) {
    if (base::trim(pattern).empty())
        base::fail(base::ErrorCode::InvalidInput, "The pattern is empty.", "For example: bird-{number}");
    if (pattern.find_first_of("/\\") != std::string_view::npos)
        base::fail(base::ErrorCode::InvalidInput, "A name cannot have a slash in it.",
                   "Images stay in their folders; leave the slash out of the pattern.");
}

std::string clean_stem(const std::string& stem) {
    std::string clean;
    for (const char letter : stem) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte >= 0x80 || std::isalnum(byte) || letter == '_')
            clean += letter;
        else if (!clean.empty() && clean.back() != '-')
            clean += '-';
    }
    while (clean.ends_with('-')) clean.pop_back();
    return clean.empty() ? "image" : clean;
}

std::string day_of(const base::Path& file) {
    std::error_code trouble;
    const auto changed = std::filesystem::last_write_time(file, trouble);
    const auto seconds = static_cast<std::time_t>(trouble ? 0 : base::unix_seconds_of(changed));
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return fmt::format("{:04}{:02}{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

// Runs of digits count as numbers.
bool comes_before(std::string_view a, std::string_view b) {
    const auto digits = [](std::string_view text) {
        return std::find_if(text.begin(), text.end(), [](unsigned char c) { return !std::isdigit(c); }) -
               text.begin();
    };
    while (!a.empty() && !b.empty()) {
        const auto many_a = static_cast<std::size_t>(digits(a)), many_b = static_cast<std::size_t>(digits(b));
        if (many_a > 0 && many_b > 0) {
            auto one = a.substr(0, many_a), other = b.substr(0, many_b);
            one.remove_prefix(std::min(one.find_first_not_of('0'), one.size()));
            other.remove_prefix(std::min(other.find_first_not_of('0'), other.size()));
            if (one.size() != other.size()) return one.size() < other.size();
            if (one != other) return one < other;
            a.remove_prefix(many_a);
            b.remove_prefix(many_b);
            continue;
        }
        if (a.front() != b.front())
            return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front());
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    return a.size() < b.size();
}

std::string name_without_ending(const std::string& name) { return base::Path(name).stem().string(); }
std::string folder_of(const std::string& name) { return base::Path(name).parent_path().generic_string(); }
std::string in_folder(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + "/" + name;
}

// Names of one folder that stay taken: without their endings, so that no image comes to a stranger's caption.
using TakenStems = std::set<std::string>;

struct NewName {
    const ListedImage* image = nullptr;
    std::string stem;
};

class Renaming {
  public:
    Renaming(const base::Path& folder, std::vector<PatternPart> parts)
        : folder_(folder), parts_(std::move(parts)) {}

    // Images of one folder; those that keep their names are none. All of theirs are `taken` then.
    std::vector<NewName> new_names(std::vector<const ListedImage*> images, TakenStems& taken) const {
        std::sort(images.begin(), images.end(),
                  [](const auto* a, const auto* b) { return comes_before(a->name, b->name); });
        const int digits = std::max(3, static_cast<int>(std::to_string(images.size()).size()));
        std::int64_t number = 0;
        if (!counts())
            std::erase_if(images, [&](const ListedImage* image) {
                const auto stem = name_without_ending(image->name);
                return filled(*image, digits, 0) == stem && (taken.insert(name_key(stem)), true);
            });
        std::vector<NewName> names;
        for (const auto* image : images) {
            auto stem = free_stem(*image, taken, digits, number);
            taken.insert(name_key(stem));
            if (stem != name_without_ending(image->name)) names.push_back({image, std::move(stem)});
        }
        return names;
    }

  private:
    bool counts() const {
        return std::any_of(parts_.begin(), parts_.end(),
                           [](const PatternPart& part) { return part.word == "number"; });
    }

    std::string filled(const ListedImage& image, int digits, std::int64_t number) const {
        std::string stem;
        for (const auto& part : parts_) {
            if (part.word.empty()) stem += part.text;
            if (part.word == "number") stem += fmt::format("{:0{}}", number, digits);
            if (part.word == "name") stem += name_without_ending(image.name);
            if (part.word == "clean") stem += clean_stem(name_without_ending(image.name));
            if (part.word == "date") stem += day_of(folder_ / image.name);
        }
        return safe_name(stem);
    }

    std::string free_stem(const ListedImage& image, const TakenStems& taken, int digits,
                          std::int64_t& number) const {
        auto stem = filled(image, digits, ++number);
        for (int again = 2; taken.contains(name_key(stem)); ++again)
            stem = counts() ? filled(image, digits, ++number)
                            : fmt::format("{}-{}", filled(image, digits, number), again);
        return stem;
    }

    base::Path folder_;
    std::vector<PatternPart> parts_;
};

// In the folder where each lies, and with what stands behind the image's name.
void add_line(const base::Path& folder, const GoingImage& going, const std::string& stem, FilePlan& plan) {
    const auto was = name_without_ending(going.image->name).size();
    const auto moved = [&](const std::string& name) {
        return in_folder(folder_of(name), stem + base::Path(name).filename().string().substr(was));
    };
    PlannedLine line{going.image->name, moved(going.image->name), going.along, {}};
    plan.moves.push_back({line.from, line.to});
    for (const auto& name : going.along) plan.moves.push_back({name, moved(name)});
    for (const auto& caption : going.shared) {  // another image needs it too
        plan.texts.push_back({moved(caption), std::nullopt, base::read_text(folder / caption)});
        line.along.push_back(caption);
    }
    plan.lines.push_back(std::move(line));
}

// By folder, the stems that no image gets: of whatever lies there and does not go, be it as a mask or as latents that another
// trainer kept, which would be taken for those of an image that comes to their name.
std::map<std::string, TakenStems> taken_beside(const DatasetListing& listing,
                                               const std::vector<GoingImage>& going) {
    std::set<std::string> leaving;
    for (const auto& one : going) {
        leaving.insert(one.image->name);
        leaving.insert(one.along.begin(), one.along.end());
        leaving.insert(one.shared.begin(), one.shared.end());
    }
    std::map<std::string, TakenStems> taken;
    const auto take = [&](const std::string& stem) {
        taken[folder_of(stem)].insert(name_key(base::Path(stem).filename().string()));
    };
    const auto keep = [&](const std::string& name) {
        if (leaving.contains(name)) return;
        take(path_stem(name));
        take(stem_of_latents(name));
        for (const auto& stem : masked_stems(name)) take(stem);
    };
    for (const auto& image : listing.images) keep(image.name);
    for (const auto* names : {&listing.captions, &listing.archives, &listing.others})
        for (const auto& name : *names) keep(name);
    return taken;
}

// Folders of masks by the folder of the images: in those no other image gets the name of one of these.
std::map<std::string, std::set<std::string>> mask_places_in(const DatasetListing& listing) {
    std::map<std::string, std::set<std::string>> places;
    for (const auto& image : listing.images)
        for (const auto& stem : masked_stems(image.name))
            places[folder_of(stem)].insert(folder_of(image.name));
    return places;
}

// Where a new name is the old one of another file, all of them go by way of the trash.
void part_in_two(FilePlan& plan) {
    std::set<std::string> old;
    for (const auto& move : plan.moves) old.insert(name_key(move.from));
    if (std::none_of(plan.moves.begin(), plan.moves.end(),
                     [&](const FileMove& move) { return old.contains(name_key(move.to)); }))
        return;
    const auto between = UndoJournal::next_trash() + "/";
    std::vector<FileMove> moves;
    for (const auto& move : plan.moves) moves.push_back({move.from, between + move.from});
    for (const auto& move : plan.moves) moves.push_back({between + move.from, move.to});
    plan.moves = std::move(moves);
}

}  // namespace

FilePlan plan_rename(const base::Path& folder, const DatasetListing& listing,
                     const std::vector<std::string>& chosen, std::string_view pattern) {
    check_pattern(pattern);
    const Companions companions(listing);
    std::set<std::string> wanted(chosen.begin(), chosen.end());
    if (wanted.empty())
        for (const auto& image : listing.images) wanted.insert(image.name);
    const auto masks = companions.masks_of(wanted);
    std::vector<const ListedImage*> images;
    std::map<std::string, std::vector<const ListedImage*>> by_folder;
    for (const auto& image : listing.images)
        if (wanted.contains(image.name) && !masks.contains(image.name)) {
            images.push_back(&image);
            by_folder[folder_of(image.name)].push_back(&image);
        }
    auto taken = taken_beside(listing, companions.going(images));
    const auto mask_places = mask_places_in(listing);
    const Renaming renaming(folder, parts_of(pattern));
    std::vector<const ListedImage*> renamed;
    std::vector<std::string> stems;
    for (const bool among_masks : {false, true})
        for (const auto& [place, its_images] : by_folder) {
            if (masked_stems(its_images.front()->name).empty() == among_masks) continue;
            for (auto& [image, stem] : renaming.new_names(its_images, taken[place])) {
                renamed.push_back(image);
                stems.push_back(std::move(stem));
            }
            const auto places = mask_places.find(place);
            if (places == mask_places.end()) continue;
            for (const auto& masks_at : places->second)
                taken[masks_at].insert(taken[place].begin(), taken[place].end());
        }
    FilePlan plan;
    plan.what = "renamed";
    const auto going = companions.going(renamed);
    for (std::size_t i = 0; i < going.size(); ++i) add_line(folder, going[i], stems[i], plan);
    part_in_two(plan);
    return plan;
}

}  // namespace lorikeet::studio
