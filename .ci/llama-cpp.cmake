# Read by the build of llama-cpp-python (see the Makefile): its common library holds the parsers and
# samplers of llama.cpp's own programs. The Python binding never loads it, and compiling it takes as
# long as everything else together.
set(LLAMA_BUILD_COMMON OFF)
