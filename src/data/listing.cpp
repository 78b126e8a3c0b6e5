#include "data/listing.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "io/format.hpp"

namespace lorikeet::data {
namespace {

namespace fs = std::filesystem;
using base::Path;

// The order in which they are told.
enum Reason : std::size_t { kLink, kOrphan, kKind, kFolder, kClosed, kSpecial, kReasons };

std::vector<Unused> reasons() {
    std::vector<Unused> all(kReasons);
    all[kLink] = {"link that leads nowhere", "links that lead nowhere", {}};
    all[kOrphan] = {"caption without an image", "captions without an image", {}};
    all[kKind] = {"file of a kind that is not read", "files of kinds that are not read", {}};
    all[kFolder] = {
        "folder inside, which is not looked into", "folders inside, which are not looked into", {}};
    all[kClosed] = {"folder inside that cannot be read", "folders inside that cannot be read", {}};
    all[kSpecial] = {"thing that is no file", "things that are no files", {}};
    return all;
}

bool is_passed_over(const std::string& name) {
    const auto lower = base::to_lower(name);
    return name.starts_with('.') || lower == "thumbs.db" || lower == "desktop.ini" || lower == "ehthumbs.db";
}

class Lister {
  public:
    Lister(const Path& folder, std::span<const std::string> caption_extensions, Nested nested,
           std::span<const Path> elsewhere)
        : folder_(folder), caption_extensions_(caption_extensions), nested_(nested), elsewhere_(elsewhere) {}

    void look_into(const Path& place, int depth) {
        std::error_code trouble, ignored;
        for (auto at = fs::directory_iterator(place, trouble); !trouble && at != fs::directory_iterator();
             at.increment(trouble)) {
            const auto& file = at->path();
            if (is_passed_over(file.filename().string())) continue;
            if (!base::is_folder(file))
                look_at_file(file);
            else if (nested_ == Nested::Yes && depth < kDeepestFolder && !at->is_symlink(ignored))
                look_into(file, depth + 1);
            else if (!is_used_elsewhere(file))
                leave(kFolder, file);
        }
        if (trouble && depth == 0) listing_.trouble = trouble.message();
        if (trouble && depth > 0) leave(kClosed, place);
    }

    Listing listing() && {
        for (const auto& caption : captions_)
            if (!stems_.contains(Path(caption).replace_extension())) leave(kOrphan, caption);
        listing_.folders = unused_[kFolder].names.size();
        for (auto& one : unused_) std::sort(one.names.begin(), one.names.end());
        std::erase_if(unused_, [](const Unused& one) { return one.names.empty(); });
        listing_.unused = std::move(unused_);
        std::sort(listing_.images.begin(), listing_.images.end());
        return std::move(listing_);
    }

  private:
    void look_at_file(const Path& file) {
        const auto extension = file.extension().string();
        const bool is_caption = std::find(caption_extensions_.begin(), caption_extensions_.end(),
                                          extension) != caption_extensions_.end();
        if (!base::is_there(file))
            leave(kLink, file);
        else if (!base::is_file(file))
            leave(kSpecial, file);
        else if (is_caption)
            captions_.push_back(file);
        else if (io::has_image_extension(file) || !io::format_of_file(file).empty())
            listing_.images.push_back(file), stems_.insert(Path(file).replace_extension());
        else
            leave(kKind, file);
    }

    bool is_used_elsewhere(const Path& inside) const {
        const auto place = fs::absolute(inside).lexically_normal();
        return std::any_of(elsewhere_.begin(), elsewhere_.end(), [&](const Path& used) {
            const auto below = fs::absolute(used).lexically_normal().lexically_relative(place);
            return !below.empty() && *below.begin() != "..";
        });
    }

    void leave(Reason reason, const Path& file) {
        unused_[reason].names.push_back(file.lexically_relative(folder_).generic_string());
    }

    const Path& folder_;
    std::span<const std::string> caption_extensions_;
    Nested nested_;
    std::span<const Path> elsewhere_;
    Listing listing_;
    std::vector<Unused> unused_ = reasons();
    std::vector<Path> captions_;
    std::set<Path> stems_;
};

}  // namespace

Listing list_folder(const Path& folder, std::span<const std::string> caption_extensions, Nested nested,
                    std::span<const Path> elsewhere) {
    Lister lister(folder, caption_extensions, nested, elsewhere);
    lister.look_into(folder, 0);
    return std::move(lister).listing();
}

std::string words_of(std::span<const Unused> unused) {
    constexpr std::size_t kNamed = 3;
    std::vector<std::string> parts;
    for (const auto& [one, many, names] : unused) {
        const auto named = std::span(names).first(std::min(kNamed, names.size()));
        const auto rest = names.size() - named.size();
        parts.push_back(fmt::format("{} {} ({}{})", names.size(), names.size() == 1 ? one : many,
                                    base::join(named, ", "),
                                    rest == 0 ? "" : fmt::format(" and {} more", rest)));
    }
    return base::join(parts, ", ");
}

}  // namespace lorikeet::data
