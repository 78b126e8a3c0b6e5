#include "data/loader.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <mutex>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/workers.hpp"
#include "data/caption_draw.hpp"
#include "data/decoding.hpp"
#include "data/draw_plan.hpp"
#include "data/mask.hpp"
#include "data/size_hint.hpp"
#include "data/transform.hpp"
#include "io/image.hpp"
#include "io/resample.hpp"
#include "tensor/check.hpp"

namespace lorikeet::data {
namespace {

using base::Path;

constexpr std::size_t kMostAhead = 8;  // batches

struct Item {
    std::size_t image = 0;
    Mirrored mirrored = Mirrored::No;
    double weight = 1;
    Crop crop;
    std::vector<std::uint8_t> mask;  // a byte for each pixel; none where no image is masked
    std::string caption;
    CachedLatents moments;  // from the cache; or
    at::Tensor pixels;      // what is still to be encoded
};

using Place = std::pair<std::int64_t, std::int64_t>;  // epoch, index

at::Tensor pixels_of(const io::Image& fitted, Mirrored mirrored) {
    return to_pixels(mirrored == Mirrored::Yes ? io::mirror(fitted) : fitted);
}

std::string kohya_identity(const KohyaLatents& latents) { return "sd-scripts " + latents.sha256; }

// Which latents an image has, once they are kept: the keys they are found by.
struct Kept {
    std::string sha256;  // of the image's bytes
    std::map<Mirrored, std::string> keys;
    std::size_t damaged = 0;      // entries that were looked at
    bool kohya = false;           // sd-scripts made them
    std::string why_not_kohya{};  // empty: there are none, or they are used
};

}  // namespace

Path cache_folder(const settings::Data& data, const DatasetImage& image) {
    return data.cache_folder.empty() ? image.file.parent_path() / kCacheFolderName : Path(data.cache_folder);
}

std::int64_t reading_bytes(const std::vector<DatasetImage>& images, const settings::Data& data) {
    const auto threads = std::min(worker_count(data), kMostAhead) + 1;
    std::vector<std::int64_t> decoding;
    for (const auto& image : images) decoding.push_back(image.decoding_bytes);
    const bool flips =
        std::any_of(data.subsets.begin(), data.subsets.end(), [](const auto& s) { return s.flip; });
    std::int64_t area = data.resolution.front() * data.resolution.back();
    for (const auto& subset : data.subsets)
        if (!subset.resolution.empty())
            area = std::max(area, subset.resolution.front() * subset.resolution.back());
    const bool masked = std::any_of(images.begin(), images.end(),
                                    [](const auto& one) { return one.mask.kind != Mask::Kind::None; });
    const auto pixels = area *
                        (3 * static_cast<std::int64_t>(sizeof(float)) * (flips ? 2 : 1) + (masked ? 1 : 0));
    const auto waiting = static_cast<std::int64_t>(std::min(threads + 1, images.size()));
    return most_while_decoding(std::move(decoding), threads) + waiting * pixels;
}

struct Loader::State {
    std::vector<DatasetImage> images;
    settings::Data data;
    std::uint64_t seed;
    Encoder encoder;
    DrawPlan plan;
    std::vector<Kept> kept;  // of each image, once fill_cache has looked
    std::map<Place, std::future<std::vector<Item>>> ahead;
    double waited_seconds = 0;

