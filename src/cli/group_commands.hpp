// Commands that stand behind another word, as in `dataset import`.
#pragma once

#include <functional>

#include "cli/commands.hpp"

namespace CLI {
class App;
}

namespace lorikeet::cli {

using Action = std::function<int(Console&)>;

// Adds commands whose action is left in `chosen` when they are what was said.
class CommandAdder {
  public:
    explicit CommandAdder(Action& chosen) : chosen_(chosen) {}
    CLI::App* command(CLI::App& above, const char* name, const char* what, const char* examples,
                      Action action) const;
    // A word that needs another behind it.
    static CLI::App* group(CLI::App& above, const char* name, const char* what, const char* examples);

  private:
    Action& chosen_;
};

// The arguments live as long as the App that writes into them.
void add_dataset_commands(CLI::App& app, const CommandAdder& add, ImportArguments& import,
                          ReportArguments& report, FilesArguments& files);
// Those of them that change files.
void add_dataset_file_commands(CLI::App& group, const CommandAdder& add, FilesArguments& files);
// Of every command that lists images with their captions.
void add_caption_extensions(CLI::App& sub, std::string& typed);
void add_caption_commands(CLI::App& app, const CommandAdder& add, CaptionArguments& caption,
                          CaptionWriteArguments& write);
// The one of them that looks at the images.
void add_caption_write(CLI::App& group, const CommandAdder& add, CaptionWriteArguments& write);
void add_tag_command(CLI::App& app, const CommandAdder& add, TagArguments& tag);
void add_cache_commands(CLI::App& app, const CommandAdder& add, CacheArguments& cache);
void add_project_commands(CLI::App& app, const CommandAdder& add, ProjectArguments& project);

}  // namespace lorikeet::cli
