// The tiny captioner of the golden file, opened, and what is known of it.
#pragma once

#include <nlohmann/json.hpp>

#include "support/golden.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_blip.hpp"
#include "tag/blip.hpp"

namespace lorikeet::tag {

struct GoldenBlip {
    explicit GoldenBlip(at::ScalarType type = at::kFloat) {
        support::write_captioner(folder.path());
        blip.emplace(folder.path(), ComputeIn{type, support::test_device()});
    }
    nlohmann::json told(const std::string& key) const {
        return nlohmann::json::parse(file.metadata().at(key));
    }
    support::TempFolder folder;
    support::GoldenFile file = support::golden("blip");
    std::optional<Blip> blip;
};

inline SearchRules rules_of(const nlohmann::json& one) {
    SearchRules rules;
    rules.beams = one.value("num_beams", 1);
    rules.min_length = one.value("min_length", 0);
    rules.max_length = one.at("max_length");
    rules.length_penalty = one.value("length_penalty", 1.0);
    rules.early_stopping = one.value("early_stopping", false);
    return rules;
}

}  // namespace lorikeet::tag
