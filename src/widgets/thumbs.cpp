#include "widgets/thumbs.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"

namespace lorikeet::widgets {

namespace {

constexpr std::size_t kTogether = 8;  // in a message

}  // namespace

std::string thumb_id(const studio::ListedImage& image) {
    return base::sha256(fmt::format("{}|{}|{}", image.name, image.bytes, image.changed)).substr(0, 20);
}

std::string name_for_window(const studio::ListedImage& image) {
    return base::is_utf8(image.name) ? image.name : thumb_id(image);
}

struct Thumbs::Ready {
    std::vector<std::string> ids, images, broken;
};

Thumbs::Thumbs(Loop& loop, Send send)
    : loop_(loop), send_(std::move(send)), alive_(std::make_shared<bool>(true)), task_(loop) {}
Thumbs::~Thumbs() { alive_.reset(); }

void Thumbs::clear() {
    task_.stop();
    wanted_.clear();
}

void Thumbs::want(std::vector<Thumb> thumbs) {
    for (auto& thumb : thumbs)
        if (std::none_of(wanted_.begin(), wanted_.end(),
                         [&](const Thumb& other) { return other.id == thumb.id; }))
            wanted_.push_back(std::move(thumb));
    make();
}

// All that are wanted and not sent yet: a newer task takes the place of the one before it.
void Thumbs::make() {
    if (wanted_.empty()) return;
    task_.start(
        [this, &loop = loop_, alive = std::weak_ptr(alive_),
         work = wanted_](base::Cancel& cancel) -> BackgroundTask::Answer {
            std::mutex guard;
            Ready ready;
            const auto send_some = [&] {
                loop.post([this, alive, some = std::exchange(ready, {})] {
                    if (!alive.expired()) hand_over(some);
                });
            };
            base::for_each_index(work.size(), base::processor_count(), cancel, [&](std::size_t i) {
                std::string image;
                try {
                    image = work[i].make();
                } catch (const base::Error&) {  // the page `check` says why
                }
                const std::lock_guard lock(guard);
                (image.empty() ? ready.broken : ready.ids).push_back(work[i].id);
                if (!image.empty()) ready.images.push_back(std::move(image));
                if (ready.ids.size() + ready.broken.size() >= kTogether) send_some();
            });
            return [this, ready] { hand_over(ready); };
        },
        [](const base::Error&) {});
}

void Thumbs::hand_over(const Ready& ready) {
    if (ready.ids.empty() && ready.broken.empty()) return;
    std::erase_if(wanted_, [&](const Thumb& thumb) {
        const auto in = [&](const std::vector<std::string>& ids) {
            return std::find(ids.begin(), ids.end(), thumb.id) != ids.end();
        };
        return in(ready.ids) || in(ready.broken);
    });
    send_({{"kind", "thumbs"}, {"ids", ready.ids}, {"broken", ready.broken}}, ready.images);
}

}  // namespace lorikeet::widgets
