# One set of flags for every floor.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_PCH_INSTANTIATE_TEMPLATES OFF)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

add_library(lorikeet_flags INTERFACE)
find_package(Threads REQUIRED)
target_link_libraries(lorikeet_flags INTERFACE Threads::Threads)  # in every unit, or the precompiled header is refused
target_include_directories(lorikeet_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_options(lorikeet_flags INTERFACE -fPIC -Wall -Wextra -Wpedantic -Wshadow -Werror)

option(LORIKEET_SANITIZE "address and undefined behaviour sanitizers" OFF)
if(LORIKEET_SANITIZE)
  target_compile_options(lorikeet_flags INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(lorikeet_flags INTERFACE -fsanitize=address,undefined)
endif()

option(LORIKEET_FUZZ "every floor instrumented for libFuzzer; needs clang" OFF)
if(LORIKEET_FUZZ)
  target_compile_options(lorikeet_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer)
  target_link_options(lorikeet_flags INTERFACE -fsanitize=address,undefined)
endif()

# ccache makes a second checkout build in a minute. The sloppiness is what it needs for
# precompiled headers; the base directory makes paths relative, so checkouts share.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  target_compile_options(lorikeet_flags INTERFACE -fpch-preprocess)
  set(CMAKE_CXX_COMPILER_LAUNCHER env "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" "CCACHE_NOHASHDIR=1" "${CCACHE}")
endif()
