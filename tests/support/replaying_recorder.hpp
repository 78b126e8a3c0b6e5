// A recorder for the processor, which does again at each play() what it was given: as with a GPU's recordings nothing is done while
// one is made, and the same tensors are read and written each time. Only the time that it takes is another.
#pragma once

#include <memory>
#include <utility>

#include "tensor/recorder.hpp"

namespace lorikeet::support {

class ReplayingRecorder : public tensor::Recorder {
  public:
    struct Count {
        int living = 0, made = 0;
    };
    explicit ReplayingRecorder(Count& count) : count_(count) {}
    std::unique_ptr<tensor::Recording> record(const std::function<void()>& work) override {
        ++count_.made;
        return std::make_unique<Replay>(work, count_.living);
    }

  private:
    class Replay : public tensor::Recording {
      public:
        Replay(std::function<void()> work, int& living) : work_(std::move(work)), living_(living) {
            ++living_;
        }
        ~Replay() override { --living_; }
        void play() override { work_(); }

      private:
        std::function<void()> work_;
        int& living_;
    };
    Count& count_;
};

}  // namespace lorikeet::support
