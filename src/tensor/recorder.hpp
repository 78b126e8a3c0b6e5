// Work for a GPU, recorded once and played back as one piece (a CUDA graph): what the processor queues one operation at a time
// in hundreds of milliseconds is handed over in microseconds.
//
// What records needs CUDA's headers, so it lives in a module of its own, lorikeet_cuda.so beside the program
// (src/tensor/cuda), built only where those headers are.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <ATen/ATen.h>

namespace lorikeet::tensor {

class Recording {
  public:
    virtual ~Recording() = default;
    // Queues all of it on the current stream. It reads and writes the very tensors that it was recorded with.
    virtual void play() = 0;
};

class Recorder {
  public:
    virtual ~Recorder() = default;
    // Calls `work`, of which nothing is done: whatever it queues on the current stream, which is not the default one, becomes
    // the recording. Tensors that it leaves behind hold their values after each play(). Recordings share memory, so they
    // are played one after another. What `work` throws is thrown, and so is the reason for which it cannot be recorded; the
    // device is usable afterwards.
    virtual std::unique_ptr<Recording> record(const std::function<void()>& work) = 0;
};

struct FoundRecorder {
    std::unique_ptr<Recorder> recorder;  // or
    std::string cause;                   // why there is none, as half a sentence
};
FoundRecorder find_recorder(at::Device device);

// What the module gives, as `lorikeet_make_recorder`: one for the GPU of that index. `version` is kRecorderVersion.
using MakeRecorder = Recorder* (*)(int version, int device);
constexpr int kRecorderVersion = 1;

}  // namespace lorikeet::tensor
