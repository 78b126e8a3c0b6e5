#include "judge.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "drawing.hpp"

namespace lorikeet::tiny_base {
namespace {

constexpr std::int64_t kFramePx = 2;
constexpr std::int64_t kStretches = 8;     // of each side of the frame
constexpr float kGroundTolerance = 0.16F;  // root of the mean squared distance of frames
constexpr float kDiffers = 0.15F;          // from the ground of the row, to belong to the shape
constexpr float kHueTolerance = 0.30F;
constexpr double kLeastOverlap = 0.70;
constexpr std::size_t kLeastArea = 60;  // pixels

using Mask = std::vector<std::uint8_t>;

std::size_t cell(std::int64_t x, std::int64_t y) { return static_cast<std::size_t>(y * kSizePx + x); }

Colour mean_of(const Canvas& canvas, std::int64_t left, std::int64_t top, std::int64_t right,
               std::int64_t bottom) {
    Colour sum;
    for (auto y = top; y < bottom; ++y)
        for (auto x = left; x < right; ++x) {
            const auto& pixel = canvas.at(x, y);
            sum = {sum.red + pixel.red, sum.green + pixel.green, sum.blue + pixel.blue};
        }
    const auto count = static_cast<float>((right - left) * (bottom - top));
    return {sum.red / count, sum.green / count, sum.blue / count};
}

std::vector<Colour> frame_of(const Canvas& canvas) {
    std::vector<Colour> frame;
    constexpr auto kLength = kSizePx / kStretches;
    constexpr auto kFar = kSizePx - kFramePx;
    for (std::int64_t i = 0; i < kStretches; ++i) {
        const auto from = i * kLength;
        const auto to = from + kLength;
        frame.push_back(mean_of(canvas, from, 0, to, kFramePx));
        frame.push_back(mean_of(canvas, from, kFar, to, kSizePx));
        frame.push_back(mean_of(canvas, 0, from, kFramePx, to));
        frame.push_back(mean_of(canvas, kFar, from, kSizePx, to));
    }
    return frame;
}

float frame_distance(const std::vector<Colour>& a, const std::vector<Colour>& b) {
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(distance(a[i], b[i]), 2.0F);
    return std::sqrt(sum / static_cast<float>(a.size()));
}

// The ground behind the shape, row by row from the left to the right edge.
Canvas guess_ground(const Canvas& canvas) {
    Canvas ground(kSizePx);
    ground.fill([&](Point at) {
        const auto y = static_cast<std::int64_t>(at.y * kSizePx);
        return mix(mean_of(canvas, 0, y, kFramePx, y + 1),
                   mean_of(canvas, kSizePx - kFramePx, y, kSizePx, y + 1), at.x);
    });
    return ground;
}

// The largest piece of a mask that hangs together by sides.
Mask largest_piece(const Mask& mask) {
    Mask best(mask.size(), 0);
    std::size_t best_area = 0;
    Mask seen(mask.size(), 0);
    for (std::size_t start = 0; start < mask.size(); ++start) {
        if (mask[start] == 0 || seen[start] != 0) continue;
        std::vector<std::size_t> piece{start};
        seen[start] = 1;
        for (std::size_t i = 0; i < piece.size(); ++i) {
            const auto x = static_cast<std::int64_t>(piece[i]) % kSizePx;
            const auto y = static_cast<std::int64_t>(piece[i]) / kSizePx;
            const auto visit = [&](std::int64_t nx, std::int64_t ny) {
                if (nx < 0 || ny < 0 || nx >= kSizePx || ny >= kSizePx) return;
                const auto next = cell(nx, ny);
                if (mask[next] == 0 || seen[next] != 0) return;
                seen[next] = 1;
                piece.push_back(next);
            };
            visit(x - 1, y), visit(x + 1, y), visit(x, y - 1), visit(x, y + 1);
        }
        if (piece.size() <= best_area) continue;
        best_area = piece.size();
        best.assign(mask.size(), 0);
        for (const auto at : piece) best[at] = 1;
    }
    return best;
}

std::size_t area_of(const Mask& mask) { return static_cast<std::size_t>(std::ranges::count(mask, 1)); }

// The median of each channel over the inner part of the mask: the rim is darker than the colour.
Colour colour_in(const Canvas& canvas, const Mask& mask) {
    std::array<std::vector<float>, 3> values;
    for (int reach = 2; reach >= 0 && values[0].size() < 20; --reach) {
        for (auto& channel : values) channel.clear();
        for (std::int64_t y = reach; y < kSizePx - reach; ++y) {
            for (std::int64_t x = reach; x < kSizePx - reach; ++x) {
                const bool inner = mask[cell(x, y)] && mask[cell(x - reach, y)] && mask[cell(x + reach, y)] &&
                                   mask[cell(x, y - reach)] && mask[cell(x, y + reach)];
                if (!inner) continue;
                const auto& pixel = canvas.at(x, y);
                values[0].push_back(pixel.red), values[1].push_back(pixel.green),
                    values[2].push_back(pixel.blue);
            }
        }
    }
    std::array<float, 3> median{};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto middle = values[i].begin() + static_cast<std::ptrdiff_t>(values[i].size() / 2);
        std::nth_element(values[i].begin(), middle, values[i].end());
        median[i] = *middle;
    }
    return {median[0], median[1], median[2]};
}

std::optional<Hue> hue_of(const Colour& colour) {
    Hue best = Hue::Red;
    float nearest = 1e9F;
    for (int i = 0; i < kHues; ++i) {
        const float far = distance(colour, colour_of(static_cast<Hue>(i)));
        if (far < nearest) nearest = far, best = static_cast<Hue>(i);
    }
    return nearest <= kHueTolerance ? std::optional(best) : std::nullopt;
}

Mask mask_where(const Canvas& canvas, const auto& belongs) {
    Mask mask(static_cast<std::size_t>(kSizePx * kSizePx), 0);
    for (std::int64_t y = 0; y < kSizePx; ++y)
        for (std::int64_t x = 0; x < kSizePx; ++x)
            if (belongs(canvas.at(x, y), x, y)) mask[cell(x, y)] = 1;
    return mask;
}

std::array<double, 2> centre_of(const Mask& mask) {
    double sum_x = 0, sum_y = 0, count = 0;
    for (std::int64_t y = 0; y < kSizePx; ++y)
        for (std::int64_t x = 0; x < kSizePx; ++x)
            if (mask[cell(x, y)] != 0)
                sum_x += static_cast<double>(x), sum_y += static_cast<double>(y), ++count;
    return {sum_x / count, sum_y / count};
}

Canvas canvas_of(const io::Image& image) {
    base::expects(image.width_px == kSizePx && image.height_px == kSizePx,
                  "the judge looks at images of the small world's size");
    Canvas canvas(kSizePx);
    std::size_t next = 0;
    canvas.fill([&](Point) {
        const auto value = [&] { return static_cast<float>(image.rgb[next++]) / 255; };
        const float red = value();
        const float green = value();
        return Colour{red, green, value()};
    });
    return canvas;
}

}  // namespace

