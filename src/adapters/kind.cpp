#include "adapters/kind.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/lora.hpp"

namespace lorikeet::adapters {

namespace {

bool has(std::span<const std::string_view> endings, std::string_view ending) {
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

}  // namespace

base::Table<Kind>& kind_table() {
    static base::Table<Kind> table{&kPlainLora};
    return table;
}

std::span<const Kind* const> kinds() { return kind_table().rows(); }

const Kind& kind_of(const settings::Adapter&) { return *kinds().front(); }

const Kind* kind_of(const LayerTensors& layer) {
    return kind_table().find([&](const Kind& kind) {
        return std::all_of(layer.begin(), layer.end(), [&](const auto& entry) {
            return has(kind.parameters, entry.first) || has(kind.buffers, entry.first);
        });
    });
}

std::optional<TensorName> split_name(std::string_view name) {
    for (const auto* kind : kinds())
        for (const auto endings : {kind->parameters, kind->buffers})
            for (const auto ending : endings)
                if (name.ends_with(ending) && name.size() > ending.size())
                    return TensorName{std::string(name.substr(0, name.size() - ending.size())),
                                      std::string(ending)};
    return std::nullopt;
}

bool is_buffer(std::string_view ending) {
    return std::any_of(kinds().begin(), kinds().end(),
                       [&](const auto* kind) { return has(kind->buffers, ending); });
}

std::string shape_text(const at::Tensor& tensor) {
    return fmt::format("[{}]", fmt::join(tensor.sizes().begin(), tensor.sizes().end(), ", "));
}

}  // namespace lorikeet::adapters
