#include "settings/adapter.hpp"

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<Adapter>& s) {
    s.says("The LoRA itself.");
    s.add("rank", &Adapter::rank, "The size of the LoRA: how much it can learn, and how large its file is.")
        .range(1, 1024)
        .unset("chosen for the model")
        .basic()
        .kohya("network_dim")
        .more("learns more detail; memorizes single images sooner")
        .less("a smaller file; keeps to the essentials");
    s.add("alpha", &Adapter::alpha, "The LoRA is scaled by alpha / rank.")
        .above(0)
        .up_to(4096)
        .unset("chosen for the rank")
        .basic()
        .kohya("network_alpha")
        .more("acts like a higher learning rate")
        .less("acts like a lower learning rate");
    s.add("train_unet", &Adapter::train_unet, "Train the U-Net.")
        .kohya("network_train_text_encoder_only", "false");
    s.add("train_text", &Adapter::train_text, "Train the text encoder too.")
        .basic()
        .kohya("network_train_unet_only", "false");
    s.add("dropout", &Adapter::dropout,
          "The share of the LoRA that is left out at random in each step, so that single images are not "
          "memorized.")
        .at_least(0)
        .below(1)
        .kohya("network_dropout");
    s.add("start_from", &Adapter::start_from, "A LoRA file to continue from. Empty: start a new one.")
        .kohya("network_weights");
    s.rule(
        {"train_unet", "train_text"}, [](const Adapter& a) { return !a.train_unet && !a.train_text; },
        "nothing would be trained; turn at least one on.", Fix{"train_unet", "true"});
}

}  // namespace lorikeet::settings
