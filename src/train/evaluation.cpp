#include "train/evaluation.hpp"

namespace lorikeet::train {

Evaluation::Evaluation(Recipe& recipe)
    : recipe_(recipe),
      undropped_(*recipe.trainee),
      weights_(std::make_unique<optim::Optimizer::EvaluationWeights>(*recipe.optimizer)) {
    recipe_.trainee->weights_moved();
}

Evaluation::~Evaluation() {
    weights_.reset();
    recipe_.trainee->weights_moved();
}

}  // namespace lorikeet::train
