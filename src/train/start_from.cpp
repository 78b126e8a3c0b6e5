#include "train/start_from.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "adapters/lora_file.hpp"
#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "settings/chosen.hpp"
#include "train/model_outline.hpp"
#include "train/weights_kind.hpp"

namespace lorikeet::train {

using adapters::Half, adapters::Target;
using base::ErrorCode;

namespace {

bool is_wanted(const settings::Adapter& adapter, const Target& target) {
    return target.half == Half::Unet ? adapter.train_unet : adapter.train_text;
}

bool is_in(const adapters::LoraFile& file, const Target& target) {
    return file.entries.contains(target.name) || file.entries.contains(target.alias);
}

bool is_layer(const std::vector<Target>& targets, const std::string& name) {
    return std::any_of(targets.begin(), targets.end(),
                       [&](const auto& target) { return target.name == name || target.alias == name; });
}

bool is_of_text(const std::vector<Target>& targets, const std::string& name) {
    return std::any_of(targets.begin(), targets.end(), [&](const auto& target) {
        return target.half == Half::Text && (target.name == name || target.alias == name);
    });
}

// A layer that other programs put into a LoRA and that this one uses nowhere.
bool is_projection(std::string_view name) { return name.ends_with("_text_projection"); }

// Which names of the file are left out, and what is said about them; the rest is refused.
class Leftovers {
  public:
    Leftovers(const adapters::LoraFile& file, const ModelOutline& model, const settings::Adapter& adapter)
        : file_(file) {
        const auto wanted = wanted_of(adapter, model.trained);
        std::set<std::string> used;
        for (const auto& target : wanted)
            used.insert(file.entries.contains(target.name) ? target.name : target.alias);
        for (const auto& [name, entry] : file.entries) {
            if (used.contains(name)) continue;
            auto& list = is_layer(wanted, name)          ? twice_
                         : is_layer(model.trained, name) ? not_trained_
                         : is_projection(name)           ? projections_
                         : is_layer(model.all, name)     ? not_reached_
                                                         : unknown_;
            if (&list == &not_trained_) text_is_left_ = text_is_left_ || is_of_text(model.trained, name);
            list.push_back(name);
            if (!entry.not_finite.empty()) not_finite_.push_back(name);
        }
    }

    void refuse_what_would_be_lost() const {
        if (!not_reached_.empty())
            base::fail(
                ErrorCode::Unsupported,
                fmt::format("{} is a LoCon: {} of its layers, such as {}, are not trained by Lorikeet yet.",
                            file_.source, not_reached_.size(), not_reached_.front()),
                "Start from a LoRA without them, or work this one into the checkpoint (lorikeet merge) and "
                "train a new LoRA on that.");
        if (!twice_.empty())
            base::fail(
                ErrorCode::Corrupt,
                fmt::format("{} holds the layer {} twice, under two names.", file_.source, twice_.front()),
                "Two programs wrote into this file; take one that holds each layer once.");
        if (!unknown_.empty())
            base::fail(
                ErrorCode::InvalidInput,
                fmt::format("{} holds {} that this model does not have, such as {}.", file_.source,
                            base::counted(unknown_.size(), "layer"),
                            base::printable_start(unknown_.front(), 120)),
                "Start from a LoRA that was trained on a model of the same family (adapter.start_from).");
    }

    std::vector<std::string> news() const {
        std::vector<std::string> news;
        if (!not_trained_.empty()) {
            const bool text = text_is_left_;
            news.push_back(fmt::format(
                "{} holds {} that this job does not train (adapter.{} is false); the new LoRA will not hold "
                "{}.",
                file_.source, base::counted(not_trained_.size(), text ? "text encoder layer" : "U-Net layer"),
                text ? "train_text" : "train_unet", not_trained_.size() == 1 ? "it" : "them"));
        }
        if (!projections_.empty())
            news.push_back(fmt::format("{} holds {}, which is not trained; the new LoRA will not hold it.",
                                       file_.source, projections_.front()));
        if (!not_finite_.empty())
            news.push_back(fmt::format("{} holds NaN or infinity in {} that {} not used, such as {}.",
                                       file_.source, base::counted(not_finite_.size(), "layer"),
                                       not_finite_.size() == 1 ? "is" : "are", not_finite_.front()));
        for (auto& note : adapters::notes_on(file_)) news.push_back(std::move(note));
        return news;
    }

