// Many images at the size that a network wants, decoded ahead by a few threads and handed out in their order, so that the
// network never waits for a decoder: padded to a square (square.hpp), or as `make` says. What it holds does not grow with the
// number of images; where the system has few threads left, fewer decode.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "io/image.hpp"

namespace lorikeet::tag {

struct LoadedSquare {
    std::size_t index = 0;                 // of the file
    std::optional<io::Image> square;       // or
    std::optional<base::Problem> trouble;  // why there is none; `where` is the file's path
};

// square_of (square.hpp)
io::Image padded_square(const base::Path& file, std::int64_t side_px);

class SquareLoader {
  public:
    using Make = std::function<io::Image(const base::Path& file, std::int64_t side_px)>;
    // At least one thread; at most `ahead` squares wait. `make` may be called from many threads.
    SquareLoader(std::vector<base::Path> files, std::int64_t side_px, std::size_t threads, std::size_t ahead,
                 Make make = padded_square);
    ~SquareLoader();
    SquareLoader(const SquareLoader&) = delete;
    SquareLoader& operator=(const SquareLoader&) = delete;

    // The next ones, at most `count`; none when all were handed out. Waits for them.
    // Throws   what a decoder threw besides base::Error.
    std::vector<LoadedSquare> next(std::size_t count);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace lorikeet::tag
