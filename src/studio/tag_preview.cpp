#include "studio/tag_preview.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/tag_syntax.hpp"
#include "base/text.hpp"
#include "tag/square_loader.hpp"
#include "tag/tag_chooser.hpp"
#include "tag/tagger.hpp"

namespace lorikeet::studio {

namespace {

constexpr double kLeastShown = 0.1;
constexpr std::size_t kMostShown = 60;

}  // namespace

struct TagPreviewer::Open {
    std::string what;  // the settings it was opened by
    std::unique_ptr<tag::Tagger> tagger;
    std::string image;  // whose scores these are: folder, name and version
    tag::Scores scores;
};

TagPreviewer::TagPreviewer() = default;
TagPreviewer::~TagPreviewer() = default;

void TagPreviewer::close() {
    const std::lock_guard lock(guard_);
    open_.reset();
}

TagPreview TagPreviewer::look(const settings::Tagging& tagging, const base::Path& folder,
                              const ListedImage& image) {
    const std::lock_guard lock(guard_);
    const auto model = base::Path(base::clean_typed_path(tagging.model));
    const auto what = fmt::format("{}|{}|{}", model.string(), static_cast<int>(tagging.device),
                                  static_cast<int>(tagging.precision));
    if (!open_ || open_->what != what) {
        open_.reset();  // one at a time
        auto tagger = tag::open_tagger(model, tagging.device, tagging.precision);
        open_ = std::make_unique<Open>(Open{what, std::move(tagger), {}, {}});
    }
    auto& tagger = *open_->tagger;
    const auto version = fmt::format("{}|{}|{}|{}", folder.string(), image.name, image.bytes, image.changed);
    if (open_->image != version) {
        const std::vector<io::Image> squares{
            tag::padded_square(folder / image.name, tagger.facts().image_px)};
        open_->scores = tagger.scores(squares).front();
        open_->image = version;
    }
    const auto& facts = tagger.facts();
    TagPreview preview;
    preview.image = image.name;
    preview.tagger = fmt::format("{}, {} px, {}; {}, {}", facts.network, facts.image_px,
                                 base::counted(tagger.tags().size(), "tag"), facts.device, facts.numbers);
    preview.notes = facts.notes;
    const auto chosen = tag::TagChooser(tagger.tags(), tagging).choose(open_->scores);
    preview.caption = base::join(chosen, ", ");
    std::set<std::string> written;
    for (const auto& tag : chosen) written.insert(base::tag_key(tag));
    std::vector<std::size_t> order(open_->scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return open_->scores[a] > open_->scores[b]; });
    for (const auto i : order) {
        const auto& name = tagger.tags()[i].name;
        ScoredTag one{tagging.underscores ? name : base::with_blanks(name), open_->scores[i],
                      written.contains(base::tag_key(name))};
        if (one.written || (one.score >= kLeastShown && preview.tags.size() < kMostShown))
            preview.tags.push_back(std::move(one));
    }
    return preview;
}

}  // namespace lorikeet::studio
