// Tensors on their way between the processor and a GPU, while neither waits for the other. On the processor itself nothing
// is copied.
#pragma once

#include <memory>
#include <optional>

#include <ATen/ATen.h>
#include <c10/core/Stream.h>

namespace lorikeet::tensor {

// While it lives, work of this thread on a GPU is queued on a stream of its own: what is to be recorded later cannot run on
// the default one. For the processor it does nothing.
class OwnStream {
  public:
    explicit OwnStream(at::Device device);
    ~OwnStream();
    OwnStream(const OwnStream&) = delete;
    OwnStream& operator=(const OwnStream&) = delete;

  private:
    struct Guard;
    std::unique_ptr<Guard> guard_;
};

// Takes tensors to a device by pages that are held in memory, on a stream beside the one that computes: a batch travels
// while the step before is still at work.
class DeviceTransfer {
  public:
    explicit DeviceTransfer(at::Device device);
    // Usable at once in what is queued on the current stream. Undefined stays undefined.
    at::Tensor send(const at::Tensor& tensor) const;

  private:
    at::Device device_;
    std::optional<c10::Stream> stream_;
};

// A few numbers on their way back.
class ReadBack {
  public:
    ReadBack();
    // Begins with what was queued so far; does not wait.
    explicit ReadBack(const at::Tensor& tensor);
    ~ReadBack();
    ReadBack(ReadBack&&) noexcept;
    ReadBack& operator=(ReadBack&&) noexcept;
    // Waits until they are there: a tensor of the processor.
    at::Tensor wait();

  private:
    struct Event;
    at::Tensor arriving_;
    std::unique_ptr<Event> event_;
};

}  // namespace lorikeet::tensor
