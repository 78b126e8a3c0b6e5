# The module that records steps for a GPU, where CUDA's headers are: those that ./run setup --cuda fetches, or a toolkit's.
# It is opened at run time beside libtorch_cuda.so, so nothing is linked.
find_path(LORIKEET_CUDA_INCLUDE cuda_runtime_api.h
          PATHS "${LORIKEET_DEPS}/site/nvidia/cu13/include" /usr/local/cuda/include NO_DEFAULT_PATH)
if(LORIKEET_CUDA_INCLUDE)
  add_library(lorikeet_cuda MODULE "${CMAKE_SOURCE_DIR}/src/tensor/cuda/graph_recorder.cpp")
  target_link_libraries(lorikeet_cuda PRIVATE lorikeet_flags)
  target_compile_options(lorikeet_cuda PRIVATE $<TARGET_PROPERTY:torch,INTERFACE_COMPILE_OPTIONS>)
  target_include_directories(lorikeet_cuda SYSTEM PRIVATE "${LORIKEET_CUDA_INCLUDE}")
  set_target_properties(lorikeet_cuda PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden
                        LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
  add_dependencies(lorikeet lorikeet_cuda)  # who builds the program alone gets it too
endif()
