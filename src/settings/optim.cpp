#include "settings/optim.hpp"

#include <cmath>

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<AdamW>& s) {
    s.says("Options of AdamW.");
    s.add("betas", &AdamW::betas, "How long the averages of gradients and squared gradients last.")
        .at_least(0)
        .below(1)
        .count(2, 2)
        .more("longer averages")
        .less("shorter averages");
    s.add("eps", &AdamW::eps, "Added to a divisor so that it is never 0.").above(0).up_to(1);
    s.add("weight_decay", &AdamW::weight_decay, "Pulls weights towards 0 in each step.")
        .range(0, 10)
        .more("keeps the LoRA weaker")
        .less("lets it grow freely");
}

void describe(Section<LrSchedule>& s) {
    s.says("How the learning rate changes during training.");
    s.add("shape", &LrSchedule::shape, "How the learning rate falls after the warm-up.")
        .basic()
        .kohya("lr_scheduler");
    s.add("warmup", &LrSchedule::warmup,
          "Raise the learning rate from 0 at the start. Below 1: a share of all steps; from 1: a number of "
          "steps.")
        .range(0, 1e7)
        .kohya("lr_warmup_steps");
    s.rule(
        {"warmup"}, [](const LrSchedule& l) { return l.warmup >= 1 && l.warmup != std::floor(l.warmup); },
        "from 1 on it is a number of steps and must be whole.", Fix{"warmup", "0.05"});
}

void describe(Section<Optim>& s) {
    s.says("The optimizer and its learning rates.");
    s.add("rule", &Optim::rule, "The rule that turns gradients into changes of the LoRA.")
        .basic()
        .kohya("optimizer_type");
    s.add("lr", &Optim::lr, "The learning rate of the U-Net: how much each step changes the LoRA.")
        .above(0)
        .up_to(10)
        .unset("chosen for the model")
        .basic()
        .kohya("unet_lr")
        .kohya("learning_rate")
        .more("learns faster; too high ruins images")
        .less("learns slower; too low learns nothing");
    s.add("text_lr", &Optim::text_lr, "The learning rate of the text encoder.")
        .range(0, 10)
        .unset("follows the learning rate")
        .basic()
        .when("adapter.train_text")
        .kohya("text_encoder_lr");
    s.add("adamw", &Optim::adamw, "").when("rule", {"adamw", "adamw8bit"});
    s.add("schedule", &Optim::schedule, "");
    s.add("max_grad_norm", &Optim::max_grad_norm,
          "Gradients with a larger norm are clipped to it. 0: no clipping.")
        .range(0, 1000)
        .kohya("max_grad_norm")
        .more("allows larger single steps")
        .less("evens steps out");
}

}  // namespace lorikeet::settings
