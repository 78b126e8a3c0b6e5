#include "models/part_files.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "models/family.hpp"

namespace lorikeet::models {

bool PartFile::holds(Part part) const { return std::ranges::find(parts, part) != parts.end(); }

std::string PartFile::name() const {
    if (holds(Part::Unet)) return "network";
    return holds(Part::Text) ? "text encoder" : "VAE";
}

PartFile text_in(base::Path file) { return {{Part::Text}, std::move(file)}; }
PartFile vae_in(base::Path file) { return {{Part::VaeEncoder, Part::VaeDecoder}, std::move(file)}; }

const PartFile* file_with(std::span<const PartFile> files, Part part) {
    const auto found = std::ranges::find_if(files, [&](const auto& file) { return file.holds(part); });
    return found == files.end() ? nullptr : &*found;
}

const PartFile& ModelSource::file_of(Part part) const {
    const auto* own = file_with(others(), part);
    return own ? *own : checkpoint();
}

ModelSource held_open(const base::Path& checkpoint, const PartFiles& others) {
    ModelSource source;
    auto& whole = source.files.front();
    whole.path = checkpoint;
    for (const auto part : kParts)
        if (!file_with(others, part)) whole.parts.push_back(part);
    source.files.insert(source.files.end(), others.begin(), others.end());
    for (auto& file : source.files) file.held = std::make_shared<const base::HeldFile>(file.path);
    return source;
}

PartFiles part_files_for(const Family& family, const base::Path& checkpoint, const PartFiles& given) {
    auto files = given;
    if (!family.files_beside) return files;
    for (auto& file : family.files_beside(checkpoint)) {
        if (std::ranges::any_of(file.parts, [&](Part part) { return file_with(given, part) != nullptr; }))
            continue;
        if (!base::is_file(file.path))
            base::fail(base::ErrorCode::NotFound,
                       fmt::format("The {} of {} is missing: there is no {} beside it.", file.name(),
                                   checkpoint.filename().string(), file.path.filename().string()),
                       "Put it into the folder of the checkpoint.");
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace lorikeet::models
