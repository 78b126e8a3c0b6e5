#include "tensor/cuda.hpp"

#include <array>
#include <memory>

#include <ATen/Context.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include "base/file.hpp"
#include "base/text.hpp"

namespace lorikeet::tensor {
namespace {

constexpr int kCuda = 13000;          // LibTorch 2.11's
constexpr int kLeastCapability = 75;  // the oldest that it brings machine code for
constexpr const char* kUseProcessor = "train.device = \"cpu\" trains on the processor.";

// Calls of the driver, by their names in libcuda.so.1.
class Driver {
  public:
    Driver() : library_(::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL), ::dlclose) {}
    bool is_there() const { return library_ != nullptr; }
    // The result of the call; -1 where the driver does not have it.
    template <class... Arguments>
    int call(const char* name, Arguments... arguments) const {
        const auto function = reinterpret_cast<int (*)(Arguments...)>(::dlsym(library_.get(), name));
        return function ? function(arguments...) : -1;
    }

  private:
    std::unique_ptr<void, int (*)(void*)> library_;
};

int attribute_of_first_card(const Driver& driver, int attribute) {
    int value = 0;
    return driver.call("cuDeviceGetAttribute", &value, attribute, 0) == 0 ? value : 0;
}

std::string library_path() { return cuda_library_path("libtorch_cuda.so"); }

}  // namespace

std::string cuda_library_path(const char* name) {
    Dl_info here{};
    const auto* known = reinterpret_cast<const void*>(&at::globalContext);
    if (::dladdr(known, &here) == 0 || here.dli_fname == nullptr) return {};
    return (base::Path(here.dli_fname).parent_path() / name).string();
}

CudaFacts cuda_facts() {
    CudaFacts facts;
    const Driver driver;
    facts.driver = driver.is_there();
    std::error_code ignored;
    facts.library = std::filesystem::exists(library_path(), ignored);
    if (!facts.driver) return facts;
    driver.call("cuDriverGetVersion", &facts.serves);
    facts.trouble = driver.call("cuInit", 0U);
    if (facts.trouble != 0 || driver.call("cuDeviceGetCount", &facts.cards) != 0 || facts.cards == 0)
        return facts;
    std::array<char, 256> name{};
    if (driver.call("cuDeviceGetName", name.data(), static_cast<int>(name.size()) - 1, 0) == 0)
        facts.card = name.data();
    std::size_t bytes = 0;
    if (driver.call("cuDeviceTotalMem_v2", &bytes, 0) == 0) facts.memory_bytes = bytes;
    constexpr int kMajor = 75, kMinor = 76;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_*
    facts.capability = 10 * attribute_of_first_card(driver, kMajor) + attribute_of_first_card(driver, kMinor);
    return facts;
}

CudaLook judge(const CudaFacts& facts) {
    constexpr int kNoDevice = 100;  // CUDA_ERROR_NO_DEVICE
    CudaLook look;
    look.driver = facts.driver;
    look.card = facts.card;
    if (facts.memory_bytes > 0) look.card += ", " + base::human_bytes(facts.memory_bytes);
    const auto because = [&](std::string cause, std::string remedy) {
        look.cause = std::move(cause);
        look.remedy = std::move(remedy);
        return look;
    };
    if (!facts.driver)
        return because("There is no NVIDIA driver on this machine.",
                       fmt::format("Install one, or rent a machine with an NVIDIA GPU; {}", kUseProcessor));
    if (facts.serves > 0 && facts.serves < kCuda)
        return because(
            fmt::format("The NVIDIA driver is too old: it runs CUDA {}.{}, and LibTorch wants {}.{}.",
                        facts.serves / 1000, facts.serves % 1000 / 10, kCuda / 1000, kCuda % 1000 / 10),
            fmt::format("Update the driver to version 580 or later; until then {}", kUseProcessor));
    if (facts.cards == 0 && (facts.trouble == 0 || facts.trouble == kNoDevice))
        return because("An NVIDIA driver is there, but this process was given no GPU.",
                       fmt::format("Start the container with its GPU (docker: --gpus all) and leave "
                                   "CUDA_VISIBLE_DEVICES unset; {}",
                                   kUseProcessor));
    if (facts.trouble != 0)
        return because(
            fmt::format("The NVIDIA driver does not start (its error {}).", facts.trouble),
            fmt::format("Restart the machine, or reinstall the driver; until then {}", kUseProcessor));
    if (facts.capability > 0 && facts.capability < kLeastCapability)
        return because(
            fmt::format(
                "{} is too old for LibTorch: it has compute capability {}.{}, and {}.{} is the least.",
                facts.card, facts.capability / 10, facts.capability % 10, kLeastCapability / 10,
                kLeastCapability % 10),
            fmt::format("Use a card from 2018 or later (GTX 16, RTX 20); on this one {}", kUseProcessor));
    if (!facts.library)
        return because("LibTorch lies here without its CUDA half (libtorch_cuda.so).",
                       fmt::format("Run ./run setup --cuda; until then {}", kUseProcessor));
    look.found = true;
    return look;
}

CudaLook judge_loader(CudaLook look, const std::string& words) {
    look.found = false;
    const auto colon = words.find(':');
    const bool missing = words.find("cannot open shared object file") != std::string::npos;
    look.cause = missing && colon != std::string::npos
                     ? fmt::format("CUDA's library {} is not here.", words.substr(0, colon))
                     : fmt::format("LibTorch's CUDA half cannot be opened: {}.", words);
    look.remedy = fmt::format("Run ./run setup --cuda; until then {}", kUseProcessor);
    return look;
}

const CudaLook& look_for_cuda() {
    static const CudaLook look = [] {
        auto seen = judge(cuda_facts());
        if (!seen.found) return seen;
        // For everybody to see: the operators of the CUDA half add themselves to the CPU half's tables as it is opened.
        if (!::dlopen(library_path().c_str(), RTLD_NOW | RTLD_GLOBAL)) {
            const char* words = ::dlerror();
            return judge_loader(seen, words ? words : "no reason was given");
        }
        if (!at::globalContext().hasCUDA()) return judge_loader(seen, "it finds no device");
        return seen;
    }();
    return look;
}

}  // namespace lorikeet::tensor
