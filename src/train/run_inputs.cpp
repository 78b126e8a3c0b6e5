#include "train/run_inputs.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "io/safetensors.hpp"

namespace lorikeet::train {
namespace {

constexpr std::size_t kPeek = 4096;  // bytes of each tensor
constexpr const char* kVaeName =
    "VAE";  // as models::PartFile::name() has it; states have a place of its own for it

std::string quoted(const std::string& caption) {
    return caption.empty() ? "empty" : fmt::format("\"{}\"", caption);
}

using ByName = std::map<std::pair<std::size_t, std::string>, const ImageIdentity*>;

ByName by_name(const std::vector<ImageIdentity>& images) {
    ByName names;
    for (const auto& image : images) names[{image.subset, image.name}] = &image;
    return names;
}

bool same(const ImageIdentity& a, const ImageIdentity& b) {
    return a.sha256 == b.sha256 && a.caption == b.caption && a.subset == b.subset && a.mask == b.mask;
}

void compare_images(const std::vector<ImageIdentity>& before, const std::vector<ImageIdentity>& now,
                    std::vector<std::string>& found) {
    if (std::equal(before.begin(), before.end(), now.begin(), now.end(), same)) return;
    const auto first = found.size();
    const auto then = by_name(before), there = by_name(now);
    for (const auto& [key, image] : then) {
        const auto at = there.find(key);
        if (at == there.end()) {
            found.push_back(fmt::format("{} is gone", image->name));
            continue;
        }
        if (at->second->sha256 != image->sha256)
            found.push_back(fmt::format("{} is another image", image->name));
        if (at->second->mask != image->mask)
            found.push_back(fmt::format("the mask of {} is another one", image->name));
        if (at->second->caption != image->caption)
            found.push_back(fmt::format("the caption of {} was {} and is {}", image->name,
                                        quoted(image->caption), quoted(at->second->caption)));
    }
    for (const auto& [key, image] : there)
        if (!then.contains(key)) found.push_back(fmt::format("{} is new", image->name));
    if (found.size() == first) found.emplace_back("the images come in another order");
}

}  // namespace

std::string weights_fingerprint(const base::Path& path) {
    const io::SafetensorsFile file(path);
    std::vector<const io::TensorEntry*> entries;
    for (const auto& entry : file.entries()) entries.push_back(&entry);
    std::sort(entries.begin(), entries.end(), [](const auto* a, const auto* b) {
        return std::pair(a->begin, std::string_view(a->name)) <
               std::pair(b->begin, std::string_view(b->name));
    });
    base::Sha256 hash;
    for (const auto* entry : entries) {  // in the order of the file: a disk reads forward
        std::string about = fmt::format("{} {}", entry->name, io::name_of(entry->dtype));
        for (const auto side : entry->shape) about += fmt::format(" {}", side);
        hash.add(about + "\n");
        const auto bytes = file.bytes(*entry);
        const auto count = std::min(kPeek, bytes.size());
        hash.add(bytes.subspan((bytes.size() - count) / 2, count));
    }
    file.file().forget_pages();
    return hash.hex();
}

std::vector<ImageIdentity> facts_of(const std::vector<data::DatasetImage>& images) {
    std::vector<ImageIdentity> facts;
    facts.reserve(images.size());
    for (const auto& image : images)
        facts.push_back({image.file.filename().string(),
                         image.sha256.empty() ? base::sha256_file(image.file) : image.sha256, image.subset,
                         image.caption, image.mask.sha256});
    return facts;
}

std::vector<std::string> differences(const RunInputs& before, const RunInputs& now) {
    std::vector<std::string> found;
    if (before.checkpoint != now.checkpoint) found.emplace_back("the checkpoint holds other weights");
    for (const auto& [name, weights] : before.parts) {
        const auto there = now.parts.find(name);
        if (there == now.parts.end())
            found.push_back(fmt::format("the {} of its own is gone", name));
        else if (there->second != weights)
            found.push_back(fmt::format("the {} holds other weights", name));
    }
    for (const auto& [name, weights] : now.parts)
        if (!before.parts.contains(name)) found.push_back(fmt::format("there was no {} of its own", name));
    compare_images(before.images, now.images, found);
    return found;
}

std::string to_text(const RunInputs& inputs) {
    nlohmann::json images = nlohmann::json::array();
    for (const auto& one : inputs.images) {
        images.push_back(
            {{"name", one.name}, {"sha256", one.sha256}, {"subset", one.subset}, {"caption", one.caption}});
        if (!one.mask.empty()) images.back()["mask"] = one.mask;
    }
    auto parts = inputs.parts;
    nlohmann::json all{{"checkpoint", inputs.checkpoint},
                       {"vae", parts[kVaeName]},
                       {"checkpoint_sha256", inputs.checkpoint_sha256},
                       {"pictures", std::move(images)}};
    parts.erase(kVaeName);
    if (!parts.empty()) all["parts"] = parts;
    return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

RunInputs parse_run_inputs(const std::string& written) {
    try {
        const auto json = nlohmann::json::parse(written);
        const auto text = [](const nlohmann::json& from, const char* key) {
            return from.at(key).get<std::string>();
        };
        RunInputs inputs{text(json, "checkpoint"),
                         json.value("parts", std::map<std::string, std::string>()),
                         text(json, "checkpoint_sha256"),
                         {}};
        if (auto vae = text(json, "vae"); !vae.empty()) inputs.parts[kVaeName] = std::move(vae);
        for (const auto& one : json.at("pictures"))
            inputs.images.push_back({text(one, "name"), text(one, "sha256"),
                                     one.at("subset").get<std::size_t>(), text(one, "caption"),
                                     one.value("mask", std::string())});
        return inputs;
    } catch (const nlohmann::json::exception&) {
        base::fail(base::ErrorCode::Corrupt, "The saved state does not tell what the run was made from.",
                   "The file is damaged; begin a new run.");
    }
}

}  // namespace lorikeet::train
