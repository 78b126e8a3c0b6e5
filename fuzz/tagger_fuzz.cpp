// The list of tags and the config.json beside a tagger's weights: any bytes are refused with an Error, or make a list of named
// tags, and settings that a network can be built from.
#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "base/text.hpp"
#include "tag/model_config.hpp"
#include "tag/tag_list.hpp"

using namespace lorikeet;

namespace {

void check_list(std::string_view bytes) {
    try {
        for (const auto& tag : tag::parse_tag_list(bytes, "selected_tags.csv"))
            base::expects(!tag.name.empty() && base::is_utf8(tag.name), "every tag has a name");
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
    }
}

void check_config(std::string_view bytes) {
    try {
        const auto config = tag::parse_model_config(bytes, "config.json");
        for (const auto& number :
             {config.image_px, config.outputs, config.heads, config.window, config.grid_cells})
            base::expects(number.value_or(1) >= 1 && number.value_or(1) <= 1'000'000,
                          "numbers are in their range");
        for (const auto deviation : config.deviation) base::expects(deviation > 0, "it can be divided by");
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_list(bytes);
    check_config(bytes);
    return 0;
}
