#include "models/family.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "models/file_kind.hpp"
#include "models/stable_diffusion_family.hpp"

namespace lorikeet::models {

namespace {

std::vector<const Family*>& family_rows() {
    static std::vector<const Family*> rows{&stable_diffusion_1(), &sdxl()};
    return rows;
}

}  // namespace

std::span<const Family* const> families() { return family_rows(); }

const Family& family_in(const io::SafetensorsFile& checkpoint) {
    const auto found = identify(checkpoint);
    if (found.family == nullptr)
        base::fail(base::ErrorCode::Unsupported,
                   fmt::format("{} is {}.", checkpoint.path().string(), name_of(found.kind)),
                   hint_for(found.kind));
    return *found.family;
}

const Family& family_in(const base::Path& checkpoint) { return family_in(io::SafetensorsFile(checkpoint)); }

const Family* family_named(std::string_view name) {
    const auto& rows = family_rows();
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const auto* family) { return family->name == name; });
    return found == rows.end() ? nullptr : *found;
}

ScopedFamily::ScopedFamily(const Family& family) : family_(family) {
    family_rows().insert(family_rows().begin(), &family_);
}
ScopedFamily::~ScopedFamily() { std::erase(family_rows(), &family_); }

}  // namespace lorikeet::models