    const settings::Subset& subset_of(std::size_t image) const { return data.subsets[images[image].subset]; }
    FeatureCache cache_of(std::size_t image, const std::string& vae = {}) const {
        return {cache_folder(data, images[image]), vae};
    }
    std::string key_with(const std::string& sha256, std::size_t image, Mirrored mirrored,
                         const std::string& vae) const {
        return cache_of(image, vae).key(sha256, plan.shown(image).crop, mirrored, colours_of(image));
    }
    std::string colours_of(std::size_t image) const {
        const auto background = background_of(data);
        if (background == io::kWhiteBackground) return images[image].colours;
        return fmt::format("{} on {}", images[image].colours, fmt::join(background, " "));
    }
    std::string key_of(std::size_t image, Mirrored mirrored, const std::string& vae) const {
        return key_with(kept[image].sha256, image, mirrored, vae);
    }
    Item prepare(const Draw& draw, std::int64_t epoch) const;
    std::vector<Item> prepare_batch(Place place) const;
    Place after(Place place) const;
    void read_ahead(Place from);
    CachedLatents encode_one(const at::Tensor& pixels, const Path& file) const;
    std::vector<Mirrored> mirrors_of(std::size_t image) const;
    MadeFrom made_from(std::size_t image, const std::string& vae) const;
    KohyaLatents kohya_latents_of(std::size_t image) const;
    bool take_from_kohya(std::size_t image);
    std::vector<Item> missing(std::size_t image, const std::string& vae);
    bool keep(const Item& item);
    at::Tensor size_hint_of(const Item& item) const;
    at::Tensor masks_of(const std::vector<Item>& items, const at::Tensor& latents) const;
};

// Runs in a reading thread.
Item Loader::State::prepare(const Draw& draw, std::int64_t epoch) const {
    const auto& image = images[draw.image];
    Item item;
    item.image = draw.image;
    item.mirrored = draw.mirrored;
    item.weight = draw.weight;
    item.crop = draw.crop;
    if (plan.masks()) item.mask = fit_mask(image.mask, image.file, draw.crop, draw.mirrored);
    item.caption =
        caption_for_draw(subset_of(draw.image), image.caption, plan.caption_draw(epoch, draw.place));
    if (!kept.empty()) {
        if (auto moments = cache_of(draw.image).find(kept[draw.image].keys.at(item.mirrored))) {
            item.moments = std::move(*moments);
            return item;
        }
    }
    const base::MappedFile file(image.file);
    auto fitted = fit_file(file.bytes(), image.file.string(), draw.crop, background_of(data));
    change_colours(fitted, draw.colours);
    item.pixels = pixels_of(fitted, item.mirrored);
    return item;
}

std::vector<Item> Loader::State::prepare_batch(Place place) const {
    std::vector<Item> items;
    for (const auto& draw : plan.batch(place.first, place.second))
        items.push_back(prepare(draw, place.first));
    return items;
}

Place Loader::State::after(Place place) const {
    const auto [epoch, index] = place;
    return index + 1 < plan.batches_per_epoch() ? Place{epoch, index + 1} : Place{epoch + 1, 0};
}

// One thread for each batch that is under way. What was read for a sequence nobody follows any more is
// dropped.
void Loader::State::read_ahead(Place from) {
    const auto count = std::min(worker_count(data), kMostAhead);
    std::map<Place, std::future<std::vector<Item>>> wanted;
    for (std::size_t i = 0; i <= count; ++i, from = after(from)) {
        const auto started = ahead.find(from);
        wanted[from] = started != ahead.end()
                           ? std::move(started->second)
                           : std::async(std::launch::async, [this, from] { return prepare_batch(from); });
    }
    ahead = std::move(wanted);
}

// One image at a time, so that a latent does not depend on what it was encoded together with.
CachedLatents Loader::State::encode_one(const at::Tensor& pixels, const Path& file) const {
    const at::NoGradGuard no_grad;
    const auto given = encoder.encode(pixels.unsqueeze(0));
    const auto alone = [](const at::Tensor& t) { return t.detach().to(at::kCPU, at::kFloat).squeeze(0); };
    CachedLatents moments{alone(given.mean), alone(given.std)};
    const std::vector<at::Tensor> both{moments.mean, moments.std};
    if (!tensor::all_finite(both))
        base::fail(base::ErrorCode::NotFinite,
                   fmt::format("The VAE gives no finite latent for {}.", file.string()),
                   "Let the VAE compute in float32, or use a VAE that is made for half precision.");
    return moments;
}

// sd-scripts tells of a crop round a face as of an image of that very size.
at::Tensor Loader::State::size_hint_of(const Item& item) const {
    const bool whole = data.crop_hint == settings::CropHint::Kohya && plan.shown(item.image).face;
    const auto crop = whole ? Crop{item.crop.size, item.crop.size, item.crop.size} : item.crop;
    return size_hint(crop, cut_of(crop, item.mirrored, data.crop_hint));
}

std::vector<Mirrored> Loader::State::mirrors_of(std::size_t image) const {
    if (subset_of(image).flip) return {Mirrored::No, Mirrored::Yes};
    return {Mirrored::No};
}

MadeFrom Loader::State::made_from(std::size_t image, const std::string& vae) const {
    const auto& size = plan.shown(image).crop.size;
    return {CacheEntryKind::Latents, encoder.name, vae, kept[image].sha256,
            fmt::format("{} x {}", size.width_px, size.height_px)};
}

KohyaLatents Loader::State::kohya_latents_of(std::size_t image) const {
    const auto wants = subset_of(image).flip ? WantsMirrored::Yes : WantsMirrored::No;
    return find_kohya_latents(images[image], plan.shown(image).crop, wants, encoder.kohya);
}

// Copies them into the cache, under a key that holds their own hash in place of a VAE's. They stand for a distribution without
// a width.
bool Loader::State::take_from_kohya(std::size_t image) {
    auto& known = kept[image];
    const auto theirs = kohya_latents_of(image);
    known.why_not_kohya = theirs.why_not;
    if (!theirs.used()) return false;
    const auto identity = kohya_identity(theirs);
    for (const auto mirrored : mirrors_of(image)) {
        known.keys[mirrored] = key_of(image, mirrored, identity);
        const auto state = cache_of(image).look_up(known.keys[mirrored]);
        if (state == EntryState::Sound) continue;
        if (state == EntryState::Damaged) ++known.damaged;
        const auto& latents = mirrored == Mirrored::Yes ? theirs.mirrored : theirs.plain;
        auto facts = made_from(image, identity);
        facts.model = "sd-scripts";
        cache_of(image).keep(known.keys[mirrored], {latents, at::zeros_like(latents)}, facts);
    }
    return true;
}

at::Tensor Loader::State::masks_of(const std::vector<Item>& items, const at::Tensor& latents) const {
    std::vector<at::Tensor> masks;
    for (const auto& item : items)
        masks.push_back(reduce_mask(item.mask, item.crop.size, latents.size(2), latents.size(3)));
    return at::stack(masks);
}

// What the cache lacks of one image for the VAE named; runs in a reading thread.
std::vector<Item> Loader::State::missing(std::size_t image, const std::string& vae) {
    const auto& path = images[image].file;
    const base::MappedFile file(path);
    auto& known = kept[image];
    known.sha256 = base::sha256(file.bytes());
    std::vector<Item> items;
    known.kohya = data.kohya_latents && take_from_kohya(image);
    if (known.kohya) return items;
    for (const auto mirrored : mirrors_of(image)) {
        known.keys[mirrored] = key_of(image, mirrored, vae);
        const auto state = cache_of(image).look_up(known.keys[mirrored]);
        if (state == EntryState::Sound) continue;
        if (state == EntryState::Damaged) ++known.damaged;
        auto& item = items.emplace_back();
        item.image = image;
        item.mirrored = mirrored;
    }
    if (items.empty()) return items;
    const auto fitted = fit_file(file.bytes(), path.string(), plan.shown(image).crop, background_of(data));
    for (auto& item : items) item.pixels = pixels_of(fitted, item.mirrored);
    return items;
}

// Encodes and keeps; false when it is there after all, since the VAE computes otherwise by now than when it was looked for.
// The key says how it was computed.
bool Loader::State::keep(const Item& item) {
    auto& key = kept[item.image].keys[item.mirrored];
    key = key_of(item.image, item.mirrored, encoder.vae_identity());
    const auto cache = cache_of(item.image);
    if (cache.has(key)) return false;
    const auto moments = encode_one(item.pixels, images[item.image].file);
    key = key_of(item.image, item.mirrored, encoder.vae_identity());
    cache.keep(key, moments, made_from(item.image, encoder.vae_identity()));
    return true;
}

Loader::Loader(std::vector<DatasetImage> images, const settings::Data& data, std::uint64_t seed,
               Encoder encoder) {
    if (images.empty())
        base::fail(base::ErrorCode::InvalidInput, "There is no image to train on.",
                   "Name a folder with images in [[data.subsets]].");
    auto plan = draw_plan_of(images, data, seed);
    base::expects(plan.draws_per_epoch() > 0, "some image is shown");
    state_.reset(new State{std::move(images), data, seed, std::move(encoder), std::move(plan), {}, {}, 0});
}

Loader::~Loader() = default;

std::int64_t Loader::batches_per_epoch() const { return state_->plan.batches_per_epoch(); }
std::int64_t Loader::draws_per_epoch() const { return state_->plan.draws_per_epoch(); }
const std::vector<DatasetImage>& Loader::images() const { return state_->images; }

Loader::Filled Loader::fill_cache(const OnProgress& on_progress, const base::Cancel& cancel) {
    auto& s = *state_;
    Filled filled;
    if (!s.data.cache_latents) return filled;
    base::expects(std::none_of(s.data.subsets.begin(), s.data.subsets.end(),
                               [&](const auto& one) { return variants_of(s.data, one).varies(); }),
                  "latents that are others each time are not kept");
    const auto total = s.images.size();
    s.ahead.clear();
    s.kept.assign(total, {});
    const auto crew = std::min(worker_count(s.data), kMostAhead);
    std::map<std::size_t, std::future<std::vector<Item>>> reading;
    std::size_t started = 0;
    for (std::size_t done = 0; done < total; ++done) {
        for (; started < std::min(done + crew + 1, total); ++started)
            reading[started] = std::async(std::launch::async, [&s, started, vae = s.encoder.vae_identity()] {
                return s.missing(started, vae);
            });
        const auto items = reading.extract(done).mapped().get();
        const auto& image = s.images[done];
        const auto& known = s.kept[done];
        filled.found += s.mirrors_of(done).size() - items.size();
        filled.damaged += known.damaged;
        filled.kohya += known.kohya ? 1 : 0;
        if (!known.why_not_kohya.empty())
            filled.kohya_refused[known.why_not_kohya].push_back(image.file.filename().string());
        for (const auto& item : items) {
            cancel.throw_if_stopped();
            ++(s.keep(item) ? filled.encoded : filled.found);
        }
        if (on_progress) on_progress(done + 1, total, image.file);
    }
    return filled;
}

std::set<std::string> Loader::cache_keys(const std::vector<std::string>& vae_identities,
                                         const base::Cancel& cancel) const {
    const auto& s = *state_;
    std::set<std::string> keys;
    std::mutex guard;
    base::for_each_index(s.images.size(), worker_count(s.data), cancel, [&](std::size_t image) {
        const auto sha256 = base::sha256_file(s.images[image].file);
        auto identities = vae_identities;
        if (s.data.kohya_latents) identities.push_back(kohya_identity(s.kohya_latents_of(image)));
        for (const auto& identity : identities)
            for (const auto mirrored : s.mirrors_of(image)) {
                auto key = s.key_with(sha256, image, mirrored, identity);
                const std::lock_guard lock(guard);
                keys.insert(std::move(key));
            }
    });
    return keys;
}

Batch Loader::batch(std::int64_t epoch, std::int64_t index) {
    auto& s = *state_;
    const base::Stopwatch waiting;
    base::expects(epoch >= 0 && index >= 0 && index < batches_per_epoch(), "a batch lies inside its epoch");
    s.read_ahead({epoch, index});
    auto items = s.ahead.extract({epoch, index}).mapped().get();
    Batch batch;
    batch.epoch = epoch;
    batch.index = index;
    std::vector<at::Tensor> means, stds, sizes;
    std::vector<double> weights;
    for (auto& item : items) {
        if (item.pixels.defined()) item.moments = s.encode_one(item.pixels, s.images[item.image].file);
        means.push_back(item.moments.mean);
        stds.push_back(item.moments.std);
        sizes.push_back(s.size_hint_of(item));
        weights.push_back(item.weight);
        batch.captions.push_back(std::move(item.caption));
        batch.images.push_back(item.image);
        batch.mirrored.push_back(item.mirrored);
    }
    batch.latents = {at::stack(means), at::stack(stds)};
    batch.sizes = at::stack(sizes);
    if (s.plan.masks()) batch.masks = s.masks_of(items, batch.latents.mean);
    if (s.plan.weighs()) batch.weights = at::tensor(weights, at::kFloat);
    s.waited_seconds += waiting.seconds();
    return batch;
}

double Loader::take_waited_seconds() { return std::exchange(state_->waited_seconds, 0.0); }

}  // namespace lorikeet::data
