// A kernel whose cells do what tests need: fail, burst, count. Everything below the cells is the one that people use, and so are
// the pages of all other words, among which are a page, a family of models and a kind of adapter that only tests have.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "kernel/serve.hpp"
#include "support/toy_family/toy_family.hpp"
#include "support/toy_kind.hpp"
#include "widgets/page.hpp"
#include "widgets/pages.hpp"

namespace {

using namespace lorikeet;
using nlohmann::json;

json control(const char* name, json more) {
    json state{{"_model_module", "@jupyter-widgets/controls"},
               {"_model_module_version", "2.0.0"},
               {"_model_name", std::string(name) + "Model"},
               {"_view_module", "@jupyter-widgets/controls"},
               {"_view_module_version", "2.0.0"},
               {"_view_name", std::string(name) + "View"},
               {"_dom_classes", json::array()},
               {"layout", nullptr},
               {"style", nullptr},
               {"tooltip", nullptr},
               {"tabbable", nullptr},
               {"description", ""},
               {"disabled", false}};
    state.update(more);
    return state;
}

class Part : public widgets::Widget {
  public:
    using Widget::send;
    using Widget::set;
    using Widget::Widget;
    std::function<void()> pressed;

    void take_message(const json& content, const std::vector<std::string>& buffers) override {
        if (pressed) return pressed();
        send(content, buffers);  // says back what it hears
    }
};

// Puts a model of the toy family, and an adapter of the toy kind for it, where models are looked for.
class ToyPage : public widgets::Page {
  public:
    explicit ToyPage(widgets::PageContext& context) : Page(context) {
        assemble({"Toys", "Makes a toy model.", "Make it", "plus", "Next: run the cell `recipe`."}, {},
                 [this, &context] {
                     const auto folder = context.folder / "models";
                     std::filesystem::create_directories(folder);
                     support::save_toy_checkpoint(folder);
                     tensor::save_tensors(
                         folder / "toy_style.safetensors",
                         {{"lora_unet_toy_net_out.output_scale", at::ones({support::kToyChannels})}});
                     say(widgets::Mood::Done, "A toy model and its adapter lie in models.");
                 });
    }
};

const widgets::PageRow& toys() {
    static const widgets::PageRow row{{"toys", "Makes a toy model."},
                                      [](widgets::PageContext& context) -> std::unique_ptr<widgets::Page> {
                                          return std::make_unique<ToyPage>(context);
                                      }};
    return row;
}

class TestCells {
  public:
    explicit TestCells(widgets::WidgetRegistry& registry) : registry_(registry) {
        button_.pressed = [this] { label_.set({{"value", "pressed " + std::to_string(++times_)}}); };
    }

    widgets::Answer answer(std::string_view cell) {
        if (cell == "broken") base::fail(base::ErrorCode::Io, "The disk is gone.", "Plug it in.");
        if (cell == "burst")
            for (int i = 1; i <= 20000; ++i) text_.send({{"n", i}});
        if (cell == "updates")
            for (int i = 1; i <= 20000; ++i) label_.set({{"value", std::to_string(i)}});
        if (cell == "count") begin_counting();
        if (cell == "page" || cell == "count") return {&box_, "A page of the tests.", ""};
        const auto words = widgets::Pages::words();
        if (std::ranges::any_of(words, [&](const auto& one) { return one.word == cell; })) {
            if (!pages_) pages_.emplace(registry_, std::filesystem::current_path());
            return pages_->answer(cell);
        }
        return {nullptr, std::string(cell), ""};
    }

  private:
    void begin_counting() {
        timer_ = registry_.loop().every(std::chrono::milliseconds(1), [this] {
            label_.set({{"value", std::to_string(++times_)}});
            if (times_ >= 10000) timer_.reset();
        });
    }

    widgets::WidgetRegistry& registry_;
    support::ToyRegistration toy_family_;
    support::ToyKind toy_kind_;
    base::ScopedRow<widgets::PageRow> toy_page_{widgets::page_table(), toys()};
    std::optional<widgets::Pages> pages_;
    int times_ = 0;
    Part label_{registry_, control("Label", {{"value", "0"}, {"description_allow_html", false}})};
    Part text_{registry_, control("Text", {{"value", ""}, {"continuous_update", true}})};
    Part button_{registry_,
                 control("Button", {{"description", "Press"}, {"icon", ""}, {"button_style", ""}})};
    Part box_{registry_,
              control("VBox", {{"children", {label_.reference(), text_.reference(), button_.reference()}},
                               {"box_style", ""}})};
    std::unique_ptr<widgets::Timer> timer_;
};

}  // namespace

int main(int argc, char** argv) {
    return kernel::kernel_main(argc, argv, [](widgets::WidgetRegistry& registry) -> kernel::Cells {
        const auto cells = std::make_shared<TestCells>(registry);
        return {[cells](std::string_view cell) { return cells->answer(cell); },
                {{"page", "Shows a page."}, {"count", "Counts."}, {"broken", "Fails."}}};
    });
}
