#include "cli/plan_view.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "base/text.hpp"
#include "settings/chosen.hpp"

namespace lorikeet::cli {

namespace {

constexpr std::size_t kListed = 5;  // of a list that may be long

class Rows {
  public:
    explicit Rows(const Screen& screen) : columns_(std::max(20, screen.width - 13)) {}
    // A row without a name goes on with the one above. A long value goes on below itself, parted at spaces.
    void add(std::string_view name, std::string_view value) {
        std::string line;
        for (const auto& word : base::split(base::printable(value), " ")) {
            if (!line.empty() && columns_of(line) + 1 + columns_of(word) > columns_) {
                put(name, line);
                name = "";
                line.clear();
            }
            line += (line.empty() ? "" : " ") + word;
        }
        put(name, line);
    }
    // A line of a table, its spaces kept.
    void add_line(std::string_view line) { put("", line); }
    const std::string& text() const { return text_; }

  private:
    void put(std::string_view name, std::string_view line) {
        text_ += fmt::format("  {:<9}  {}\n", name, base::printable(line));
    }

    int columns_;
    std::string text_;
};

// A sentence that names its place by itself is not given it twice.
std::string sentence_of(const base::Problem& problem) {
    if (problem.what.find(problem.where) == std::string::npos) return base::to_text({problem});
    return problem.hint.empty() ? problem.what : problem.what + " " + problem.hint;
}

std::string one_more_every(std::int64_t count, std::string_view thing) {
    return count == 1 ? fmt::format("one more every {}", thing)
                      : fmt::format("one more every {} {}s", count, thing);
}

void add_images(Rows& rows, const studio::Plan& plan) {
    const auto& length = plan.length;
    std::string images = fmt::format("{}", length.images);
    if (length.images_per_epoch != length.images)
        images += fmt::format(", shown {} an epoch", base::counted(length.images_per_epoch, "time"));
    rows.add("images", images);
    if (plan.length.held_out > 0)
        rows.add("validates", fmt::format("{} kept out of training, whose loss is computed {}",
                                          base::counted(plan.length.held_out, "image"),
                                          base::counted(plan.validations, "time")));
    if (!plan.sizes.empty()) rows.add("trained at", studio::words_for(plan.sizes));
    for (std::size_t i = 0; i < std::min(plan.left_out.size(), kListed); ++i)
        rows.add(i == 0 ? "left out" : "", sentence_of(plan.left_out[i]));
    if (plan.left_out.size() > kListed)
        rows.add("", fmt::format("and {} more", plan.left_out.size() - kListed));
    rows.add("captions", plan.captions_missing == 0
                             ? "all there"
                             : fmt::format("{} of {} {} none", plan.captions_missing,
                                           base::counted(length.images, "image"),
                                           plan.captions_missing == 1 ? "has" : "have"));
    for (const auto& shown : plan.captions)
        rows.add("", fmt::format("{}: {}{}", shown.file, shown.caption.empty() ? "(empty)" : shown.caption,
                                 shown.unread.empty() ? "" : fmt::format(" [not read: {}]", shown.unread)));
}

std::string length_words(const settings::Job& job, const studio::Plan& plan) {
    const auto& length = plan.length;
    std::string text =
        fmt::format("{}: {}", base::counted(length.training.total_steps, "step"), studio::words_for(length));
    if (job.train.accumulate > 1) text += fmt::format(", {} batches each", job.train.accumulate);
    if (plan.warmup_steps > 0) text += fmt::format("; the first {} warm up", plan.warmup_steps);
    return text;
}

// A table: what a training step takes, and what the other phases do at the most.
void add_memory(Rows& rows, const studio::MemoryEstimate& memory) {
    rows.add("memory",
             fmt::format(
                 "{} needed at most{}; {}", base::human_bytes(memory.most_bytes),
                 memory.room_bytes > 0 ? fmt::format(", {} free", base::human_bytes(memory.room_bytes)) : "",
                 memory.way));
    for (const auto& part : memory.parts)
        rows.add_line(fmt::format("{:>9}  {}", base::human_bytes(part.bytes), part.name));
    rows.add_line(fmt::format("{:>9}  in all while training", base::human_bytes(memory.step_bytes)));
    rows.add_line(fmt::format("{:>9}  while images are encoded", base::human_bytes(memory.cache_bytes)));
    if (memory.sampling_bytes > 0)
        rows.add_line(
            fmt::format("{:>9}  while a sample is generated", base::human_bytes(memory.sampling_bytes)));
}

// Of what is trained.
std::string rates_of(const settings::Job& job) {
    const auto text = job.optim.text_lr.value_or(settings::chosen(job.optim.lr));
    if (!job.adapter.train_unet) return fmt::format("{:g}", text);
    if (!job.adapter.train_text || !job.optim.text_lr)
        return fmt::format("{:g}", settings::chosen(job.optim.lr));
    return fmt::format("{:g} (text {:g})", settings::chosen(job.optim.lr), text);
}

}  // namespace

std::string plan_text(const settings::Job& job, const studio::Plan& plan, const Screen& screen) {
    Rows rows(screen);
    rows.add("base", plan.checkpoint.string());
    add_images(rows, plan);
    rows.add("length", length_words(job, plan));
    if (!plan.choice.empty()) rows.add("chosen", plan.choice);
    if (plan.pace)
        rows.add("time", fmt::format("about {} ({:.3g} s a step, {})", base::human_seconds(plan.seconds),
                                     plan.pace->seconds_per_step, plan.pace->source));
    if (!plan.precision.empty()) rows.add("precision", plan.precision);
    const auto ranks = plan.ranks.empty()
                           ? fmt::format(" of rank {}, alpha {}", settings::chosen(job.adapter.rank),
                                         settings::chosen(job.adapter.alpha))
                           : plan.ranks;
    rows.add("trains",
             fmt::format("{}{}, at {}", base::counted(plan.adapters, "layer"), ranks, rates_of(job)));
    rows.add("writes", fmt::format("{} ({})", plan.file, base::human_bytes(plan.disk.lora_bytes)));
    if (job.output.every_epochs > 0) rows.add("", one_more_every(job.output.every_epochs, "epoch"));
    if (job.output.every_steps > 0) rows.add("", one_more_every(job.output.every_steps, "step"));
    if (plan.samples > 0) rows.add("", base::counted(plan.samples, "sample"));
    rows.add("disk", fmt::format("{} needed at most, {} free", base::human_bytes(plan.disk.total()),
                                 base::human_bytes(plan.disk_free)));
    if (plan.memory && plan.memory->most_bytes > 0) add_memory(rows, *plan.memory);
    for (std::size_t i = 0; i < plan.warnings.size(); ++i)
        rows.add(i == 0 ? "warning" : "", plan.warnings[i]);
    for (std::size_t i = 0; i < plan.notes.size(); ++i)  // each of its own kind: none is left unsaid
        rows.add(i == 0 ? "note" : "", plan.notes[i]);
    return inked(Ink::Bold, base::printable(job.output.name), screen) + "\n" + rows.text();
}

}  // namespace lorikeet::cli
