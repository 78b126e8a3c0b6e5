#include "settings/adapter.hpp"

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<Adapter>& s) {
    s.says("What is trained beside the frozen model: the LoRA.");
    s.add("rank", &Adapter::rank, "How much the adapter can hold. It also sets the size of the file.")
        .range(1, 1024)
        .basic()
        .kohya("network_dim")
        .more("holds more, and remembers single pictures sooner")
        .less("a smaller file; keeps to the main thing");
    s.add("alpha", &Adapter::alpha, "The strength of the adapter is alpha / rank.")
        .above(0)
        .up_to(4096)
        .basic()
        .kohya("network_alpha")
        .more("works like a higher learning rate")
        .less("works like a lower learning rate");
    s.add("train_unet", &Adapter::train_unet, "Trains the part that paints.")
        .kohya("network_train_text_encoder_only", "false");
    s.add("train_text", &Adapter::train_text, "Trains the part that reads captions too.")
        .basic()
        .kohya("network_train_unet_only", "false");
    s.add("dropout", &Adapter::dropout,
          "The share of the adapter left out at random in each step, against learning single pictures by "
          "heart.")
        .at_least(0)
        .below(1)
        .kohya("network_dropout");
    s.add("start_from", &Adapter::start_from, "A LoRA file to go on from. Empty: from nothing.")
        .kohya("network_weights");
    s.rule(
        {"train_unet", "train_text"}, [](const Adapter& a) { return !a.train_unet && !a.train_text; },
        "nothing would be trained; at least one must be on.", Fix{"train_unet", "true"});
}

}  // namespace lorikeet::settings
