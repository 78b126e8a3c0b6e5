#include "studio/edit_plan.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "data/variants.hpp"
#include "io/format.hpp"
#include "studio/companions.hpp"

namespace lorikeet::studio {

namespace {

struct Sides {
    std::int64_t width_px = 0, height_px = 0;
    bool operator==(const Sides&) const = default;
};

std::string sides_words(const Sides& sides) {
    return fmt::format("{} x {}", sides.width_px, sides.height_px);
}

// The largest part of that shape.
Sides cropped(Sides image, const EditRequest& request) {
    if (request.across == 0) return image;
    const auto width = image.height_px * request.across / request.down;
    const auto height = image.width_px * request.down / request.across;
    // Sides are whole pixels: what is a pixel off has that shape.
    if (std::abs(width - image.width_px) <= 1 || std::abs(height - image.height_px) <= 1) return image;
    if (width <= image.width_px) return {std::max<std::int64_t>(width, 1), image.height_px};
    return {image.width_px, std::max<std::int64_t>(height, 1)};
}

Sides shrunk(Sides image, std::int64_t longest_px) {
    const auto longest = std::max(image.width_px, image.height_px);
    if (longest_px == 0 || longest <= longest_px) return image;
    const auto scaled = [&](std::int64_t side) {
        return std::max<std::int64_t>(1, (side * longest_px + longest / 2) / longest);
    };
    return {scaled(image.width_px), scaled(image.height_px)};
}

std::int64_t begin_of(std::int64_t side, std::int64_t part, CropFrom keep) {
    if (keep == CropFrom::Top) return 0;
    return keep == CropFrom::Bottom ? side - part : (side - part) / 2;
}

// "photo.JPG" stays so as JPEG; "photo.heic" is "photo.png" as PNG.
std::string name_as(const std::string& name, const std::string& was, const std::string& format) {
    if (was == format && io::has_image_extension(name)) return name;
    return base::Path(name).replace_extension(io::extension_of(format)).generic_string();
}

struct EditPlanner {
    const base::Path& folder;
    const EditRequest& request;
    const Companions& companions;
    FilePlan plan{};
    std::set<std::string> names{};  // that are there, or will be
    std::size_t same = 0, faces = 0, stale = 0;

    void add(const ListedImage& image) {
        const base::MappedFile file(folder / image.name);
        const auto facts = io::peek_image(file.bytes(), image.name);
        const Sides sides{facts.width_px, facts.height_px};
        const auto part = cropped(sides, request), size = shrunk(part, request.longest_px);
        const auto format = !request.format.empty()        ? request.format
                            : io::is_written(facts.format) ? facts.format
                                                           : std::string("png");
        const bool turns = request.turn != io::Turn::None || request.mirror;
        const bool asked = turns || part != sides || size != part ||
                           (!request.format.empty() && format != facts.format);
        if (!asked) {
            ++same;
            return;
        }
        if (facts.frames > 1)
            return leave(image,
                         fmt::format("It holds {} images, and only the first would be kept.", facts.frames));
        const auto to = name_as(image.name, facts.format, format);
        if (to != image.name && !names.insert(to).second)
            return leave(image, fmt::format("{} is there already.", to));
        PlannedEdit edit{image.name, to, {format, request.quality, {}, 0, 0, request.turn, request.mirror}};
        if (part != sides)
            edit.edit.part = io::Region{begin_of(sides.width_px, part.width_px, request.keep),
                                        begin_of(sides.height_px, part.height_px, request.keep),
                                        part.width_px, part.height_px};
        if (size != part) {
            edit.edit.to_width_px = size.width_px;
            edit.edit.to_height_px = size.height_px;
        }
        if ((turns || part != sides || size != part) &&
            data::face_in_name(image.name, {facts.width_px, facts.height_px}))
            ++faces;
        if (companions.has_latents(image.name)) ++stale;
        plan.lines.push_back({image.name, to, {}, note_for(file, image, format, sides, size)});
        plan.edits.push_back(std::move(edit));
    }

    std::string note_for(const base::MappedFile& file, const ListedImage& image, const std::string& format,
                         const Sides& before, Sides after) const {
        const bool swaps_sides = request.turn == io::Turn::Left || request.turn == io::Turn::Right;
        if (swaps_sides) std::swap(after.width_px, after.height_px);
        auto note = before == after ? std::string() : sides_words(before) + " -> " + sides_words(after);
        if (format == "jpeg" && io::has_alpha(file.bytes(), image.name))
            note += note.empty() ? "white under what is transparent" : ", white under what is transparent";
        return note;
    }

    void leave(const ListedImage& image, std::string why) {
        plan.left_out.push_back({image.name, std::move(why), {}});
    }
};

std::string what_of(const EditRequest& request) {
    if (request.across > 0) return "cropped";
    if (request.longest_px > 0) return "made smaller";
    if (request.turn != io::Turn::None) return "turned";
    if (request.mirror) return "mirrored";
    return "converted";
}

std::string note_of_same(std::size_t same, const EditRequest& request) {
    const auto images = base::counted(same, "image");
    const auto* is = same == 1 ? "is" : "are";
    const auto* stays = same == 1 ? "stays" : "stay";
    if (request.across > 0)
        return fmt::format("{} {} {}:{} already and {} as {} {}.", images, is, request.across, request.down,
                           stays, same == 1 ? "it" : "they", is);
    if (request.longest_px > 0) return fmt::format("{} {} no larger and {}.", images, is, stays);
    return fmt::format("{} {} {} already and {}.", images, is, request.format, stays);
}

}  // namespace

FilePlan plan_edit(const base::Path& folder, const DatasetListing& listing,
                   const std::vector<std::string>& chosen, const EditRequest& request,
                   const base::Cancel& cancel) {
    if (request.format.empty() && request.longest_px == 0 && request.across == 0 &&
        request.turn == io::Turn::None && !request.mirror)
        base::fail(base::ErrorCode::InvalidInput, "Nothing is asked of the images.",
                   "Name a format, a size, a shape or a turn.");
    const Companions companions(listing);
    std::set<std::string> wanted(chosen.begin(), chosen.end());
    const bool is_another_shape = request.longest_px > 0 || request.across > 0 ||
                                  request.turn != io::Turn::None || request.mirror;
    if (is_another_shape) wanted.merge(companions.masks_of(wanted));
    EditPlanner planner{folder, request, companions};
    planner.plan.what = what_of(request);
    for (const auto& image : listing.images) planner.names.insert(image.name);
    planner.names.insert(listing.others.begin(), listing.others.end());
    for (const auto& image : listing.images) {
        cancel.throw_if_stopped();
        if (!wanted.empty() && !wanted.contains(image.name)) continue;
        try {
            planner.add(image);
        } catch (const base::Error& error) {
            planner.plan.left_out.push_back({image.name, error.what(), error.hint()});
        }
    }
    if (planner.same > 0) planner.plan.notes.push_back(note_of_same(planner.same, request));
    if (planner.faces > 0)
        planner.plan.notes.push_back(
            fmt::format("The face that {} {} of in the name lies elsewhere afterwards.",
                        base::counted(planner.faces, "image"), planner.faces == 1 ? "tells" : "tell"));
    if (planner.stale > 0)
        planner.plan.notes.push_back(
            fmt::format("Beside {} lie latents that another trainer kept (.npz); they are of the old image. "
                        "Clean up: caches.",
                        base::counted(planner.stale, "image")));
    return std::move(planner.plan);
}

}  // namespace lorikeet::studio
