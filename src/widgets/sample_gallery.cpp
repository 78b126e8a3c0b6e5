#include "widgets/sample_gallery.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace lorikeet::widgets {

using Classes = std::vector<std::string>;

namespace {

constexpr std::size_t kMostAtOnce = 40;  // of the earlier ones, for each press

}  // namespace

SampleGallery::SampleGallery(SharedStyles& styles) : styles_(styles), reading_(styles.registry().loop()) {
    earlier_ = &put<Button>(controls_, styles, ControlText{"", {}, {"lk-quiet", "lk-hidden"}}, "picture-o",
                            [this] { show_earlier(); });
    box_ = &put<Box>(controls_, styles, Box::Way::Grid, Children{}, Classes{"lk-images"});
}

void SampleGallery::clear() {
    reading_.stop();
    samples_.clear();
    first_ = 0;
    all_ = false;
    box_->set_children({});
    say_earlier();
}

std::unique_ptr<Box> SampleGallery::card(const studio::RunSample& sample, const std::string& png) {
    Children parts;
    if (png.empty())
        put<Html>(parts, styles_, "This file cannot be read.", Classes{"lk-note"});
    else
        put<Image>(parts, styles_).write(png);
    put<Html>(parts, styles_, escape(fmt::format("Step {} \u00b7 {}", sample.step, sample.prompt)),
              Classes{"lk-note"});
    return std::make_unique<Box>(styles_, Box::Way::Down, std::move(parts), Classes{"lk-card"});
}

void SampleGallery::add(const std::vector<NewSample>& samples) {
    if (samples.empty()) return;
    constexpr auto kNewest = static_cast<std::size_t>(kNewestSamples);
    if (samples.size() > kNewest) {  // only the newest have their images with them
        all_ = false;
        box_->set_children({});
        first_ = samples_.size() + samples.size() - kNewest;
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples_.push_back(samples[i].sample);
        if (samples.size() - i <= kNewest) box_->append(card(samples[i].sample, samples[i].png));
    }
    while (!all_ && samples_.size() - first_ > kNewest) {
        static_cast<void>(box_->take(*box_->children().front()));
        ++first_;
    }
    say_earlier();
}

void SampleGallery::say_earlier() {
    earlier_->show(first_ > 0 ? Shown::Yes : Shown::No);
    const auto next = std::min(first_, kMostAtOnce);
    earlier_->set_label(next == first_ ? fmt::format("Show all {} samples", samples_.size())
                                       : fmt::format("Show {} earlier samples of {}", next, first_));
}

void SampleGallery::show_earlier() {
    if (reading_.busy() || first_ == 0) return;
    all_ = true;
    const auto from = first_ - std::min(first_, kMostAtOnce);
    const std::vector<studio::RunSample> wanted(samples_.begin() + static_cast<std::ptrdiff_t>(from),
                                                samples_.begin() + static_cast<std::ptrdiff_t>(first_));
    reading_.start(
        [this, wanted](base::Cancel&) -> BackgroundTask::Answer {
            std::vector<std::string> pngs;
            for (const auto& sample : wanted) pngs.push_back(small_sample(sample.file));
            return [this, pngs] { put_before(pngs); };
        },
        [](const base::Error&) {});
}

void SampleGallery::put_before(const std::vector<std::string>& pngs) {
    Children cards;
    first_ -= pngs.size();
    for (std::size_t i = 0; i < pngs.size(); ++i) cards.push_back(card(samples_[first_ + i], pngs[i]));
    while (!box_->children().empty()) cards.push_back(box_->take(*box_->children().front()));
    box_->set_children(std::move(cards));
    say_earlier();
}

}  // namespace lorikeet::widgets
