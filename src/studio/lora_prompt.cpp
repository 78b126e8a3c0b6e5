#include "studio/lora_prompt.hpp"

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "data/caption.hpp"
#include "settings/toml.hpp"
#include "studio/image_folder.hpp"
#include "studio/run_watch.hpp"

namespace lorikeet::studio {

namespace {

// It is known to show the subject: the person saw it on the page `train`.
std::string last_sampled_prompt(const base::Path& run) {
    RunWatch watch(run);
    do watch.poll();
    while (watch.pending());
    const auto& samples = watch.view().samples;
    return samples.empty() ? std::string() : std::string(base::trim(samples.back().prompt));
}

}  // namespace

std::string prompt_for_lora(const base::Path& lora, const base::Path& working_folder) {
    const auto run = (working_folder / lora).lexically_normal().parent_path().parent_path();
    if (!base::is_file(run / "job.toml")) return {};
    try {
        const auto data = settings::read_job_file(run / "job.toml").job.data;
        if (data.subsets.empty()) return {};
        if (auto prompt = last_sampled_prompt(run); !prompt.empty()) return prompt;
        const auto& first = data.subsets.front();
        if (const std::string trigger(base::trim(first.trigger)); !trigger.empty()) return trigger;
        const auto look = look_at_images(working_folder / first.folder, data.caption_extensions,
                                         base::Cancel(), first.nested ? data::Nested::Yes : data::Nested::No);
        for (const auto& image : look.files)
            if (const auto caption = data::find_caption(image, data.caption_extensions);
                caption && !base::trim(caption->text).empty())
                return std::string(base::trim(caption->text));
    } catch (const base::Error&) {
        // The run or its images are not as they were; there is nothing to suggest.
    }
    return {};
}

}  // namespace lorikeet::studio
