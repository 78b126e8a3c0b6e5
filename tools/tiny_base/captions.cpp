#include "captions.hpp"

namespace lorikeet::tiny_base {
namespace {

// The caption with other words in place of "a red circle".
std::string with_subject(const Thing& thing, const std::string& subject) {
    const auto usual = with_article(name_of(thing.hue)) + " " + std::string(name_of(thing.shape));
    return subject + caption_of(thing).substr(usual.size());
}

}  // namespace

Reading draw_reading(const Thing& thing, tensor::Draws& draws) {
    const auto kind = draws.below(20);
    if (kind < 14) return {caption_of(thing), thing.shape, thing.hue, thing.ground};
    if (kind < 17) return {tags_of(thing), thing.shape, thing.hue, thing.ground};
    const std::string shape(name_of(thing.shape));
    if (kind < 19) return {with_subject(thing, "a " + shape), thing.shape, {}, thing.ground};
    return {with_article(name_of(thing.hue)) + " " + shape, thing.shape, thing.hue, {}};
}

Reading draw_strange_reading(const Thing& thing, tensor::Draws& draws) {
    std::string word = "a ";
    const auto letters = 3 + draws.below(6);
    for (std::uint64_t i = 0; i < letters; ++i) word += static_cast<char>('a' + draws.below(26));
    return {with_subject(thing, word), {}, {}, thing.ground};
}

}  // namespace lorikeet::tiny_base
