#include "tag/square.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "io/resample.hpp"

namespace lorikeet::tag {

io::Image square_of(std::span<const std::byte> file, const std::string& name, std::int64_t side_px) {
    const auto facts = io::peek_image(file, name);
    const auto size = std::max(facts.width_px, facts.height_px);
    constexpr std::int64_t kMostPadded = 40000;  // white is added up to a square, row by row
    if (size > kMostPadded)
        base::fail(base::ErrorCode::Unsupported,
                   fmt::format("{} is {} pixels long, too long to be tagged.", name, size), "Crop it first.");
    const auto left = (size - facts.width_px) / 2, top = (size - facts.height_px) / 2;
    const auto filter = size > side_px ? io::Filter::Area : io::Filter::Lanczos;
    io::ResizedPart part({size, size, side_px, side_px, {0, 0, side_px, side_px}, filter});
    std::vector<std::uint8_t> row(static_cast<std::size_t>(size * 3), 255);
    const std::vector<std::uint8_t> white = row;
    io::read_rows(file, name, [&](std::int64_t y, std::span<const std::uint8_t> rgb) {
        for (std::int64_t above = 0; y == 0 && above < top; ++above) part.add_row(above, white);
        std::copy(rgb.begin(), rgb.end(), row.begin() + left * 3);
        part.add_row(top + y, row);
    });
    for (auto below = top + facts.height_px; below < size; ++below) part.add_row(below, white);
    return part.result();
}

io::Image square_of(const base::Path& file, std::int64_t side_px) {
    const base::MappedFile mapped(file);
    return square_of(mapped.bytes(), file.string(), side_px);
}

at::Tensor pixels_of(std::span<const io::Image> squares, const Scaling& scaling) {
    base::expects(!squares.empty(), "there is an image to make pixels of");
    const auto side = squares.front().width_px;
    const auto bytes = at::empty({static_cast<std::int64_t>(squares.size()), side, side, 3}, at::kByte);
    for (std::size_t i = 0; i < squares.size(); ++i) {
        base::expects(squares[i].width_px == side && squares[i].height_px == side, "squares are of one size");
        std::memcpy(bytes.mutable_data_ptr<std::uint8_t>() + i * squares[i].rgb.size(), squares[i].rgb.data(),
                    squares[i].rgb.size());
    }
    const auto row = [](const std::array<double, 3>& numbers) {  // of red, green, blue
        return at::tensor({numbers[2], numbers[1], numbers[0]}, at::kFloat).view({1, 3, 1, 1});
    };
    const auto values = bytes.flip({3}).permute({0, 3, 1, 2}).to(at::kFloat).contiguous() / 255.0;  // BGR
    return (values - row(scaling.mean)) / row(scaling.deviation);  // [B, 3, S, S]
}

}  // namespace lorikeet::tag