  private:
    const adapters::LoraFile& file_;
    bool text_is_left_ = false;  // of those that are not trained: the text encoder's
    std::vector<std::string> not_trained_, projections_, not_reached_, twice_, unknown_, not_finite_;
};

double job_alpha(const settings::Adapter& adapter) {
    const double alpha = settings::chosen(adapter.alpha);
    return alpha == 0 ? static_cast<double>(settings::chosen(adapter.rank)) : alpha;
}

LayerRanks::key_type fresh_rank(const settings::Adapter& adapter) {
    if (!adapters::kind_of(adapter).has_rank) return {0, 0};
    return {settings::chosen(adapter.rank), job_alpha(adapter)};
}

void add_news(StartFacts& facts, const adapters::LoraFile& file, const settings::Adapter& adapter,
              const std::vector<Target>& fresh) {
    const bool same = facts.from_file.size() == 1 && facts.from_file.begin()->first == fresh_rank(adapter);
    if (!same)
        facts.news.push_back(fmt::format(
            "The layers of {} keep its ranks: {}. adapter.rank = {} and adapter.alpha = {} count for fresh "
            "layers alone.",
            file.source, words_for(facts.from_file), settings::chosen(adapter.rank),
            settings::chosen(adapter.alpha)));
    if (fresh.empty()) return;
    const auto text = std::count_if(fresh.begin(), fresh.end(),
                                    [](const auto& target) { return target.half == Half::Text; });
    const auto unet = static_cast<std::int64_t>(fresh.size()) - text;
    const auto parts = text == 0   ? fmt::format("{} of the U-Net", unet)
                       : unet == 0 ? fmt::format("{} of the text encoder", text)
                                   : fmt::format("{} of the U-Net and {} of the text encoder", unet, text);
    facts.news.push_back(fmt::format("{} lacks {} that this job trains ({}); {} fresh: {}.", file.source,
                                     base::counted(fresh.size(), "layer"), parts,
                                     fresh.size() == 1 ? "it starts" : "they start", words_for(facts.fresh)));
}

}  // namespace

std::string words_for(const LayerRanks& layers) {
    std::vector<std::string> words;
    for (const auto& [rank, count] : layers)
        words.push_back(rank.first == 0
                            ? fmt::format("{} without a rank", count)
                            : fmt::format("{} of rank {}, alpha {}", count, rank.first, rank.second));
    constexpr std::size_t kShown = 4;
    const auto more = words.size() > kShown ? words.size() - kShown : 0;
    words.resize(words.size() - more);
    return base::join(words, "; ") + (more > 0 ? fmt::format("; and {} other kinds", more) : "");
}

StartFacts start_facts(const settings::Adapter& adapter, const models::Spec& spec) {
    const base::Path path = adapter.start_from;
    expect_lora_for(*spec.family, path);
    const auto file = adapters::read_lora(path);
    const ModelOutline model(spec);
    const Leftovers leftovers(file, model, adapter);
    leftovers.refuse_what_would_be_lost();
    StartFacts facts;
    const auto wanted = wanted_of(adapter, model.trained);
    if (std::none_of(wanted.begin(), wanted.end(), [&](const auto& target) { return is_in(file, target); }))
        base::fail(ErrorCode::InvalidInput,
                   fmt::format("{} holds no layer that this job trains.", file.source),
                   "Set adapter.train_text or adapter.train_unet to true, or leave adapter.start_from out.");
    const auto fitting = adapters::fit(file, wanted);
    std::set<std::string> found;
    for (const auto& given : fitting.given) {
        const auto told = given.kind->facts(given.tensors);
        found.insert(given.target.name);
        ++facts.from_file[{told.rank, told.alpha}];
        facts.numbers += given.kind->numbers(given.target.shape, told.rank);
    }
    const auto& kind = adapters::kind_of(adapter);
    std::vector<Target> fresh;
    for (const auto& target : wanted) {
        if (found.contains(target.name)) continue;
        fresh.push_back(target);
        ++facts.fresh[fresh_rank(adapter)];
        facts.numbers += kind.numbers(target.shape, settings::chosen(adapter.rank));
    }
    add_news(facts, file, adapter, fresh);
    for (auto& line : leftovers.news()) facts.news.push_back(std::move(line));
    return facts;
}

std::unique_ptr<adapters::Network> make_network(const settings::Adapter& adapter,
                                                const std::vector<Target>& targets,
                                                const adapters::NetworkOptions& options, std::uint64_t seed) {
    if (adapter.start_from.empty()) return std::make_unique<adapters::Network>(targets, options, seed);
    auto file = adapters::read_lora(adapter.start_from);
    for (const auto& target : targets) {  // of a half that is not trained nothing is read, sound or not
        if (is_wanted(adapter, target)) continue;
        file.entries.erase(target.name);
        file.entries.erase(target.alias);
    }
    std::vector<std::string> unknown;  // start_facts has told of them
    return adapters::network_from(file, targets, options, seed, unknown);
}

}  // namespace lorikeet::train
