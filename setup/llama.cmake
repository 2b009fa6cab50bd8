# Read by CMake as llama.cpp's project begins. The binding forces its library of utilities on (chat templates, HTTP,
# JSON: half of the compile time) and uses none of it; a plain variable of this scope wins over the forced cache entry.
set(LLAMA_BUILD_COMMON OFF)

# A virtual machine may show AMX and not let it be used: the first tile that is loaded ends the process. A model of this
# size gains nothing from it. (AVX-512 and the like are usable wherever they are shown.)
include(CheckCCompilerFlag)
foreach(extension amx-tile amx-int8 amx-bf16)
  check_c_compiler_flag(-mno-${extension} MOSTRADOR_WITHOUT_${extension})
  if(MOSTRADOR_WITHOUT_${extension})
    add_compile_options(-mno-${extension})
  endif()
endforeach()
