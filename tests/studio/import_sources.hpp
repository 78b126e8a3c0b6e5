// Images, folders and archives for the tests of importing.
#pragma once

#include <map>
#include <string>

#include "io/image.hpp"
#include "support/archives.hpp"

namespace lorikeet::studio {

// A PNG of 2 x 2 pixels, of another content for each number.
inline std::string small_image(int number) {
    io::Image image{2, 2, std::vector<std::uint8_t>(12)};
    for (std::size_t i = 0; i < 12; ++i)
        image.rgb[i] = static_cast<std::uint8_t>(number * 7 + static_cast<int>(i));
    return io::encode_png(image);
}

inline void write_files(const base::Path& folder, const std::map<std::string, std::string>& files) {
    for (const auto& [place, bytes] : files) {
        std::filesystem::create_directories((folder / place).parent_path());
        base::write_whole(folder / place, bytes);
    }
}

// Every file at or below a folder, with its bytes.
inline std::map<std::string, std::string> files_of(const base::Path& folder) {
    std::map<std::string, std::string> files;
    std::error_code gone;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, gone))
        if (entry.is_regular_file())
            files[entry.path().lexically_relative(folder).generic_string()] = base::read_text(entry.path());
    return files;
}

}  // namespace lorikeet::studio
