// inspect and merge: files of weights.
#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/report.hpp"
#include "studio/lora_desk.hpp"
#include "studio/model_store.hpp"

namespace lorikeet::cli {

namespace {

std::string in_thousands(std::int64_t number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

// "16" when all have it, "16 (180), 32 (12)" when they differ.
template <class Number>
std::string shares(const std::map<Number, std::int64_t>& counts) {
    if (counts.size() == 1) return fmt::format("{}", counts.begin()->first);
    std::vector<std::string> words;
    for (const auto& [value, count] : counts) words.push_back(fmt::format("{} ({})", value, count));
    return base::join(words, ", ");
}

void say_row(Console& console, std::string_view name, std::string_view text) {
    console.out << fmt::format("  {:<34}  {}\n", base::printable(name), base::printable(text));
}

void say_lora(Console& console, const studio::LoraPart& part) {
    const auto modules = base::counted(part.modules, "module");
    if (part.ranks.empty()) return say_row(console, part.part, modules);
    std::string alpha = part.alphas.empty() ? "not said, so as rank" : shares(part.alphas);
    if (!part.alphas.empty() && part.without_alpha > 0)
        alpha += fmt::format(", not said ({})", part.without_alpha);
    say_row(console, part.part, fmt::format("{}, rank {}, alpha {}", modules, shares(part.ranks), alpha));
}

void say_not_finite(Console& console, const studio::FileReport& report) {
    constexpr std::size_t kListed = 5;
    if (report.not_finite.empty()) return say_row(console, "NaN and infinity", "none");
    for (std::size_t i = 0; i < std::min(kListed, report.not_finite.size()); ++i)
        say_row(console, i == 0 ? "NaN and infinity" : "",
                fmt::format("{} in {}", report.not_finite[i].words, report.not_finite[i].name));
    if (report.not_finite.size() > kListed)
        say_row(console, "",
                fmt::format("and in {}", base::counted(report.not_finite.size() - kListed, "more tensor")));
}

void say_report(Console& console, const studio::FileReport& report) {
    console.out << inked(Ink::Bold, base::printable(report.file.string()), console.out_screen) << '\n'
                << "  " << base::printable(report.sentence) << '\n';
    std::vector<std::string> dtypes;
    for (const auto& [dtype, count] : report.tensors_by_dtype)
        dtypes.push_back(fmt::format("{} {}", count, dtype));
    say_row(console, "size", base::human_bytes(report.bytes));
    say_row(console, "tensors",
            fmt::format("{} ({})", in_thousands(report.tensors), base::join(dtypes, ", ")));
    say_row(console, "numbers in them", in_thousands(report.parameters));
    say_not_finite(console, report);
    for (const auto& part : report.lora) say_lora(console, part);
    for (const auto& [name, text] : report.facts) say_row(console, name, text);
    if (report.metadata.empty())
        say_row(console, "metadata", "none");
    else
        say_row(
            console, "metadata",
            fmt::format("{}; --metadata prints {}", base::counted(report.metadata.size(), "entry", "entries"),
                        report.metadata.size() == 1 ? "it" : "them"));
}

void say_metadata(Console& console, const studio::FileReport& report) {
    for (const auto& [key, value] : report.metadata)
        console.out << base::printable(key) << " = " << base::printable(value) << '\n';
}

}  // namespace

int inspect(const InspectArguments& arguments, Console& console) {
    int worst = 0;
    for (const auto& file : arguments.files) {
        // One bad file does not hide the others.
        worst = std::max(worst, guarded(console, [&] {
                             const auto report = studio::inspect(file, arguments.metadata
                                                                           ? studio::Numbers::Leave
                                                                           : studio::Numbers::LookThrough);
                             if (arguments.metadata)
                                 say_metadata(console, report);
                             else
                                 say_report(console, report);
                             return 0;
                         }));
    }
    return worst;
}

int merge(const MergeArguments& arguments, Console& console) {
    studio::MergeRequest request;
    request.model = arguments.model;
    request.out = arguments.out;
    for (const auto& lora : arguments.loras) request.loras.push_back(studio::parse_lora_use(lora));
    const auto report = studio::merge(request);
    console.out << fmt::format("Wrote {} ({}): {} changed.\n", base::printable(arguments.out.string()),
                               base::human_bytes(report.bytes), base::counted(report.layers, "layer"));
    for (const auto& note : report.notes) say_warning(console, note);
    return 0;
}

}  // namespace lorikeet::cli
