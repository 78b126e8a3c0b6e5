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

# Many files as one unit: what they share is read once, so that everything is built in a fraction of the time. One file that
# changes then takes its whole unit with it, so for development it is off. Twelve files take up to 1.2 GB to compile.
option(LORIKEET_UNITY "compile in batches of files: quick from nothing, slow after a change" OFF)
set(CMAKE_UNITY_BUILD ${LORIKEET_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12 CACHE STRING "files in one unit")

add_library(lorikeet_flags INTERFACE)
find_package(Threads REQUIRED)
target_link_libraries(lorikeet_flags INTERFACE Threads::Threads)  # in every unit, or the precompiled header is refused
target_include_directories(lorikeet_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
# Within a unit one file's own names are seen by the next one, which -Wshadow and the warning about types without a name
# outside their file would take for a mistake; the build of single files has both.
set(shadow -Wshadow)
if(LORIKEET_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(shadow -Wshadow=local -Wno-subobject-linkage)
endif()
option(LORIKEET_SANITIZE "address and undefined behaviour sanitizers" OFF)
# What the sanitizers put between the lines makes g++ 12 see uninitialised values and overflows that are none, so there
# warnings stay warnings.
set(strict -Werror)
if(LORIKEET_SANITIZE)
  set(strict -Wno-error -Wno-maybe-uninitialized)
endif()
target_compile_options(lorikeet_flags INTERFACE -fPIC -Wall -Wextra -Wpedantic ${shadow} ${strict})

if(LORIKEET_SANITIZE)
  target_compile_options(lorikeet_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined
                         -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS)
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
