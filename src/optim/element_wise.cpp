#include "optim/element_wise.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "base/error.hpp"
#include "tensor/flat.hpp"

namespace lorikeet::optim {
namespace {

constexpr std::string_view kSteps = ".step";

bool has_master(const at::Tensor& parameter) { return parameter.scalar_type() != at::kFloat; }

// Several tensors in a row as one; a single one as it is, whatever its strides.
at::Tensor joined_from(const at::Tensor& first, std::size_t count, std::int64_t numbers) {
    return count == 1 ? first.detach() : tensor::stretch_from(first, numbers);
}

}  // namespace

ElementWise::ElementWise(std::vector<ParamGroup> all, std::vector<std::string> averages)
    : Optimizer(std::move(all), Takes::FloatingPoint), averages_(std::move(averages)) {
    for (std::size_t group = 0; group < groups().size(); ++group)
        for (std::size_t i = 0; i < groups()[group].names.size(); ++i)
            places_.push_back({group, groups()[group].names[i], groups()[group].tensors[i], {}, {}});
}

std::vector<std::string> ElementWise::names_of(const Place& place) const {
    std::vector<std::string> names;
    for (const auto& average : averages_) names.push_back(place.name + "." + average);
    if (has_master(place.parameter)) names.push_back(place.name + ".master");
    return names;
}

// Where the longest rows of wanted neighbours end that lie one behind another and go on; i for a place i that is not wanted.
std::vector<std::size_t> ElementWise::ends_of(const Places& places, const std::vector<bool>& wanted,
                                              const GoesOn& goes_on) {
    std::vector<std::size_t> ends(places.size());
    for (std::size_t first = 0; first < places.size(); ++first) {
        ends[first] = first;
        if (!wanted[first]) continue;
        auto end = first + 1;
        auto numbers = places[first].parameter.numel();
        for (; end < places.size() && wanted[end]; ++end) {
            const auto &last = places[end - 1], &next = places[end];
            numbers += next.parameter.numel();
            if (numbers > kLongest || last.group != next.group || !goes_on(end - 1, end) ||
                !tensor::is_followed_by(last.parameter, next.parameter))
                break;
        }
        ends[first] = end;
        first = end - 1;
    }
    return ends;
}

void ElementWise::make_kept(Places& places, std::size_t first, std::size_t end) const {
    std::int64_t numbers = 0;
    for (auto i = first; i < end; ++i) numbers += places[i].parameter.numel();
    const auto options = places[first].parameter.options().dtype(at::kFloat).requires_grad(false);
    const auto steps = at::zeros({}, options);
    for (auto i = first; i < end; ++i) places[i].steps = steps;
    if (end - first == 1) {
        auto& place = places[first];
        for (std::size_t k = 0; k < averages_.size(); ++k)
            place.kept.push_back(at::zeros_like(place.parameter, options));
        if (has_master(place.parameter)) place.kept.push_back(place.parameter.detach().to(at::kFloat));
        return;
    }
    const auto lay = [&](const at::Tensor& all) {
        std::int64_t begin = 0;
        for (auto i = first; i < end; ++i) {
            const auto& parameter = places[i].parameter;
            places[i].kept.push_back(all.narrow(0, begin, parameter.numel()).view(parameter.sizes()));
            begin += parameter.numel();
        }
    };
    const auto& parameter = places[first].parameter;
    for (std::size_t k = 0; k < averages_.size(); ++k) lay(at::zeros({numbers}, options));
    if (has_master(parameter)) lay(tensor::stretch_from(parameter, numbers).to(at::kFloat));
}

// Again whenever others have a gradient than before: in most trainings once.
void ElementWise::arrange(const std::vector<bool>& moved) {
    std::vector<bool> fresh(places_.size());
    for (std::size_t i = 0; i < places_.size(); ++i) fresh[i] = moved[i] && !places_[i].is_kept();
    const auto ends = ends_of(places_, fresh, [](std::size_t, std::size_t) { return true; });
    for (std::size_t i = 0; i < places_.size(); ++i)
        if (ends[i] > i) make_kept(places_, i, ends[i]);
    make_stretches(moved);
    part_steps();
    moved_ = moved;
    ++arrangement_;
}

void ElementWise::make_stretches(const std::vector<bool>& moved) {
    const auto ends = ends_of(places_, moved, [&](std::size_t one, std::size_t next) {
        const auto &a = places_[one], &b = places_[next];
        if (!a.steps.is_same(b.steps)) return false;
        for (std::size_t k = 0; k < a.kept.size(); ++k)
            if (!tensor::is_followed_by(a.kept[k], b.kept[k])) return false;
        return true;
    });
    stretches_.clear();
    for (std::size_t first = 0; first < places_.size(); ++first) {
        if (ends[first] == first) continue;
        Stretch stretch{first, ends[first], {}, places_[first].steps, {}, {}};
        std::int64_t numbers = 0;
        for (auto i = first; i < stretch.end; ++i) {
            stretch.counts.push_back(places_[i].parameter.numel());
            numbers += stretch.counts.back();
        }
        const auto& place = places_[first];
        stretch.parameter = joined_from(place.parameter, stretch.counts.size(), numbers);
        for (const auto& kept : place.kept)
            stretch.kept.push_back(joined_from(kept, stretch.counts.size(), numbers));
        stretches_.push_back(std::move(stretch));
        first = stretches_.back().end - 1;
    }
}

// Those that were moved together so far and part now count by themselves from here on.
void ElementWise::part_steps() {
    std::map<const void*, std::size_t> sharing;
    for (const auto& place : places_)
        if (place.is_kept()) ++sharing[place.steps.unsafeGetTensorImpl()];
    for (auto& stretch : stretches_) {
        auto& others = sharing[stretch.steps.unsafeGetTensorImpl()];
        if (others == stretch.counts.size()) continue;
        others -= stretch.counts.size();
        stretch.steps = stretch.steps.clone();
        for (auto i = stretch.first; i < stretch.end; ++i) places_[i].steps = stretch.steps;
    }
}

// One gradient goes as soon as it is copied, a stretch at a time.
at::Tensor ElementWise::gather(const Stretch& stretch) const {
    std::vector<at::Tensor> gradients;
    for (auto i = stretch.first; i < stretch.end; ++i) {
        auto& gradient = places_[i].parameter.mutable_grad();
        gradients.push_back(stretch.counts.size() == 1 ? gradient : gradient.flatten());
        gradient.reset();
    }
    const auto all = gradients.size() == 1 ? gradients.front() : at::cat(gradients);
    return all.to(at::kFloat);
}

Gradients ElementWise::gather() {
    const at::NoGradGuard no_gradient;
    std::vector<bool> moved(places_.size());
    for (std::size_t i = 0; i < places_.size(); ++i) moved[i] = places_[i].parameter.grad().defined();
    gathered_.clear();
    if (moved != moved_) arrange(moved);
    Gradients gradients;
    for (const auto& stretch : stretches_) {
        gathered_.push_back(gather(stretch));
        gradients.push_back({gathered_.back(), stretch.counts});
    }
    return gradients;
}

void ElementWise::zero_grad() {
    Optimizer::zero_grad();
    gathered_.clear();
}

template <class Move>
void ElementWise::move_groups(const Move& move) {
    const at::NoGradGuard no_gradient;
    if (gathered_.empty()) gather();
    for (std::size_t group = 0; group < groups().size(); ++group) {
        Rows rows;
        rows.averages.resize(averages_.size());
        std::vector<at::Tensor> rounded, masters;
        for (std::size_t i = 0; i < stretches_.size(); ++i) {
            const auto& stretch = stretches_[i];
            if (places_[stretch.first].group != group) continue;
            rows.weights.push_back(stretch.parameter);
            if (has_master(stretch.parameter)) {
                rounded.push_back(stretch.parameter);
                masters.push_back(rows.weights.back() = stretch.kept.back());
            }
            rows.gradients.push_back(gathered_[i]);
            for (std::size_t k = 0; k < averages_.size(); ++k) rows.averages[k].push_back(stretch.kept[k]);
            rows.steps.push_back(stretch.steps);
        }
        if (rows.weights.empty()) continue;
        move(rows, group);
        if (!rounded.empty()) at::_foreach_copy_(rounded, masters);
    }
    gathered_.clear();
}

void ElementWise::step(double rate) {
    move_groups([&](const Rows& rows, std::size_t group) {
        at::_foreach_add_(rows.steps, 1);
        move(rows, rate * groups()[group].lr);
    });
}

void ElementWise::step_queued(const at::Tensor& rates, const at::Tensor& broken) {
    const auto counts = 1 - broken;  // a step that moves nothing is not counted
    move_groups([&](const Rows& rows, std::size_t group) {
        at::_foreach_add_(rows.steps, counts);
        move_queued(rows, rates[static_cast<std::int64_t>(group)], broken);
    });
}

tensor::NamedTensors ElementWise::state() const {
    tensor::NamedTensors state;
    for (const auto& place : places_) {
        if (!place.is_kept()) continue;
        const auto names = names_of(place);
        for (std::size_t k = 0; k < names.size(); ++k) state[names[k]] = place.kept[k];
        state[place.name + std::string(kSteps)] = place.steps;
    }
    return state;
}

void ElementWise::load_state(const tensor::NamedTensors& state) {
    const at::NoGradGuard no_gradient;
    Places loaded = places_;
    std::vector<bool> found(loaded.size());
    std::vector<float> steps(loaded.size());
    std::size_t taken = 0;
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        auto& place = loaded[i];
        place.kept.clear();
        place.steps.reset();
        found[i] = state.contains(place.name + std::string(kSteps));  // else it had no gradient yet
        if (!found[i]) continue;
        steps[i] =
            fitting_state(state, place.name + std::string(kSteps), at::zeros({}, at::kFloat)).item<float>();
        taken += names_of(place).size() + 1;
    }
    const auto ends =
        ends_of(loaded, found, [&](std::size_t one, std::size_t next) { return steps[one] == steps[next]; });
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        if (ends[i] > i) {
            make_kept(loaded, i, ends[i]);
            loaded[i].steps.fill_(steps[i]);
        }
        if (!found[i]) continue;
        const auto names = names_of(loaded[i]);
        for (std::size_t k = 0; k < names.size(); ++k)
            loaded[i].kept[k].copy_(fitting_state(state, names[k], loaded[i].kept[k]));
    }
    if (taken != state.size())
        base::fail(base::ErrorCode::Corrupt,
                   "The saved state of the optimizer names parameters that this run does not have.",
                   "The state belongs to another network; begin a new run instead of resuming this one.");
    places_ = std::move(loaded);
    stretches_.clear();
    moved_.clear();
    gathered_.clear();
    ++arrangement_;
}

std::int64_t ElementWise::state_bytes() const {
    constexpr std::int64_t kFloat = sizeof(float);
    std::int64_t numbers = 0;
    for (const auto& place : places_)
        numbers += static_cast<std::int64_t>(names_of(place).size()) * place.parameter.numel() + 1;
    return kFloat * numbers;
}

}  // namespace lorikeet::optim
