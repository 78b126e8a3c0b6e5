#include "tag/captioner.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "io/resample.hpp"
#include "tag/blip.hpp"
#include "tag/model_folder.hpp"
#include "tag/parts_that_fit.hpp"
#include "tensor/precision.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::tag {

namespace {

constexpr std::int64_t kCaptionsAtOnceOnGpu = 16;

// FNV-1a: a number of a name.
std::uint64_t number_of(std::string_view name) {
    std::uint64_t number = 0xCBF29CE484222325ULL;
    for (const auto letter : name) number = (number ^ static_cast<unsigned char>(letter)) * 0x100000001B3ULL;
    return number;
}

SearchRules rules_from(const settings::Captioning& captioning) {
    SearchRules rules;
    rules.beams = captioning.beams;
    rules.top_p = captioning.top_p;
    rules.min_length = captioning.min_length;
    rules.max_length = captioning.max_length;
    rules.length_penalty = captioning.length_penalty;
    rules.early_stopping = captioning.early_stopping;
    return rules;
}

// All of the settings that a caption depends on.
std::string search_words(const settings::Captioning& c) {
    return fmt::format("{}\n{} {} {} {} {} {} {}", c.prompt, c.beams, c.top_p.value_or(-1), c.min_length,
                       c.max_length, c.length_penalty, c.early_stopping, c.top_p ? c.seed : 0);
}

class BlipCaptioner : public Captioner {
  public:
    BlipCaptioner(const base::Path& folder, const settings::Captioning& captioning, const ComputeIn& compute)
        : blip_(folder, compute), captioning_(captioning), rules_(rules_from(captioning)) {
        blip_.expect_fits(captioning.prompt, rules_);
        facts_.network = "BLIP";
        facts_.device = device_name(compute.device);
        facts_.numbers = tensor::name_of(compute.type);
        facts_.image_px = blip_.image_px();
        facts_.words = blip_.text().words;
        facts_.at_once = compute.device.is_cuda() ? kCaptionsAtOnceOnGpu : 1;
        facts_.most_tokens = std::min(captioning.max_length, blip_.text().positions);
        facts_.notes = blip_.notes();
        std::vector<std::string> more;
        for (const auto* name : {"config.json", "preprocessor_config.json", "processor_config.json",
                                 "tokenizer.json", "vocab.txt"})
            if (base::is_file(folder / name)) more.push_back(base::read_text(folder / name));
        const tensor::WeightFile file(folder / "model.safetensors");
        facts_.weights = fingerprint_of(file, {});
        more.push_back(facts_.numbers);
        more.push_back(search_words(captioning));
        facts_.fingerprint = fingerprint_of(file, more);
    }

    const CaptionerFacts& facts() const override { return facts_; }

    std::vector<std::optional<Sentence>> captions(std::span<const io::Image> images,
                                                  std::span<const std::string> names,
                                                  const base::Cancel& cancel) override {
        base::expects(images.size() == names.size(), "every image has a name");
        std::vector<std::uint64_t> seeds;
        for (const auto& name : names)
            seeds.push_back(tensor::seed_of(static_cast<std::uint64_t>(captioning_.seed),
                                            tensor::Stream::Caption, number_of(name)));
        std::vector<std::optional<Sentence>> found;
        parts_.run(images.size(), [&](std::size_t first, std::size_t count) {
            const auto some = blip_.tokens(blip_.pixels(images.subspan(first, count)), captioning_.prompt,
                                           rules_, std::span(seeds).subspan(first, count), cancel);
            for (const auto& tokens : some) found.push_back(sentence_of(tokens));
        });
        return found;
    }

  private:
    Blip blip_;
    settings::Captioning captioning_;
    SearchRules rules_;
    CaptionerFacts facts_;
    PartsThatFit parts_;

    std::optional<Sentence> sentence_of(const Tokens& tokens) const {
        if (tokens.empty()) return std::nullopt;
        return Sentence{blip_.caption(tokens, captioning_.prompt), tokens.back() != blip_.end_token()};
    }
};

}  // namespace

std::unique_ptr<Captioner> open_captioner(const base::Path& folder, const settings::Captioning& captioning) {
    expect_folder(folder, "captioner");
    return std::make_unique<BlipCaptioner>(folder, captioning,
                                           compute_for(captioning.device, captioning.precision));
}

io::Image stretched_image(const base::Path& file, std::int64_t side_px) {
    const base::MappedFile mapped(file);
    const auto name = file.string();
    const auto facts = io::peek_image(mapped.bytes(), name);
    io::ResizedPart part(
        {facts.width_px, facts.height_px, side_px, side_px, {0, 0, side_px, side_px}, io::Filter::Bicubic});
    io::read_rows(mapped.bytes(), name,
                  [&](std::int64_t y, std::span<const std::uint8_t> rgb) { part.add_row(y, rgb); });
    return part.result();
}

}  // namespace lorikeet::tag
