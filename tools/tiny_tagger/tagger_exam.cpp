#include "tagger_exam.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "base/workers.hpp"
#include "known_tags.hpp"
#include "tag/square.hpp"
#include "tag/tag_chooser.hpp"

namespace lorikeet::tiny_tagger {
namespace {

constexpr std::size_t kShown = 50;
constexpr std::int64_t kFramePx = 3;

using Tags = std::set<std::string>;

std::string group_of(const tag::KnownTag& tag) {
    const auto ends_with = [&](const char* what) { return tag.name.ends_with(what); };
    if (tag.category == tag::Category::Rating) return "ratings";
    if (tag.category == tag::Category::Character) return "the lorikeet";
    if (tag.name == "solo" || tag.name == "duo") return "how many";
    if (ends_with("bird") || ends_with("_head") || ends_with("_breast") || ends_with("_wings") ||
        ends_with("_beak"))
        return "birds and their parts";
    constexpr std::array kGrounds{"outdoors", "night", "grass", "sky", "sunset", "abstract"};
    if (ends_with("_background") || std::ranges::find(kGrounds, tag.name) != kGrounds.end()) return "grounds";
    return tag.name.find('_') == std::string::npos ? "shapes" : "coloured shapes";
}

io::Image in_frame(const io::Image& image, bool right) {
    const std::array<std::uint8_t, 3> colour = right ? std::array<std::uint8_t, 3>{40, 160, 70}
                                                     : std::array<std::uint8_t, 3>{210, 40, 40};
    const auto width = image.width_px + 2 * kFramePx, height = image.height_px + 2 * kFramePx;
    io::Image framed{width, height, {}};
    for (std::int64_t i = 0; i < width * height; ++i)
        framed.rgb.insert(framed.rgb.end(), colour.begin(), colour.end());
    for (std::int64_t y = 0; y < image.height_px; ++y)
        std::copy_n(image.rgb.begin() + y * image.width_px * 3, image.width_px * 3,
                    framed.rgb.begin() + ((y + kFramePx) * width + kFramePx) * 3);
    return framed;
}

void add(TagCount& to, const TagCount& from) {
    to.right += from.right;
    to.false_ones += from.false_ones;
    to.missed += from.missed;
}

double share_of(std::size_t part, std::size_t rest) {
    return part + rest == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(part + rest);
}

std::string line_of(const TagCount& each) {
    return fmt::format("{},{},{},{},{:.4f},{:.4f},{:.4f}\n", each.name, each.right, each.false_ones,
                       each.missed, each.precision(), each.recall(), each.f1());
}

}  // namespace

double TagCount::precision() const { return share_of(right, false_ones); }
double TagCount::recall() const { return share_of(right, missed); }
double TagCount::f1() const { return share_of(2 * right, false_ones + missed); }

TagCount TaggerExam::total() const {
    TagCount sum{.name = "all", .group = "all"};
    for (const auto& each : tags) add(sum, each);
    return sum;
}

std::vector<TagCount> TaggerExam::groups() const {
    std::vector<TagCount> sums;
    for (const auto& each : tags) {
        const auto same = [&](const TagCount& sum) { return sum.name == each.group; };
        auto at = std::ranges::find_if(sums, same);
        if (at == sums.end()) at = sums.insert(sums.end(), {.name = each.group, .group = each.group});
        add(*at, each);
    }
    return sums;
}

std::vector<std::string> tags_for(tag::Tagger& tagger, const io::Image& image) {
    settings::Tagging rules;
    rules.underscores = true;
    rules.rating = settings::RatingTag::First;
    const std::array squares{square_of(image, tagger.facts().image_px)};
    return tag::TagChooser(tagger.tags(), rules).choose(tagger.scores(squares).front());
}

TaggerExam examine(tag::Tagger& tagger, std::size_t count, Look look, std::uint64_t seed) {
    TaggerExam exam;
    exam.asked = count;
    for (const auto& tag : tagger.tags()) exam.tags.push_back({.name = tag.name, .group = group_of(tag)});
    for (std::size_t i = 0; i < count; ++i) {
        const auto example = draw_example(tensor::seed_of(seed, tensor::Stream::Sample, i), look);
        const auto found_tags = tags_for(tagger, example.image);
        const auto true_tags = tags_of(example.scene);
        const Tags found(found_tags.begin(), found_tags.end());
        Tags truth(true_tags.begin(), true_tags.end());
        truth.insert("general");
        for (auto& each : exam.tags) {
            const bool is_true = truth.contains(each.name), is_found = found.contains(each.name);
            each.right += is_true && is_found ? 1 : 0;
            each.false_ones += !is_true && is_found ? 1 : 0;
            each.missed += is_true && !is_found ? 1 : 0;
        }
        exam.wholly_right += found == truth ? 1 : 0;
        if (i < kShown)
            exam.images.push_back(
                in_frame(square_of(example.image, tagger.facts().image_px), found == truth));
    }
    return exam;
}

std::string in_words(const TaggerExam& exam) {
    auto lines = fmt::format("{} images, {} wholly right\n", exam.asked, exam.wholly_right);
    auto sums = exam.groups();
    sums.push_back(exam.total());
    for (const auto& each : sums)
        lines += fmt::format("{:24} precision {:6.2f} %, recall {:6.2f} %, F1 {:6.2f} %\n", each.name,
                             100 * each.precision(), 100 * each.recall(), 100 * each.f1());
    return lines;
}

std::string table_of(const TaggerExam& exam) {
    std::string table = "tag,right,false,missed,precision,recall,f1\n";
    for (const auto& each : exam.tags) table += line_of(each);
    return table + line_of(exam.total());
}

}  // namespace lorikeet::tiny_tagger
