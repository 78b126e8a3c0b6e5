// The CUDA half of LibTorch, opened while the program runs: nothing of it is linked, so one program serves machines with
// and without a GPU.
//
// Source   docs/adr/0014-cuda-at-run-time.md
#pragma once

#include <cstdint>
#include <string>

namespace lorikeet::tensor {

// What the driver tells without taking memory on a card.
struct CudaFacts {
    bool driver = false;  // libcuda.so.1 is there
    int trouble = 0;      // what its start returned; 0: nothing
    int serves = 0;       // the newest CUDA it runs: 12040 is 12.4
    int cards = 0;        // as many as this process may use
    std::string card;     // the first one's name
    std::uint64_t memory_bytes = 0;
    int capability = 0;    // 75: compute capability 7.5
    bool library = false;  // LibTorch's CUDA half lies beside its CPU half
};
CudaFacts cuda_facts();

// Whether training can run on the GPU, and if not, why and what to do, one sentence each.
struct CudaLook {
    bool found = false;
    bool driver = false;  // something of NVIDIA's is there, so its absence is news
    std::string card;     // "NVIDIA H100, 85.0 GB"
    std::string cause;
    std::string remedy;
};
// What the facts come to before anything is opened.
CudaLook judge(const CudaFacts& facts);
// What the loader's own words come to: "libcublas.so.13: cannot open shared object file: ...".
CudaLook judge_loader(CudaLook look, const std::string& words);

// Looks once, and opens the library where all is well. Ask this before LibTorch itself is asked for CUDA: it keeps its
// first answer for good. Safe from every thread; never throws.
const CudaLook& look_for_cuda();

// Where a library of LibTorch's CUDA half lies, whether it is there or not: beside the CPU half.
std::string cuda_library_path(const char* name);

}  // namespace lorikeet::tensor
