// What is trained as others will use it, while this lives: nothing is dropped at random, and the weights are those that the
// optimizer means to be used. For samples and for files that come out of a run; a state keeps what is trained at.
#pragma once

#include "train/recipe.hpp"

namespace lorikeet::train {

class Evaluation {
  public:
    // Borrows the recipe, which has a trainee and an optimizer.
    explicit Evaluation(Recipe& recipe);
    ~Evaluation();
    Evaluation(const Evaluation&) = delete;
    Evaluation& operator=(const Evaluation&) = delete;

  private:
    Recipe& recipe_;
    Trainee::Evaluation undropped_;
    std::unique_ptr<optim::Optimizer::EvaluationWeights> weights_;
};

}  // namespace lorikeet::train
