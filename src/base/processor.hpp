// Which instructions this program computes with: the most that the processor has, unless the environment asks for fewer.
//
// A test, or a person who looks for a fault, chooses a kind with LORIKEET_CPU = portable, avx2, avx512, avx512-bf16 or amx: what
// the processor does not have is not given. ATen's own word, ATEN_CPU_CAPABILITY = default, avx2 or avx512, means us as well, so
// that one cap holds for both, and so does oneDNN's, ONEDNN_MAX_CPU_ISA; the smallest counts. Read once, when first asked for.
//
// Throws   Error{InvalidInput} for a word in LORIKEET_CPU that is none of these.
#pragma once

#include <string>
#include <string_view>

namespace lorikeet::base {

// Each has what the ones before it have.
enum class Processor {
    Portable,    // x86-64 as it began, or another family
    Avx2,        // with FMA and F16C
    Avx512,      // F, BW, VL and DQ
    Avx512Bf16,  // products of pairs of bfloat16
    Amx,         // a matrix unit for bfloat16
};

std::string_view name_of(Processor kind);

// What this program may use, and what the machine has whatever the environment says.
Processor processor();
Processor processor_of_machine();

// The words of the environment; empty: not set.
struct ProcessorCaps {
    std::string ours;
    std::string atens;
    std::string onednns = {};
};
Processor capped(Processor machine, const ProcessorCaps& caps);

// To be called first in main(): holds ATen, oneDNN and MKL back as LORIKEET_CPU holds our own kernels, so that this process
// computes as one on such a processor does. What caps a library already stays.
void hold_libraries_back();

}  // namespace lorikeet::base
