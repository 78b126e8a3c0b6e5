#include "tag/square_loader.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "tag/square.hpp"

namespace lorikeet::tag {

io::Image padded_square(const base::Path& file, std::int64_t side_px) { return square_of(file, side_px); }

struct SquareLoader::State {
    std::vector<base::Path> files;
    std::int64_t side_px = 0;
    Make make;
    std::size_t ahead = 1;
    std::mutex guard;
    std::condition_variable changed;
    std::size_t taken = 0;       // files that a thread has begun with
    std::size_t handed_out = 0;  // to whoever asks for the next
    std::map<std::size_t, LoadedSquare> waiting;
    std::exception_ptr failure;
    bool stops = false;
    std::vector<std::thread> threads;

    LoadedSquare load(std::size_t index) const {
        LoadedSquare loaded{index, {}, {}};
        try {
            loaded.square = make(files[index], side_px);
        } catch (const base::Error& error) {
            loaded.trouble = base::Problem{files[index].string(), error.what(), error.hint()};
        }
        return loaded;
    }

    void work() {
        std::unique_lock lock(guard);
        for (;;) {
            changed.wait(lock, [&] { return stops || taken == files.size() || taken < handed_out + ahead; });
            if (stops || taken == files.size()) return;
            const auto index = taken++;
            lock.unlock();
            LoadedSquare loaded;
            std::exception_ptr trouble;
            try {
                loaded = load(index);
            } catch (...) {
                trouble = std::current_exception();
            }
            lock.lock();
            if (trouble) failure = trouble;
            waiting.emplace(index, std::move(loaded));
            changed.notify_all();
        }
    }
};

SquareLoader::SquareLoader(std::vector<base::Path> files, std::int64_t side_px, std::size_t threads,
                           std::size_t ahead, Make make)
    : state_(std::make_unique<State>()) {
    state_->files = std::move(files);
    state_->side_px = side_px;
    state_->make = std::move(make);
    state_->ahead = std::max<std::size_t>(ahead, 1);
    const auto count = std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(state_->files.size(), 1));
    for (std::size_t i = 0; i < count; ++i) {
        try {
            state_->threads.emplace_back([state = state_.get()] { state->work(); });
        } catch (const std::system_error&) {
            if (state_->threads.empty()) throw;
            break;  // the system has no more threads: those that run do all
        }
    }
}

SquareLoader::~SquareLoader() {
    {
        const std::lock_guard lock(state_->guard);
        state_->stops = true;
    }
    state_->changed.notify_all();
    for (auto& thread : state_->threads) thread.join();
}

std::vector<LoadedSquare> SquareLoader::next(std::size_t count) {
    std::vector<LoadedSquare> some;
    std::unique_lock lock(state_->guard);
    while (some.size() < count && state_->handed_out < state_->files.size()) {
        state_->changed.wait(lock,
                             [&] { return state_->failure || state_->waiting.contains(state_->handed_out); });
        if (state_->failure) std::rethrow_exception(state_->failure);
        auto node = state_->waiting.extract(state_->handed_out);
        some.push_back(std::move(node.mapped()));
        ++state_->handed_out;
        state_->changed.notify_all();
    }
    return some;
}

}  // namespace lorikeet::tag
