# Read by the build of llama-cpp-python (see the Makefile): its common library holds the parsers and
# samplers of llama.cpp's own programs. The Python binding never loads it, and compiling it takes as
# long as everything else together.
set(LLAMA_BUILD_COMMON OFF)

# GCC before 13.3 leaves out all but the first bytes of what AMX's tiles are configured with, and some virtual machines
# keep the tiles from all threads but one: the first prompt then ends in a general protection fault. Without this name
# llama.cpp leaves AMX out, and takes AVX-512.
add_compile_options(-U__AMX_INT8__)

# What the CPU computes most of the time is computed by the kernels beside this file (each says why) in place of the
# functions that ggml's CPU backend calls. The backend is a target only once llama.cpp's own files have been read, hence
# after everything else.
set(frontdesk_kernels ${CMAKE_CURRENT_LIST_DIR})
function(frontdesk_add_kernels)
  set(calling ggml-cpu/ggml-cpu.c)
  if(TARGET ggml-cpu)
    get_target_property(sources ggml-cpu SOURCES)
  endif()
  if(NOT calling IN_LIST sources)
    message(WARNING "This llama.cpp is laid out otherwise: it is built without Frontdesk's kernels, and answers slower.")
    return()
  endif()
  get_target_property(directory ggml-cpu SOURCE_DIR)
  set_property(SOURCE ${directory}/${calling} TARGET_DIRECTORY ggml-cpu APPEND PROPERTY COMPILE_DEFINITIONS
    ggml_compute_forward_flash_attn_ext=frontdesk_flash_attn llamafile_sgemm=frontdesk_sgemm)
  target_sources(ggml-cpu PRIVATE ${frontdesk_kernels}/attention.cpp ${frontdesk_kernels}/matmul.cpp)
endfunction()
cmake_language(DEFER CALL frontdesk_add_kernels)
