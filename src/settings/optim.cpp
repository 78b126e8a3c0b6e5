#include "settings/optim.hpp"

#include <cmath>

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<AdamW>& s) {
    s.says("Options of AdamW.");
    s.add("betas", &AdamW::betas, "How long the mean of the gradients and of their squares is remembered.")
        .at_least(0)
        .below(1)
        .count(2, 2)
        .more("a longer memory")
        .less("a shorter one");
    s.add("eps", &AdamW::eps, "Keeps a division from failing where gradients vanish.").above(0).up_to(1);
    s.add("weight_decay", &AdamW::weight_decay, "Pulls weights towards 0 a little in each step.")
        .range(0, 10)
        .more("keeps the adapter tamer")
        .less("leaves it freer");
}

void describe(Section<LrSchedule>& s) {
    s.says("How the learning rate goes over the run.");
    s.add("shape", &LrSchedule::shape, "The course after the warm-up.").basic().kohya("lr_scheduler");
    s.add("warmup", &LrSchedule::warmup,
          "A rise from 0 at the start. Below 1: that share of all steps; from 1: so many steps.")
        .range(0, 1e7)
        .kohya("lr_warmup_steps");
    s.rule(
        {"warmup"}, [](const LrSchedule& l) { return l.warmup >= 1 && l.warmup != std::floor(l.warmup); },
        "from 1 on it counts steps and must be whole.", Fix{"warmup", "0.05"});
}

void describe(Section<Optim>& s) {
    s.says("How the weights are moved, and how far each time.");
    s.add("rule", &Optim::rule, "The optimizer.").basic().kohya("optimizer_type");
    s.add("lr", &Optim::lr, "The learning rate: how far one step moves the adapter of the U-Net.")
        .above(0)
        .up_to(10)
        .basic()
        .kohya("unet_lr")
        .kohya("learning_rate")
        .more("learns faster; too much burns the picture")
        .less("learns slower; too little never arrives");
    s.add("text_lr", &Optim::text_lr, "The same for the adapter of the text encoder.")
        .range(0, 10)
        .unset("as lr")
        .basic()
        .when("adapter.train_text")
        .kohya("text_encoder_lr");
    s.add("adamw", &Optim::adamw, "").when("rule", {"adamw", "adamw8bit"});
    s.add("schedule", &Optim::schedule, "");
    s.add("max_grad_norm", &Optim::max_grad_norm, "Gradients longer than this are shortened to it. 0: never.")
        .range(0, 1000)
        .kohya("max_grad_norm")
        .more("lets single steps go further")
        .less("keeps steps even");
}

}  // namespace lorikeet::settings
