#include "io/name_encoding.hpp"

#include <algorithm>
#include <cerrno>

#include <iconv.h>

#include "base/text.hpp"

namespace lorikeet::io {

namespace {

class Converter {
  public:
    explicit Converter(const std::string& from) : handle_(::iconv_open("UTF-8", from.c_str())) {}
    ~Converter() {
        if (works()) ::iconv_close(handle_);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    bool works() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

    std::optional<std::string> operator()(std::string text) {
        std::string result(text.size() * 4 + 8, '\0');
        char *in = text.data(), *out = result.data();
        std::size_t left = text.size(), room = result.size();
        const bool done = ::iconv(handle_, &in, &left, &out, &room) != static_cast<std::size_t>(-1) &&
                          ::iconv(handle_, nullptr, nullptr, &out, &room) != static_cast<std::size_t>(-1);
        if (!done) return std::nullopt;
        result.resize(result.size() - room);
        return result;
    }

  private:
    iconv_t handle_;
};

bool leads_in_shift_jis(unsigned char byte) {
    return (byte >= 0x81 && byte <= 0x9F) || (byte >= 0xE0 && byte <= 0xFC);
}
bool is_half_kana(unsigned char byte) { return byte >= 0xA1 && byte <= 0xDF; }
bool is_kana(unsigned char first, unsigned char second) {
    return (first == 0x82 && second >= 0x9F && second <= 0xF1) ||
           (first == 0x83 && second >= 0x40 && second <= 0x96);
}

// Pairs of bytes that only Japanese has reason to hold, and those that are as likely an accented letter of CP437 before a
// plain one ("cr\x8Ame"): a lone pair whose second byte is ASCII.
struct Signs {
    std::size_t of_japanese = 0, of_either = 0;
};

void look_at(std::string_view name, Signs& signs) {
    bool behind_pair = false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        const bool pair = leads_in_shift_jis(byte) && i + 1 < name.size();
        if (pair) {
            const auto second = static_cast<unsigned char>(name[++i]);
            const bool sure = second >= 0x80 || is_kana(byte, second) || behind_pair;
            ++(sure ? signs.of_japanese : signs.of_either);
        } else if (is_half_kana(byte)) {
            ++signs.of_either;
        }
        behind_pair = pair;
    }
}

}  // namespace

std::string encoding_of_names(std::span<const std::string> names) {
    Converter from_japanese("CP932");
    Signs signs;
    for (const auto& name : names) {
        if (!from_japanese.works() || !from_japanese(name)) return "CP437";
        look_at(name, signs);
    }
    return signs.of_japanese > signs.of_either ? "CP932" : "CP437";
}

std::optional<std::string> name_in_utf8(std::string_view name, const std::string& encoding) {
    Converter convert(encoding);
    if (!convert.works()) return std::nullopt;
    auto result = convert(std::string(name));
    return result && base::is_utf8(*result) ? result : std::nullopt;
}

bool is_encoding(const std::string& encoding) { return Converter(encoding).works(); }

}  // namespace lorikeet::io
