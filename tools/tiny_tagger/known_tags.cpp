#include "known_tags.hpp"

#include <map>

#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::tiny_tagger {
namespace {

using tag::Category;
using tiny_base::Ground;
using tiny_base::Hue;
using tiny_base::Shape;

class ListMaker {
  public:
    tag::TagList make() {
        for (const auto* rating : {"general", "sensitive", "questionable", "explicit"})
            add(rating, Category::Rating);
        add("solo");
        add("duo");
        for (std::int64_t shape = 0; shape < tiny_base::kShapes; ++shape)
            add(std::string(name_of(static_cast<Shape>(shape))));
        for (std::int64_t shape = 0; shape < tiny_base::kShapes; ++shape)
            add_in_all_colours("_" + std::string(name_of(static_cast<Shape>(shape))));
        add("bird");
        for (const auto* part : {"_bird", "_head", "_breast", "_wings"}) add_in_all_colours(part);
        for (const auto* beak : {"red_beak", "orange_beak", "yellow_beak"}) add(beak);
        add("simple_background");
        add_in_all_colours("_background");
        add("outdoors");
        for (const auto ground : {Ground::Night, Ground::Grass, Ground::Sky, Ground::Sunset})
            add(std::string(name_of(ground)));
        add("abstract");
        add("lorikeet", Category::Character);
        return std::move(tags_);
    }

  private:
    void add(std::string name, Category category = Category::General) {
        tags_.push_back({std::move(name), category});
    }
    void add_in_all_colours(const std::string& what) {
        for (std::int64_t hue = 0; hue < tiny_base::kHues; ++hue)
            add(std::string(name_of(static_cast<Hue>(hue))) + what);
    }
    tag::TagList tags_;
};

std::size_t index_of(const std::string& name) {
    static const auto indices = [] {
        std::map<std::string, std::size_t> all;
        for (std::size_t i = 0; i < known_tags().size(); ++i) all[known_tags()[i].name] = i;
        return all;
    }();
    const auto found = indices.find(name);
    base::expects(found != indices.end(), "what is said of a scene is in the list of tags");
    return found->second;
}

int number_of(Category category) {
    return category == Category::Rating ? 9 : category == Category::Character ? 4 : 0;
}

}  // namespace

const tag::TagList& known_tags() {
    static const tag::TagList tags = ListMaker().make();
    return tags;
}

at::Tensor truth_of(const Scene& scene) {
    auto truth = at::zeros({static_cast<std::int64_t>(known_tags().size())});
    auto* numbers = truth.mutable_data_ptr<float>();
    numbers[index_of("general")] = 1;
    for (const auto& tag : tags_of(scene)) numbers[index_of(tag)] = 1;
    return truth;
}

std::string tag_list_file(const std::vector<std::int64_t>& counts) {
    constexpr std::size_t kFirstRating = 9999999;  // ratings are numbered down from it, as in the WD lists
    base::expects(counts.size() == known_tags().size(), "there is a count for each tag");
    std::string csv = "tag_id,name,category,count\n";
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto& tag = known_tags()[i];
        const auto id = tag.category == Category::Rating ? kFirstRating - i : i;
        csv += fmt::format("{},{},{},{}\n", id, tag.name, number_of(tag.category), counts[i]);
    }
    return csv;
}

}  // namespace lorikeet::tiny_tagger
