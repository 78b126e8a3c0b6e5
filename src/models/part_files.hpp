// The files that a model comes from: a checkpoint, and files of their own for some of its parts.
//
// A family says where such files lie (Family::files_beside); those that a job names come before them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/held_file.hpp"

namespace lorikeet::models {

struct Family;

// The parts that are loaded and released by themselves. Unet is the denoising network, transformers included: the word that
// settings and kohya's files use for it.
enum class Part { Text, Unet, VaeEncoder, VaeDecoder };
inline constexpr Part kParts[] = {Part::Text, Part::Unet, Part::VaeEncoder, Part::VaeDecoder};
constexpr bool is_of_vae(Part part) { return part == Part::VaeEncoder || part == Part::VaeDecoder; }

// A file that parts come from.
struct PartFile {
    std::vector<Part> parts;
    base::Path path;
    std::shared_ptr<const base::HeldFile> held = {};  // in a model that reads from it

    bool holds(Part part) const;
    // What messages and states call it: "VAE", "text encoder", "network".
    std::string name() const;
};
using PartFiles = std::vector<PartFile>;

PartFile text_in(base::Path file);
PartFile vae_in(base::Path file);
// The first that holds it; null: none does.
const PartFile* file_with(std::span<const PartFile> files, Part part);

// Where a model came from. Its files are held open: parts that are read later are read from them, whatever became of their
// names. An outline has no file.
struct ModelSource {
    PartFiles files = PartFiles(1);        // the checkpoint first
    std::vector<std::string> unused = {};  // tensors of the checkpoint that no part of the model wanted

    const PartFile& checkpoint() const { return files.front(); }
    // The files of their own.
    std::span<const PartFile> others() const { return std::span(files).subspan(1); }
    const PartFile& file_of(Part part) const;
};
// The checkpoint holds what no other file does.
// Throws   Error{NotFound}, Error{Io} for a file that cannot be opened.
ModelSource held_open(const base::Path& checkpoint, const PartFiles& others);

// The files of their own of such a checkpoint: those given, and for other parts those that its family has beside it.
// Throws   Error{NotFound} naming the part, and where its file was looked for.
PartFiles part_files_for(const Family& family, const base::Path& checkpoint, const PartFiles& given);

}  // namespace lorikeet::models
