// The commands, each with what it was told. What is said on the command line is turned into these by app.cpp, the
// only place (with options.cpp) that knows CLI11. Every command returns its exit code and may throw base::Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "cli/console.hpp"
#include "settings/check.hpp"
#include "studio/caption_edit.hpp"
#include "studio/dataset_import.hpp"
#include "studio/edit_plan.hpp"
#include "studio/tag_desk.hpp"

namespace lorikeet::cli {

struct TrainArguments {
    base::Path job_file;
    std::vector<settings::Assignment> changes;
    std::string name;        // wins over output.name
    bool overwrite = false;  // a run of that name is replaced
    bool plan_only = false;  // say what would be done, and stop
    bool also = false;       // beside another training on this machine
};
int train(const TrainArguments& arguments, Console& console);

struct ResumeArguments {
    std::string run;
    std::optional<std::int64_t> steps, epochs;  // a new end, further than the one that was planned
    bool also = false;                          // beside another training on this machine
    std::vector<settings::Assignment> changes;  // to its settings: where files lie now
    bool accept_changes = false;                // what differs is gone on with, and recorded
};
int resume(const ResumeArguments& arguments, Console& console);

struct SampleArguments {
    std::string model = "tiny";
    std::string prompt;
    std::string negative;
    std::int64_t steps = 25;
    double cfg = 7;
    std::uint64_t seed = 1;
    std::string size;  // "512x768"; empty: the model's own
    std::vector<std::string> loras;
    std::int64_t count = 1;
    std::int64_t clip_skip = 1;
    std::string sampler = "ddim";
    std::vector<double> strengths;
    base::Path out;
    bool overwrite = false;  // images that are there already may be replaced
    base::Path events;       // a file that gets a line of JSON for each thing that happens
};
int sample(const SampleArguments& arguments, Console& console);

struct InspectArguments {
    std::vector<base::Path> files;
    bool metadata = false;  // all of it, as it is
};
int inspect(const InspectArguments& arguments, Console& console);

struct MergeArguments {
    std::string model = "tiny";
    std::vector<std::string> loras;
    base::Path out;
};
int merge(const MergeArguments& arguments, Console& console);

struct SettingsArguments {
    bool example = false;  // a job file to start from, with comments
};
int settings_page(const SettingsArguments& arguments, Console& console);
// The path of every setting of a job, for completion.
std::vector<std::string> setting_paths();

struct DemoArguments {
    base::Path folder = "demo";
    bool also = false;  // beside another training on this machine
};
int demo(const DemoArguments& arguments, Console& console);

struct RunArguments {
    std::string run;
};
int stop(const RunArguments& arguments, Console& console);
int save(const RunArguments& arguments, Console& console);

int doctor(Console& console);

struct RunsArguments {
    base::Path folder;  // empty: "runs" of the open project, or here
};
int runs(const RunsArguments& arguments, Console& console);

struct ImportArguments {
    studio::ImportRequest request;
    bool all = false;  // no list is cut short
};
int import_images(const ImportArguments& arguments, Console& console);

struct ReportArguments {
    base::Path target;            // a folder of images, of folders of them, or a job file
    std::int64_t resolution = 0;  // px; 0: the job's, or the model's
    bool json = false;
    base::Path html;  // a page with all images, written besides
};
int dataset_report(const ReportArguments& arguments, Console& console);

// Changes of a dataset's files: shown first, done with `apply`, taken back by dataset_undo.
struct FilesArguments {
    base::Path folder;
    std::vector<std::string> names;  // of images, in the folder or as paths; empty: all
    std::string caption_extensions;  // parted by commas; empty: those of the settings
    std::string pattern;             // of rename
    studio::EditRequest edit;        // of convert, resize, crop, rotate
    std::string shape, keep = "centre", turn;
    std::vector<std::string> kinds;  // of clean
    std::int64_t steps = 1;          // of undo
    bool apply = false, all = false, empty = false;
};
int dataset_rename(const FilesArguments& arguments, Console& console);
int dataset_edit(const FilesArguments& arguments, Console& console);
int dataset_delete(const FilesArguments& arguments, Console& console);
int dataset_clean(const FilesArguments& arguments, Console& console);
int dataset_undo(const FilesArguments& arguments, Console& console);
int dataset_trash(const FilesArguments& arguments, Console& console);

// Changes of captions, in the same way.
struct CaptionArguments {
    base::Path folder;
    std::string tags, with;          // parted by commas
    std::string only_with;           // of --only-with
    std::string caption_extensions;  // parted by commas; empty: those of the settings
    std::vector<std::string> images;
    studio::CaptionEdit edit;
    std::string to;         // of underscores
    std::int64_t top = 50;  // of tags
    bool to_end = false;    // of move
    bool create = false, apply = false, all = false, json = false;
};
int caption_edit(const CaptionArguments& arguments, Console& console);
int caption_tags(const CaptionArguments& arguments, Console& console);

// Tags for images: shown first, written with `apply`.
struct TagArguments {
    base::Path folder;
    std::vector<std::string> images;
    std::string caption_extensions;             // parted by commas; empty: those of the settings
    base::Path settings;                        // a TOML file; empty: none
    std::vector<settings::Assignment> changes;  // of settings::Tagging; they win over the file
    std::int64_t top = 20;                      // of the frequent tags
    bool apply = false, all = false;
};
int tag_images(const TagArguments& arguments, Console& console);

// Sentences for images, by a captioner; in the same way.
struct CaptionWriteArguments {
    base::Path folder;
    std::vector<std::string> images;
    std::string caption_extensions;             // parted by commas; empty: those of the settings
    base::Path settings;                        // a TOML file; empty: none
    std::vector<settings::Assignment> changes;  // of settings::Captioning; they win over the file
    bool apply = false, all = false;
};
int caption_write(const CaptionWriteArguments& arguments, Console& console);

struct CacheArguments {
    base::Path target;  // a job file, or a folder; empty: the open project, or here
    bool json = false;
    bool all = false, unused = false;  // of clean: what goes
    std::string older_than;            // "30d"
    bool apply = false;                // and it does go
};
int cache_list(const CacheArguments& arguments, Console& console);
int cache_clean(const CacheArguments& arguments, Console& console);

struct ProjectArguments {
    std::string name, new_name;
    base::Path projects;  // where they lie; empty: where the workspace says
};
int project_new(const ProjectArguments& arguments, Console& console);
int project_list(const ProjectArguments& arguments, Console& console);
int project_open(const ProjectArguments& arguments, Console& console);
int project_close(const ProjectArguments& arguments, Console& console);
int project_rename(const ProjectArguments& arguments, Console& console);
int project_delete(const ProjectArguments& arguments, Console& console);
int project_trash(const ProjectArguments& arguments, Console& console);  // name: list, empty or restore

struct InstallKernelArguments {
    base::Path prefix;  // of an environment; empty: the user's own Jupyter folder
};
int install_kernel(const InstallKernelArguments& arguments, Console& console);

}  // namespace lorikeet::cli
