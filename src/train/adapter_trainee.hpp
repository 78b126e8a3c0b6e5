// Adapters in the layers of a frozen model, as what a run trains: fresh, or going on from adapter.start_from.
#pragma once

#include <memory>

#include "adapters/metadata.hpp"
#include "adapters/network.hpp"
#include "models/model.hpp"
#include "settings/job.hpp"
#include "train/trainee.hpp"
#include "train/trainees.hpp"

namespace lorikeet::train {

class AdapterTrainee : public Trainee {
  public:
    // Borrows the model, whose slots it empties when it goes. Of `job` nothing is open.
    // Throws   what make_network throws (train/start_from.hpp).
    AdapterTrainee(models::Model& model, const settings::Job& job, at::Device device, at::ScalarType compute);

    std::vector<optim::ParamGroup> groups() const override;
    void begin_step(const StepPart& part) override;
    void weights_moved() override { network_->weights_moved(); }
    std::string why_not_recorded() const override;
    tensor::NamedTensors state() const override { return network_->tensors(); }
    void load_state(const tensor::NamedTensors& state) override { network_->load(state); }
    void save(const base::Path& file, at::ScalarType type, const io::Metadata& metadata) const override;
    // ss_* and modelspec.*, as files of LoRAs tell them (train/lora_facts.hpp).
    io::Metadata metadata(const Provenance& made) const override;

    const adapters::Network& network() const { return *network_; }

  protected:
    void begin_evaluation() override { network_->set_mode(adapters::Mode::Eval); }
    void end_evaluation() override { network_->set_mode(adapters::Mode::Train); }

  private:
    adapters::NetworkFacts facts() const;

    settings::Adapter adapter_;
    double lr_, text_lr_;
    std::unique_ptr<adapters::Network> network_;
};

// The usual one.
extern const TraineeRow kAdapters;

}  // namespace lorikeet::train
