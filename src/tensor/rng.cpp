#include "tensor/rng.hpp"

#include <ATen/CPUGeneratorImpl.h>

namespace lorikeet::tensor {
namespace {

std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
}
constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15U;

}  // namespace

std::uint64_t seed_of(std::uint64_t seed, Stream stream, std::uint64_t first, std::uint64_t second) {
    std::uint64_t z = mix(seed + kStep);
    for (const auto part : {static_cast<std::uint64_t>(stream), first, second}) z = mix((z ^ part) + kStep);
    return z;
}

at::Generator generator(std::uint64_t seed, Stream stream, std::uint64_t first, std::uint64_t second) {
    return at::detail::createCPUGenerator(seed_of(seed, stream, first, second));
}

std::uint64_t Draws::bits() { return mix(state_ += kStep); }
double Draws::uniform() { return static_cast<double>(bits() >> 11U) * 0x1.0p-53; }
std::uint64_t Draws::below(std::uint64_t end) {
    return bits() % end;  // the bias is below end / 2^64
}

}  // namespace lorikeet::tensor
