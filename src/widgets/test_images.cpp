#include "widgets/test_images.hpp"

#include <utility>

#include <fmt/format.h>

#include "studio/image_folder.hpp"

namespace lorikeet::widgets {

using Classes = std::vector<std::string>;

namespace {

constexpr std::int64_t kTestImageShown_px = 512;
constexpr std::size_t kMostKept = 12;

std::string key_of_kept(std::size_t number, std::string_view what) {
    return fmt::format("page.image.{:02}.{}", number, what);
}

}  // namespace

std::string small_test_image(const base::Path& file) {
    try {
        return studio::small_png(file, kTestImageShown_px);
    } catch (const base::Error&) {
        return {};
    }
}

TestImages::TestImages(SharedStyles& styles) : styles_(styles), reading_(styles.registry().loop()) {
    auto box = std::make_unique<Box>(styles, Box::Way::Grid, Children{}, Classes{"lk-images"});
    box_ = box.get();
    control_ = std::move(box);
}

void TestImages::add(const base::Path& file, const std::string& words, const std::string& png) {
    if (std::exchange(fresh_, false)) {
        reading_.stop();
        box_->set_children({});
        kept_.clear();
    }
    kept_.push_back({file.string(), words});
    if (kept_.size() > kMostKept) kept_.erase(kept_.begin());
    show(kept_.back(), png);
}

void TestImages::show(const Kept& image, const std::string& png) {
    Children card;
    if (!png.empty()) put<Image>(card, styles_).write(png);
    put<Html>(
        card, styles_,
        fmt::format("{}<br>{}", escape(image.words), escape(base::Path(image.file).filename().string())),
        Classes{"lk-note"});
    box_->append(std::make_unique<Box>(styles_, Box::Way::Down, std::move(card), Classes{"lk-card"}));
}

void TestImages::keep(Texts& typed) const {
    for (std::size_t i = 0; i < kept_.size(); ++i) {
        typed[key_of_kept(i, "file")] = kept_[i].file;
        typed[key_of_kept(i, "words")] = kept_[i].words;
    }
}

void TestImages::restore(const Texts& typed) {
    for (std::size_t i = 0; i < kMostKept; ++i) {
        const auto file = typed.find(key_of_kept(i, "file")), words = typed.find(key_of_kept(i, "words"));
        if (file != typed.end() && words != typed.end()) kept_.push_back({file->second, words->second});
    }
    if (kept_.empty()) return;
    reading_.start(
        [this, kept = kept_](base::Cancel&) -> BackgroundTask::Answer {
            std::vector<std::pair<Kept, std::string>> found;
            for (const auto& image : kept)
                if (auto png = small_test_image(image.file); !png.empty())
                    found.emplace_back(image, std::move(png));
            return [this, found] {
                for (const auto& [image, png] : found) show(image, png);
            };
        },
        [](const base::Error&) {});
}

}  // namespace lorikeet::widgets
