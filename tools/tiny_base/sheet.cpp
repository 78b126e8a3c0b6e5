#include "sheet.hpp"

#include <algorithm>

namespace lorikeet::tiny_base {

at::Tensor to_pixels(const std::vector<io::Image>& images) {
    std::vector<at::Tensor> rows;
    for (const auto& image : images) {
        auto* bytes = const_cast<std::uint8_t*>(image.rgb.data());  // read only: copied by stack()
        rows.push_back(at::from_blob(bytes, {image.height_px, image.width_px, 3}, at::kByte));
    }
    return at::stack(rows).permute({0, 3, 1, 2}).to(at::kFloat).div(127.5).sub(1).contiguous();
}

std::vector<io::Image> to_images(const at::Tensor& pixels) {
    const auto bytes = pixels.detach()
                           .to(at::kFloat)
                           .add(1)
                           .mul(127.5)
                           .round()
                           .clamp(0, 255)
                           .to(at::kByte)
                           .permute({0, 2, 3, 1})
                           .contiguous();
    std::vector<io::Image> images;
    for (std::int64_t i = 0; i < bytes.size(0); ++i) {
        const auto one = bytes[i];
        const auto* data = one.const_data_ptr<std::uint8_t>();
        images.push_back({one.size(1), one.size(0), {data, data + one.numel()}});
    }
    return images;
}

void write_sheet(const base::Path& path, const std::vector<io::Image>& images, std::size_t columns,
                 std::int64_t times) {
    const auto cell = images.front().width_px * times;
    const auto gap = times;
    const auto rows = static_cast<std::int64_t>((images.size() + columns - 1) / columns);
    const auto width = static_cast<std::int64_t>(columns) * (cell + gap) + gap;
    const auto height = rows * (cell + gap) + gap;
    io::Image sheet{width, height,
                    std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3), 255)};
    for (std::size_t i = 0; i < images.size(); ++i) {
        const auto left = static_cast<std::int64_t>(i % columns) * (cell + gap) + gap;
        const auto top = static_cast<std::int64_t>(i / columns) * (cell + gap) + gap;
        for (std::int64_t y = 0; y < cell; ++y) {
            for (std::int64_t x = 0; x < cell; ++x) {
                const auto from = ((y / times) * images[i].width_px + x / times) * 3;
                const auto to = ((top + y) * width + left + x) * 3;
                std::copy_n(images[i].rgb.begin() + from, 3, sheet.rgb.begin() + to);
            }
        }
    }
    io::write_png(path, sheet);
}

}  // namespace lorikeet::tiny_base
