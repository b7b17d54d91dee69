# Read by the build of llama-cpp-python (see the Makefile): its common library holds the parsers and
# samplers of llama.cpp's own programs. The Python binding never loads it, and compiling it takes as
# long as everything else together.
set(LLAMA_BUILD_COMMON OFF)

# GCC before 13.3 leaves out all but the first bytes of what AMX's tiles are configured with, and some virtual machines
# keep the tiles from all threads but one: the first prompt then ends in a general protection fault. Without this name
# llama.cpp leaves AMX out, and takes AVX-512.
add_compile_options(-U__AMX_INT8__)
