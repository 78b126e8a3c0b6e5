// demo: a LoRA trained and shown, with what comes along and nothing else.
#include <ostream>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/train_view.hpp"
#include "studio/demo.hpp"

namespace lorikeet::cli {

int demo(const DemoArguments& arguments, Console& console) {
    const auto others = arguments.also ? studio::Others::Allow : studio::Others::Refuse;
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    const auto view = make_train_view(console, "demo");
    base::set_log_level(base::LogLevel::Quiet);
    studio::DemoResult result;
    {
        const Heartbeat heartbeat(*view, [&] { return cancel.stop_requested(); });
        result = studio::run_demo(arguments.folder, *view, cancel, others);
    }
    if (result.stopped) return base::exit_code(base::ErrorCode::Interrupted);
    console.out << fmt::format(
        "Done in {}. Images of a lorikeet are {:.0f} % nearer to the real ones than before.\n"
        "  look at  {}\n"
        "  the LoRA {}\n",
        base::human_seconds(result.seconds), 100 * (1 - result.distance_after / result.distance_before),
        base::printable(result.page.string()), base::printable(result.lora.string()));
    return 0;
}

}  // namespace lorikeet::cli
