// The dtype in which a step computes.
#pragma once

#include <ATen/ATen.h>

namespace lorikeet::tensor {

// While it lives, matrix products and convolutions on `device` run in `type` (ATen's own autocast, the rules
// that PyTorch's users know); losses stay float32. float32 means no autocast. Not nested; one thread.
class Autocast {
  public:
    Autocast(at::DeviceType device, at::ScalarType type);
    ~Autocast();
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

  private:
    at::DeviceType device_;
    bool active_;
};

}  // namespace lorikeet::tensor