Judge::Judge() {
    for (int ground = 0; ground < kGrounds; ++ground) {
        for (std::uint64_t seed = 0; seed < 6; ++seed) {
            Canvas canvas(kSizePx);
            draw_ground(canvas, static_cast<Ground>(ground), seed);
            frames_.emplace_back(static_cast<Ground>(ground), frame_of(canvas));
        }
    }
    for (int shape = 0; shape < kShapes; ++shape) {
        for (float radius = 13; radius <= 22; radius += 0.5F) {
            Canvas blank(kSizePx);
            const auto mask = mask_where(blank, [&](const Colour&, std::int64_t x, std::int64_t y) {
                const Point at{(static_cast<float>(x) - 31.5F) / radius,
                               (static_cast<float>(y) - 31.5F) / radius};
                return shape_distance(static_cast<Shape>(shape), at) < 0;
            });
            const auto centre = centre_of(mask);
            Template form{static_cast<Shape>(shape), {}};
            for (std::int64_t y = 0; y < kSizePx; ++y)
                for (std::int64_t x = 0; x < kSizePx; ++x)
                    if (mask[cell(x, y)] != 0)
                        form.cells.push_back({x - std::lround(centre[0]), y - std::lround(centre[1])});
            templates_.push_back(std::move(form));
        }
    }
}

