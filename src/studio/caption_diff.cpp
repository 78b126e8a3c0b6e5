#include "studio/caption_diff.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "studio/caption_text.hpp"

namespace lorikeet::studio {

namespace {

using PartTexts = std::vector<std::string>;

// Two captions of more parts than this are a million comparisons: they are shown as one whole for another.
constexpr std::size_t kMostPairs = 1'000'000;

PartTexts parts_of(const std::optional<std::string>& bytes, const std::string& name) {
    PartTexts parts;
    for (const auto& line : CaptionText(bytes.value_or(""), name).lines) {
        if (line.is_blank()) continue;
        if (!parts.empty()) parts.emplace_back(kLineBreak);
        for (const auto& part : line.parts) parts.push_back(part.text);
    }
    return parts;
}

// length[i][k]: of the longest common subsequence of before[i..] and after[k..].
class CommonLength {
  public:
    CommonLength(const PartTexts& before, const PartTexts& after)
        : width_(after.size() + 1), length_((before.size() + 1) * width_, 0) {
        for (auto i = before.size(); i-- > 0;)
            for (auto k = after.size(); k-- > 0;)
                length_[i * width_ + k] = before[i] == after[k] ? at(i + 1, k + 1) + 1
                                                                : std::max(at(i + 1, k), at(i, k + 1));
    }
    std::uint32_t at(std::size_t i, std::size_t k) const { return length_[i * width_ + k]; }

  private:
    std::size_t width_;
    std::vector<std::uint32_t> length_;
};

}  // namespace

std::vector<DiffPart> caption_diff(const TextChange& change) {
    const auto before = parts_of(change.before, change.file), after = parts_of(change.after, change.file);
    std::vector<DiffPart> diff;
    std::size_t i = 0, k = 0;
    if (before.size() * after.size() <= kMostPairs) {
        const CommonLength common(before, after);
        while (i < before.size() && k < after.size()) {
            if (before[i] == after[k])
                diff.push_back({DiffKind::Same, before[i]}), ++i, ++k;
            else if (common.at(i + 1, k) >= common.at(i, k + 1))
                diff.push_back({DiffKind::Gone, before[i++]});
            else
                diff.push_back({DiffKind::New, after[k++]});
        }
    }
    while (i < before.size()) diff.push_back({DiffKind::Gone, before[i++]});
    while (k < after.size()) diff.push_back({DiffKind::New, after[k++]});
    return diff;
}

}  // namespace lorikeet::studio
