// Texts and their ids, as the makers of golden files of tokenizers write them: all bytes and ids in a row, and where each ends.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/golden.hpp"

namespace lorikeet::models {

inline std::vector<std::int64_t> ids_of(const at::Tensor& ids) {
    const auto wide = ids.to(at::kLong).contiguous();
    return {wide.const_data_ptr<std::int64_t>(), wide.const_data_ptr<std::int64_t>() + wide.numel()};
}

struct Case {
    std::string text;
    std::vector<std::int64_t> ids;
};

inline std::vector<Case> cases_of(const support::GoldenFile& file) {
    const auto texts = ids_of(file.get("texts"));
    const auto text_ends = ids_of(file.get("text_ends"));
    const auto ids = ids_of(file.get("ids"));
    const auto id_ends = ids_of(file.get("id_ends"));
    std::vector<Case> cases;
    std::int64_t text_begin = 0;
    std::int64_t id_begin = 0;
    for (std::size_t i = 0; i < text_ends.size(); ++i) {
        Case one;
        for (auto j = text_begin; j < text_ends[i]; ++j) {
            one.text += static_cast<char>(texts[static_cast<std::size_t>(j)]);
        }
        one.ids.assign(ids.begin() + id_begin, ids.begin() + id_ends[i]);
        text_begin = text_ends[i];
        id_begin = id_ends[i];
        cases.push_back(std::move(one));
    }
    return cases;
}

}  // namespace lorikeet::models
