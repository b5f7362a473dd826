/// Functions of single numbers over plain memory of any strides.
#pragma once

#include <cstdint>
#include <utility>

#include "autograd/kernels/loop.h"

namespace xgrad::kernels {

/// out = f(in...), one element at a time: for results of another type, integers, and what has no vector form. On several
/// threads from `grain` elements on.
template <class R, class F, class... Ts>
void map_each(std::int64_t grain, Loop<sizeof...(Ts) + 1> loop, R* out, const F& f, const Ts*... in) {
  simplify(loop);
  for_each_run(loop, grain, [&] [[gnu::noinline]] (const auto& offsets, std::int64_t length, const auto& strides) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      R* target = out + offsets[0];
      if (strides[0] == 1 && (... && (strides[I + 1] == 1))) {
        const auto body = [target, length, &f](const Ts*... data) {
          for (std::int64_t i = 0; i < length; ++i) target[i] = f(data[i]...);
        };
        body((in + offsets[I + 1])...);
      } else {
        for (std::int64_t i = 0; i < length; ++i) target[i * strides[0]] = f(in[offsets[I + 1] + i * strides[I + 1]]...);
      }
    }
    (std::make_index_sequence<sizeof...(Ts)>());
  });
}

}  // namespace xgrad::kernels
