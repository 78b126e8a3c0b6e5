#include "tensor/transfer.hpp"

#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace lorikeet::tensor {
namespace {

c10::Stream stream_of_pool(at::Device device) {
    return c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device);
}

c10::Stream current_stream(at::Device device) {
    return c10::impl::VirtualGuardImpl(device.type()).getStream(device);
}

}  // namespace

struct OwnStream::Guard {
    explicit Guard(at::Device device) : guard(stream_of_pool(device)) {}
    c10::StreamGuard guard;
};

OwnStream::OwnStream(at::Device device)
    : guard_(device.is_cpu() ? nullptr : std::make_unique<Guard>(device)) {}
OwnStream::~OwnStream() = default;

DeviceTransfer::DeviceTransfer(at::Device device) : device_(device) {
    if (device.is_cuda()) stream_ = stream_of_pool(device);
}

at::Tensor DeviceTransfer::send(const at::Tensor& tensor) const {
    if (!tensor.defined() || tensor.device() == device_) return tensor;
    if (!stream_) return tensor.to(device_);
    const auto held = tensor.pin_memory();
    const auto here = current_stream(device_);
    at::Tensor sent;
    {
        const c10::StreamGuard guard(*stream_);
        sent = held.to(device_, /*non_blocking=*/true);
    }
    c10::Event arrived(device_.type());
    arrived.record(*stream_);
    arrived.block(here);
    sent.record_stream(here);  // its memory is the copying stream's, which may not have it back too soon
    return sent;
}

struct ReadBack::Event {
    explicit Event(at::DeviceType type) : event(type) {}
    c10::Event event;
};

ReadBack::ReadBack() = default;
ReadBack::~ReadBack() = default;
ReadBack::ReadBack(ReadBack&&) noexcept = default;
ReadBack& ReadBack::operator=(ReadBack&&) noexcept = default;

ReadBack::ReadBack(const at::Tensor& tensor) {
    if (tensor.device().is_cpu()) {
        arriving_ = tensor;
        return;
    }
    arriving_ = at::empty(tensor.sizes(), tensor.options().device(at::kCPU).pinned_memory(true));
    arriving_.copy_(tensor, /*non_blocking=*/true);
    event_ = std::make_unique<Event>(tensor.device().type());
    event_->event.record(current_stream(tensor.device()));
}

at::Tensor ReadBack::wait() {
    if (event_) event_->event.synchronize();
    event_.reset();
    return arriving_;
}

}  // namespace lorikeet::tensor
