#include "train/adapter_trainee.hpp"

#include <tuple>
#include <utility>

#include "adapters/kind.hpp"
#include "adapters/lora_file.hpp"
#include "settings/chosen.hpp"
#include "train/lora_facts.hpp"
#include "train/model_outline.hpp"
#include "train/start_from.hpp"

namespace lorikeet::train {

namespace {

optim::ParamGroup group_of(const adapters::Network& network, adapters::Half half, std::string name,
                           double lr) {
    auto parameters = network.parameters(half);
    return {std::move(name), std::move(parameters.names), std::move(parameters.tensors), lr};
}

}  // namespace

AdapterTrainee::AdapterTrainee(models::Model& model, const settings::Job& job, at::Device device,
                               at::ScalarType compute)
    : adapter_(job.adapter), lr_(settings::chosen(job.optim.lr)), text_lr_(job.optim.text_lr.value_or(lr_)) {
    const adapters::NetworkOptions options{settings::chosen(adapter_.rank),
                                           settings::chosen(adapter_.alpha),
                                           adapter_.dropout,
                                           adapter_.train_unet,
                                           adapter_.train_text,
                                           device,
                                           compute,
                                           &adapters::kind_of(adapter_)};
    network_ = make_network(adapter_, targets_of(model), options, static_cast<std::uint64_t>(job.train.seed));
}

// The text encoder first, as the reference orders them.
std::vector<optim::ParamGroup> AdapterTrainee::groups() const {
    std::vector<optim::ParamGroup> groups;
    if (adapter_.train_text) groups.push_back(group_of(*network_, adapters::Half::Text, "text", text_lr_));
    if (adapter_.train_unet) groups.push_back(group_of(*network_, adapters::Half::Unet, "unet", lr_));
    return groups;
}

void AdapterTrainee::begin_step(const StepPart& part) {
    network_->begin_step(part.step, part.micro, {part.first, part.count, part.total});
}

std::string AdapterTrainee::why_not_recorded() const {
    return adapter_.dropout > 0 ? "adapter.dropout is drawn again in each layer" : "";
}

void AdapterTrainee::save(const base::Path& file, at::ScalarType type, const io::Metadata& metadata) const {
    adapters::save_lora(file, *network_, type, metadata);
}

// Not the job's ranks: it may go on from a file, and layers may differ.
adapters::NetworkFacts AdapterTrainee::facts() const {
    const auto& modules = network_->modules();
    LayerRanks ranks;
    for (const auto& placed : modules) {
        const auto told = placed.facts();
        ++ranks[{told.rank, told.alpha}];
    }
    adapters::NetworkFacts facts;
    facts.module = modules.front().kind->kohya_module;
    facts.args = modules.front().kind->kohya_args;
    std::tie(facts.rank, facts.alpha) = ranks.begin()->first;
    if (adapter_.dropout > 0) facts.dropout = adapter_.dropout;
    if (ranks.size() > 1) facts.mixed = words_for(ranks);
    return facts;
}

io::Metadata AdapterTrainee::metadata(const Provenance& made) const { return lora_metadata(made, facts()); }

namespace {

// Text encoders behind, as they are loaded.
std::vector<models::Part> adapted_parts(const settings::Job& job) {
    std::vector<models::Part> parts;
    if (job.adapter.train_unet) parts.push_back(models::Part::Unet);
    if (job.adapter.train_text) parts.push_back(models::Part::Text);
    return parts;
}

std::vector<std::string> news_of_start(const settings::Job& job, const models::Spec& spec) {
    return job.adapter.start_from.empty() ? std::vector<std::string>() : start_facts(job.adapter, spec).news;
}

std::unique_ptr<Trainee> make_adapters(models::Model& model, const settings::Job& job, at::Device device,
                                       at::ScalarType compute) {
    return std::make_unique<AdapterTrainee>(model, job, device, compute);
}

}  // namespace

const TraineeRow kAdapters{.name = "adapters",
                           .result = "LoRA",
                           .parts = adapted_parts,
                           .moves_model = false,
                           .news = news_of_start,
                           .make = make_adapters};

}  // namespace lorikeet::train
