// A caption file of any bytes is refused with an Error, or gives one line of UTF-8 whose tags survive shuffling.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/caption.hpp"
#include "data/caption_draw.hpp"

using namespace lorikeet;

namespace {

std::vector<std::string> sorted_tags(std::string_view caption) {
    auto tags = data::parse_tags(caption);
    std::sort(tags.begin(), tags.end());
    return tags;
}

void check(const std::string& text) {
    base::expects(base::is_utf8(text) && text.find_first_of("\r\n") == std::string::npos,
                  "one line of UTF-8");
    const auto tags = data::parse_tags(text);
    base::expects(data::parse_tags(data::write_tags(tags)) == tags, "parse, write, parse is stable");
    settings::Subset subset;
    subset.shuffle_tags = true;
    subset.keep_tokens = 1;
    base::expects(sorted_tags(data::caption_for_draw(subset, text, {1})) == sorted_tags(text),
                  "no tag is lost");
    subset.trigger = "trigger";
    base::expects(data::caption_for_draw(subset, text, {1}).starts_with("trigger"),
                  "the trigger is in front");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        check(data::parse_caption({reinterpret_cast<const char*>(data), size}, "caption.txt").text);
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
    }
    return 0;
}
