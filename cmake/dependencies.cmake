# Every library from outside, as one imported target each. Versions and hashes: pins.txt (PyPI) and apt*.txt (Debian).
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(ZLIB REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest QUIET)  # without it there are programs and no tests; ./run test installs it

pkg_check_modules(vips REQUIRED IMPORTED_TARGET vips-cpp)
add_library(vips ALIAS PkgConfig::vips)
pkg_check_modules(archive REQUIRED IMPORTED_TARGET libarchive)
add_library(archive ALIAS PkgConfig::archive)
find_library(RE2_LIBRARY re2 REQUIRED)  # its .pc file asks for -pthread, which does not go with the precompiled header
add_library(re2 INTERFACE)
target_link_libraries(re2 INTERFACE "${RE2_LIBRARY}")
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
add_library(tomlplusplus ALIAS PkgConfig::tomlplusplus)
pkg_check_modules(zmq REQUIRED IMPORTED_TARGET libzmq)
add_library(cppzmq ALIAS PkgConfig::zmq)  # its C++ header lies beside the C one

# LibTorch as the wheel carries it. Its include folder brings copies of other libraries (fmt, protobuf), so it is
# searched after the system's. Only the CPU library is linked; CUDA is opened at run time where it is there.
set(LORIKEET_DEPS "${CMAKE_SOURCE_DIR}/.deps" CACHE PATH "where ./run setup puts what it fetches")
set(TORCH_ROOT "${LORIKEET_DEPS}/site/torch")
if(NOT EXISTS "${TORCH_ROOT}/lib/libtorch_cpu.so")
  message(FATAL_ERROR "LibTorch is not in ${TORCH_ROOT}. Run ./run setup first.")
endif()
add_library(torch INTERFACE)
target_compile_options(torch INTERFACE "SHELL:-idirafter ${TORCH_ROOT}/include"
                                       "SHELL:-idirafter ${TORCH_ROOT}/include/torch/csrc/api/include")
target_link_directories(torch INTERFACE "${TORCH_ROOT}/lib")
target_link_libraries(torch INTERFACE torch_cpu c10)
target_link_options(torch INTERFACE "-Wl,-rpath,${TORCH_ROOT}/lib"
                    "-Wl,-rpath-link,${LORIKEET_DEPS}/site/nvidia/cu13/lib")
