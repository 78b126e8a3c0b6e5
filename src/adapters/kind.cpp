#include "adapters/kind.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/lora.hpp"
#include "base/error.hpp"

namespace lorikeet::adapters {

namespace {

// The first place is empty but for the kind of a test.
std::array<const Kind*, 2>& table() {
    static std::array<const Kind*, 2> rows{nullptr, &kPlainLora};
    return rows;
}

bool has_more() { return table().front() != nullptr; }

bool has(std::span<const std::string_view> endings, std::string_view ending) {
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

}  // namespace

std::span<const Kind* const> kinds() {
    const std::span<const Kind* const> all(table());
    return has_more() ? all : all.subspan(1);
}

const Kind& kind_of(const settings::Adapter&) { return *kinds().front(); }

const Kind* kind_of(const LayerTensors& layer) {
    for (const auto* kind : kinds())
        if (std::all_of(layer.begin(), layer.end(), [&](const auto& entry) {
                return has(kind->parameters, entry.first) || has(kind->buffers, entry.first);
            }))
            return kind;
    return nullptr;
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

ScopedKind::ScopedKind(const Kind& kind) {
    base::expects(!has_more(), "one kind more at a time");
    table().front() = &kind;
}

ScopedKind::~ScopedKind() { table().front() = nullptr; }

}  // namespace lorikeet::adapters
