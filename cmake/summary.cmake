# What was configured, in a few lines; said last.
file(STRINGS "${TORCH_ROOT}/include/torch/headeronly/version.h" torch_version
     REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
list(TRANSFORM torch_version REPLACE ".* ([0-9]+)$" "\\1")
list(JOIN torch_version "." torch_version)
message(STATUS "Lorikeet ${PROJECT_VERSION}, ${CMAKE_BUILD_TYPE}, ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
message(STATUS "  LibTorch    ${torch_version} in ${TORCH_ROOT}")
message(STATUS "  CUDA module ${LORIKEET_CUDA_INCLUDE}")
message(STATUS "  ccache      ${CCACHE}")
message(STATUS "  sanitizers  ${LORIKEET_SANITIZE}")
message(STATUS "  tests       ${GTest_FOUND}")
message(STATUS "  unity       ${LORIKEET_UNITY}")
