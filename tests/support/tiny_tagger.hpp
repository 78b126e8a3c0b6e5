// The tiny networks of the golden files tag_*.safetensors as folders that a tagger is opened from. No tensors in here.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "io/safetensors.hpp"
#include "support/places.hpp"

namespace lorikeet::support {

// Four ratings, general tags ("tag_4", "tag_5", ...), and a character last.
inline std::string tag_lines(std::int64_t count) {
    constexpr std::array<const char*, 4> kRatings{"general", "sensitive", "questionable", "explicit"};
    std::string csv = "tag_id,name,category,count\n";
    for (std::int64_t i = 0; i < count; ++i) {
        const bool is_rating = i < 4, is_character = !is_rating && i + 1 == count;
        const auto name = is_rating      ? std::string(kRatings[static_cast<std::size_t>(i)])
                          : is_character ? std::string("nami_(one_piece)")
                                         : fmt::format("tag_{}", i);
        csv += fmt::format("{},{},{},{}\n", i, name, is_rating ? 9 : is_character ? 4 : 0, 1000 - i);
    }
    return csv;
}

// model.safetensors, config.json and selected_tags.csv. "tag_vit" has nine tags and sees images of 16 px.
inline void write_tagger(const base::Path& folder, const std::string& golden) {
    std::filesystem::create_directories(folder);
    const io::SafetensorsFile file(root() / "tests" / "golden" / (golden + ".safetensors"));
    std::vector<io::TensorToWrite> weights;
    for (const auto& entry : file.entries())
        if (entry.name.starts_with("weight."))
            weights.push_back({entry.name.substr(7), entry.dtype, entry.shape, file.bytes(entry)});
    io::write_safetensors(folder / "model.safetensors", std::move(weights), {});
    base::write_whole(folder / "config.json", file.metadata().at("config"));
    base::write_whole(folder / "selected_tags.csv", tag_lines(file.find("logits")->shape[1]));
}

}  // namespace lorikeet::support
