# Read by CMake as llama.cpp's project begins. The binding forces its library of utilities on (chat templates, HTTP,
# JSON: half of the compile time) and uses none of it; a plain variable of this scope wins over the forced cache entry.
set(LLAMA_BUILD_COMMON OFF)
