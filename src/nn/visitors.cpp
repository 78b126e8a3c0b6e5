#include "nn/visitors.hpp"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "nn/conv.hpp"
#include "nn/frozen.hpp"
#include "nn/linear.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::nn {

void LoadWeights::weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) {
    auto found = find_(path);
    if (!found.defined()) {
        trouble_.push_back(path + " is missing");
        return;
    }
    if (found.sizes() != sizes) {
        trouble_.push_back(fmt::format("{} has the shape [{}], wanted [{}]", path,
                                       fmt::join(found.sizes().begin(), found.sizes().end(), ", "),
                                       fmt::join(sizes.begin(), sizes.end(), ", ")));
        return;
    }
    if (!at::isFloatingType(found.scalar_type())) {
        trouble_.push_back(fmt::format("{} holds numbers of the kind {}, which no weight has", path,
                                       tensor::name_of(found.scalar_type())));
        return;
    }
    tensor = found.to(at::TensorOptions().dtype(dtype_.value_or(found.scalar_type())).device(device_));
    // As a GPU's convolutions take them; otherwise each call would lay them again.
    if (!device_.is_cpu() && tensor.dim() == 4 && !tensor.requires_grad())
        tensor = tensor.contiguous(at::MemoryFormat::ChannelsLast);
    loaded_.push_back(path);
}

void LoadWeights::finish() const {
    if (trouble_.empty()) return;
    const auto shown = std::min<std::size_t>(trouble_.size(), 3);
    std::string text =
        fmt::format("{}", fmt::join(trouble_.begin(), trouble_.begin() + static_cast<long>(shown), "; "));
    if (trouble_.size() > shown) text += fmt::format("; and {} more", trouble_.size() - shown);
    base::fail(base::ErrorCode::Corrupt, fmt::format("Weights do not fit the model: {}.", text),
               "The file is damaged or of another kind; lorikeet inspect tells what it holds.");
}

void CollectWeights::weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef) {
    tensors[path] = tensor;
}

void CountWeights::weight(const std::string&, at::Tensor&, at::IntArrayRef sizes) {
    ++tensors;
    numbers += c10::multiply_integers(sizes);
}

void CountBytes::weight(const std::string&, at::Tensor& tensor, at::IntArrayRef) {
    if (!laid_out_ && tensor.defined()) bytes += static_cast<std::int64_t>(tensor.nbytes());
    laid_out_ = false;
}
void CountBytes::layer(const std::string&, Linear& linear) {
    laid_out_ = linear.frozen != nullptr;
    if (laid_out_) bytes += static_cast<std::int64_t>(linear.frozen->panels.nbytes());
}
void CountBytes::layer(const std::string&, Conv2d& conv) {
    laid_out_ = conv.frozen != nullptr;
    if (laid_out_) bytes += static_cast<std::int64_t>(conv.frozen->panels.nbytes());
}

void ChangeWeights::weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef) {
    tensor = change_(path, tensor);
}

void DropWeights::weight(const std::string&, at::Tensor& tensor, at::IntArrayRef) { tensor.reset(); }
void DropWeights::layer(const std::string&, Linear& linear) { linear.frozen.reset(); }
void DropWeights::layer(const std::string&, Conv2d& conv) { conv.frozen.reset(); }

InitWeights::InitWeights(std::uint64_t seed, double gain, at::ScalarType dtype)
    : generator_(tensor::generator(seed, tensor::Stream::Init)), gain_(gain), dtype_(dtype) {}

void InitWeights::weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) {
    tensor = at::empty(sizes, at::kFloat);
    if (sizes.size() == 1) {
        tensor.fill_(path.ends_with(".weight") ? 1.0 : 0.0);
    } else {
        const auto fan_in = c10::multiply_integers(sizes.slice(1));
        const double bound = gain_ / std::sqrt(static_cast<double>(fan_in));
        tensor.uniform_(-bound, bound, generator_);
    }
    tensor = tensor.to(dtype_);
}

}  // namespace lorikeet::nn
