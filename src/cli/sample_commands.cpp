// sample: images from a model and LoRAs.
#include <charconv>
#include <fstream>
#include <ostream>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "studio/event_tail.hpp"
#include "studio/sample_desk.hpp"

namespace lorikeet::cli {

namespace {

struct PixelSize {
    std::int64_t width_px = 0, height_px = 0;
};

std::int64_t whole(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

// "512x768", or "512" for a square.
PixelSize parse_size(const std::string& text) {
    const auto parts = base::split(base::to_lower(text), "x");
    const PixelSize size{whole(parts.front()), whole(parts.back())};
    const auto fits = [](std::int64_t side) { return side >= 8 && side <= 4096 && side % 8 == 0; };
    if (parts.size() > 2 || !fits(size.width_px) || !fits(size.height_px))
        base::fail(base::ErrorCode::InvalidInput, fmt::format("\"{}\" is not a size.", text),
                   "Write width x height in pixels, each a multiple of 8 from 8 to 4096: --size 512x768.");
    return size;
}

settings::SamplerKind sampler_of(const std::string& word) {
    if (word == "euler") return settings::SamplerKind::Euler;
    if (word == "euler_a") return settings::SamplerKind::EulerA;
    return settings::SamplerKind::Ddim;
}

studio::SampleRequest request_for(const SampleArguments& arguments) {
    studio::SampleRequest request;
    request.model = arguments.model;
    request.prompt = arguments.prompt;
    request.negative = arguments.negative;
    request.steps = arguments.steps;
    request.cfg = arguments.cfg;
    request.seed = arguments.seed;
    request.sampler = sampler_of(arguments.sampler);
    request.clip_skip = arguments.clip_skip;
    request.count = arguments.count;
    request.out = arguments.out;
    request.overwrite = arguments.overwrite;
    request.strengths = arguments.strengths;
    for (const auto& lora : arguments.loras) request.loras.push_back(studio::parse_lora_use(lora));
    if (arguments.size.empty()) return request;
    const PixelSize size = parse_size(arguments.size);
    request.width_px = size.width_px;
    request.height_px = size.height_px;
    return request;
}

// What a person sees while images are generated, and the lines of JSON for whoever watches from elsewhere.
class SampleReport : public base::EventSink {
  public:
    SampleReport(Console& console, const base::Path& events) : console_(console) {
        if (events.empty()) return;
        file_.open(events, std::ios::app | std::ios::binary);
        if (!file_)
            base::fail(base::ErrorCode::Io, fmt::format("Could not write {}.", events.string()),
                       "Choose another file for --events.");
    }
    void take(const base::Event& event) override {
        if (file_.is_open()) file_ << studio::event_line(event) << '\n' << std::flush;
        if (event.kind == "note")
            console_.err << (console_.err_screen.live ? "\r\x1b[K" : "")
                         << base::printable(event.text("text")) << std::endl;
        if (!console_.err_screen.live) return;
        if (event.kind == "progress")
            console_.err << fmt::format("\r\x1b[Kimage {:.0f} of {:.0f}, step {:.0f} of {:.0f}",
                                        event.number("image") + 1, event.number("images"),
                                        event.number("done"), event.number("total"))
                         << std::flush;
        if (event.kind == "end") console_.err << "\r\x1b[K" << std::flush;
    }

  private:
    Console& console_;
    std::ofstream file_;
};

}  // namespace

int sample(const SampleArguments& arguments, Console& console) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    const auto request = request_for(arguments);
    SampleReport report(console, arguments.events);
    const base::Stopwatch watch;
    const auto files = studio::sample(request, cancel, report);
    for (const auto& file : files) console.out << base::printable(file.string()) << '\n';
    console.err << fmt::format("{} in {}.\n",
                               files.size() == 1 ? "One image" : fmt::format("{} images", files.size()),
                               base::human_seconds(watch.seconds()));
    return 0;
}

}  // namespace lorikeet::cli
