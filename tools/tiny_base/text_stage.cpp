#include "text_stage.hpp"

#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "captions.hpp"
#include "models/conditioning.hpp"
#include "nn/linear.hpp"
#include "stage.hpp"

namespace lorikeet::tiny_base {
namespace {

constexpr std::size_t kReplicas = 2;
constexpr std::size_t kShare = 32;
constexpr std::int64_t kUnsaid = -100;  // cross-entropy leaves these out

struct Parser {
    models::ClipText tower{text_spec()};
    nn::Linear shape{text_spec().width, kShapes + 1};
    nn::Linear hue{text_spec().width, kHues + 1};
    nn::Linear ground{text_spec().width, kGrounds + 1};

    void visit(nn::Visitor& visitor) {
        tower.visit(visitor);
        shape.visit(visitor, "parser.shape");
        hue.visit(visitor, "parser.hue");
        ground.visit(visitor, "parser.ground");
    }
};

struct Batch {
    at::Tensor ids;                 // [B, 77]
    at::Tensor after;               // [B, 77] bool: at the end or behind it
    at::Tensor shape, hue, ground;  // [B]; the last class says that nothing was said
};

template <typename Enum>
std::int64_t class_of(const std::optional<Enum>& said, std::int64_t count) {
    return said ? static_cast<std::int64_t>(*said) : count;
}

Batch draw_batch(const models::Tokenizer& tokenizer, std::uint64_t step, std::size_t replica) {
    static const auto things = every_thing();
    std::vector<std::string> captions;
    std::vector<std::int64_t> shapes, hues, grounds;
    for (std::size_t i = 0; i < kShare; ++i) {
        tensor::Draws draws(tensor::seed_of(kSeed, tensor::Stream::Caption, step, replica * kShare + i));
        const auto& thing = things[draws.below(things.size())];
        const auto reading = draws.below(6) == 0 ? draw_strange_reading(thing, draws)
                                                 : draw_reading(thing, draws);
        captions.push_back(reading.caption);
        shapes.push_back(class_of(reading.shape, kShapes));
        hues.push_back(class_of(reading.hue, kHues));
        grounds.push_back(class_of(reading.ground, kGrounds));
    }
    const auto ids = models::tokenize_captions(tokenizer, captions, {}).flatten(0, 1);
    return {ids, ids.eq(models::Tokenizer::kEnd), at::tensor(shapes), at::tensor(hues), at::tensor(grounds)};
}

struct Reads {
    at::Tensor loss;
    double right = 0;  // share of captions' ends with all three read rightly
};

Reads read(const Parser& parser, const Batch& batch) {
    const auto states = parser.tower(batch.ids);  // [B, 77, D]
    Reads reads{at::zeros({}), 0};
    auto all_right = batch.after;
    const auto add = [&](const nn::Linear& head, const at::Tensor& classes) {
        const auto scores = head(states);  // [B, 77, classes]
        const auto wanted = classes.unsqueeze(1).expand({classes.size(0), scores.size(1)});
        const auto counted = wanted.masked_fill(batch.after.logical_not(), kUnsaid);
        reads.loss = reads.loss + at::cross_entropy_loss(scores.flatten(0, 1), counted.flatten());
        all_right = all_right.logical_and(scores.argmax(-1).eq(wanted));
    };
    add(parser.shape, batch.shape);
    add(parser.hue, batch.hue);
    add(parser.ground, batch.ground);
    reads.right = all_right.sum().item<double>() / batch.after.sum().item<double>();
    return reads;
}

}  // namespace

models::ClipTextSpec text_spec() { return {.layers = 2, .width = 64, .heads = 4, .mlp = 256}; }

models::ClipText load_text(const base::Path& folder) {
    models::ClipText tower(text_spec());
    load_stage(folder / "text.safetensors", [&](nn::Visitor& visitor) { tower.visit(visitor); });
    return tower;
}

void train_text(const base::Path& folder, std::int64_t steps, const base::Cancel& cancel) {
    const auto tokenizer = models::Tokenizer::from_file(models::default_vocabulary());
    std::vector<Parser> parsers(kReplicas);
    std::vector<Visit> visits;
    for (auto& parser : parsers)
        visits.emplace_back([&parser](nn::Visitor& visitor) { parser.visit(visitor); });
    init_weights(visits.front(), kSeed, {});
    Stage stage(folder / "text.safetensors", visits,
                {.steps = steps, .lr = 2e-3, .weight_decay = 0, .memory = 0.98});
    base::Stopwatch watch;
    std::vector<double> right(kReplicas);
    while (!stage.is_done()) {
        if (cancel.stop_requested()) return stage.save();
        const double loss = stage.advance([&](std::int64_t step, std::size_t replica) {
            auto reads =
                read(parsers[replica], draw_batch(tokenizer, static_cast<std::uint64_t>(step), replica));
            right[replica] = reads.right;
            return reads.loss;
        });
        if (stage.step() % 50 == 0 || stage.is_done())
            base::log_info(fmt::format("text {}: loss {:.4f}, {:.1f} % read rightly, {:.0f} s", stage.step(),
                                       loss, 50 * (right[0] + right[1]), watch.seconds()));
        if (stage.step() % 250 == 0 || stage.is_done()) stage.save();
    }
}

}  // namespace lorikeet::tiny_base
