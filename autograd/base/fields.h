/// Options that say what they are made of. `XGRAD_FIELDS` at the end of an options class lists its options once, in the
/// order in which they are printed; printing, saving and comparison (autograd/io/fields.h) follow from the list.
///
///   struct LeakyReLUOptions {
///     XGRAD_ARG(double, negative_slope) = 1e-2;
///     XGRAD_ARG(bool, inplace) = false;
///     XGRAD_FIELDS(shown(negative_slope), unless(inplace, false));
///   };
///
/// Each item says how the option is printed: `shown(p)` as "p=0.5", `unless(inplace, false)` the same unless it has that
/// value, `bare(num_features)` without its name, `kept(reduction)` not at all. An option that is no value, such as a
/// function, stays out of the list.
#pragma once

#include <type_traits>

namespace xgrad {

/// How an option is printed.
enum class Shown { not_at_all, bare, named };

namespace detail {

template <class Options>
bool same_fields(const Options& a, const Options& b);

}  // namespace detail

}  // namespace xgrad

// Applies `macro` to each argument, by rescanning: up to 27 of them.
#define XGRAD_FIELDS_PARENTHESES ()
#define XGRAD_FIELDS_SCAN(...) XGRAD_FIELDS_SCAN_9(XGRAD_FIELDS_SCAN_9(XGRAD_FIELDS_SCAN_9(__VA_ARGS__)))
#define XGRAD_FIELDS_SCAN_9(...) XGRAD_FIELDS_SCAN_3(XGRAD_FIELDS_SCAN_3(XGRAD_FIELDS_SCAN_3(__VA_ARGS__)))
#define XGRAD_FIELDS_SCAN_3(...) XGRAD_FIELDS_SCAN_1(XGRAD_FIELDS_SCAN_1(XGRAD_FIELDS_SCAN_1(__VA_ARGS__)))
#define XGRAD_FIELDS_SCAN_1(...) __VA_ARGS__
#define XGRAD_FIELDS_NEXT(item, ...) XGRAD_FIELDS_##item __VA_OPT__(XGRAD_FIELDS_AGAIN XGRAD_FIELDS_PARENTHESES(__VA_ARGS__))
#define XGRAD_FIELDS_AGAIN() XGRAD_FIELDS_NEXT

#define XGRAD_FIELDS_shown(name) visit(#name, ::xgrad::Shown::named, options.name()...);
#define XGRAD_FIELDS_bare(name) visit(#name, ::xgrad::Shown::bare, options.name()...);
#define XGRAD_FIELDS_kept(name) visit(#name, ::xgrad::Shown::not_at_all, options.name()...);
#define XGRAD_FIELDS_unless(name, value) \
  visit(#name, ((options.name() == (value)) && ...) ? ::xgrad::Shown::not_at_all : ::xgrad::Shown::named, options.name()...);

/// Lists the options of a class. It gets `each_field(visit, options...)`, which calls visit(name, how it is printed,
/// option...) for each option of one or several objects of the class, and `==`.
#define XGRAD_FIELDS(...)                                                                                               \
 public:                                                                                                                \
  template <class Visit, class... Options>                                                                              \
  static void each_field([[maybe_unused]] Visit&& visit, [[maybe_unused]] Options&... options) {                        \
    XGRAD_FIELDS_SCAN(__VA_OPT__(XGRAD_FIELDS_NEXT(__VA_ARGS__)))                                                       \
  }                                                                                                                     \
  template <class Options>                                                                                              \
  bool operator==(const Options& other) const requires(std::is_same_v<Options, std::remove_cvref_t<decltype(*this)>>) { \
    return ::xgrad::detail::same_fields(*this, other);                                                                  \
  }                                                                                                                     \
  static_assert(true)
