#include "base/html.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::base {

std::string html_escaped(std::string_view text) {
    auto safe = replace_all(printable(text, LineBreaks::Keep), "&", "&amp;");
    safe = replace_all(std::move(safe), "<", "&lt;");
    safe = replace_all(std::move(safe), ">", "&gt;");
    safe = replace_all(std::move(safe), "\"", "&quot;");
    return replace_all(std::move(safe), "'", "&#39;");
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        const auto left = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t k = 0; k < 3; ++k)
            group = (group << 8U) | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= left ? kLetters[(group >> (18U - 6U * k)) & 63U] : '=';
    }
    return text;
}

}  // namespace lorikeet::base