std::optional<Ground> Judge::ground_of(const Canvas& canvas) const {
    const auto frame = frame_of(canvas);
    const auto nearest = std::ranges::min_element(
        frames_, {}, [&](const auto& known) { return frame_distance(known.second, frame); });
    if (frame_distance(nearest->second, frame) > kGroundTolerance) return std::nullopt;
    return nearest->first;
}

void Judge::find_shape(const Mask& mask, Verdict& verdict) const {
    const auto centre = centre_of(mask);
    const auto area = area_of(mask);
    const auto middle_x = std::lround(centre[0]);
    const auto middle_y = std::lround(centre[1]);
    for (const auto& form : templates_) {
        for (std::int64_t shift = 0; shift < 25; ++shift) {
            const auto x0 = middle_x + shift % 5 - 2;
            const auto y0 = middle_y + shift / 5 - 2;
            std::size_t both = 0;
            for (const auto& [dx, dy] : form.cells) {
                const auto x = x0 + dx;
                const auto y = y0 + dy;
                if (x >= 0 && y >= 0 && x < kSizePx && y < kSizePx) both += mask[cell(x, y)];
            }
            const double overlap = static_cast<double>(both) /
                                   static_cast<double>(area + form.cells.size() - both);
            if (overlap <= verdict.overlap) continue;
            verdict.overlap = overlap;
            verdict.shape = form.shape;
        }
    }
    if (verdict.overlap < kLeastOverlap) verdict.shape.reset();
}

Verdict Judge::look(const io::Image& image) const {
    const auto canvas = canvas_of(image);
    Verdict verdict;
    verdict.ground = ground_of(canvas);
    const auto ground = guess_ground(canvas);
    const auto rough =
        largest_piece(mask_where(canvas, [&](const Colour& pixel, std::int64_t x, std::int64_t y) {
            return distance(pixel, ground.at(x, y)) > kDiffers;
        }));
    if (area_of(rough) < kLeastArea) return verdict;
    const auto colour = colour_in(canvas, rough);
    verdict.hue = hue_of(colour);
    const auto rim = darker(colour, 0.28F);
    const auto mask =
        largest_piece(mask_where(canvas, [&](const Colour& pixel, std::int64_t x, std::int64_t y) {
            const float own = std::min(distance(pixel, colour), distance(pixel, rim));
            return own < distance(pixel, ground.at(x, y));
        }));
    if (area_of(mask) >= kLeastArea) find_shape(mask, verdict);
    return verdict;
}

Score score_of(const std::vector<Thing>& wanted, const std::vector<Verdict>& found) {
    base::expects(wanted.size() == found.size() && !wanted.empty(), "one verdict for each thing");
    Score score;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const bool shape = found[i].shape == wanted[i].shape;
        const bool hue = found[i].hue == wanted[i].hue;
        const bool ground = found[i].ground == wanted[i].ground;
        score.shape += shape, score.hue += hue, score.ground += ground, score.all += shape && hue && ground;
        score.overlap += found[i].overlap;
    }
    const auto count = static_cast<double>(wanted.size());
    for (double* share : {&score.shape, &score.hue, &score.ground, &score.all, &score.overlap})
        *share /= count;
    return score;
}

}  // namespace lorikeet::tiny_base
