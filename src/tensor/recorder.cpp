#include "tensor/recorder.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "base/file.hpp"

namespace lorikeet::tensor {

FoundRecorder find_recorder(at::Device device) {
    if (!device.is_cuda()) return {nullptr, "only a GPU can play them back"};
    std::error_code trouble;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", trouble);
    const auto module = program.parent_path() / "lorikeet_cuda.so";
    if (trouble || !std::filesystem::exists(module))
        return {nullptr, "lorikeet_cuda.so was not built (./run setup --cuda and ./run build do it)"};
    void* library = ::dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        const char* words = ::dlerror();
        return {nullptr,
                fmt::format("lorikeet_cuda.so cannot be opened ({})", words ? words : "no reason given")};
    }
    const auto make = reinterpret_cast<MakeRecorder>(::dlsym(library, "lorikeet_make_recorder"));
    auto* recorder = make ? make(kRecorderVersion, device.index()) : nullptr;
    if (recorder == nullptr)
        return {nullptr, "lorikeet_cuda.so is of another build than the program (./run build makes both)"};
    return {std::unique_ptr<Recorder>(recorder), {}};
}

}  // namespace lorikeet::tensor
