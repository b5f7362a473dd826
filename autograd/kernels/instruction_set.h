/// Which machine the library was compiled for.
#pragma once

namespace xgrad {

/// The level of x86-64 that the loaded library was compiled for: "x86-64", "x86-64-v2", "x86-64-v3" (AVX2) or "x86-64-v4"
/// (AVX-512); "armv8-a" on 64-bit Arm, "other" on other processors. In a portable build the loader chose among several:
/// https://gitlab.com/x86-psABIs/x86-64-ABI
const char* instruction_set();

}  // namespace xgrad
