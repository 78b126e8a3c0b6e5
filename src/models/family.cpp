#include "models/family.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "models/file_kind.hpp"
#include "models/stable_diffusion_family.hpp"

namespace lorikeet::models {

base::Table<Family>& family_table() {
    static base::Table<Family> table{&stable_diffusion_1(), &sdxl()};
    return table;
}

std::span<const Family* const> families() { return family_table().rows(); }

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
    return family_table().find([&](const auto& family) { return family.name == name; });
}

}  // namespace lorikeet::models
