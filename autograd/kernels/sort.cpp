#include "autograd/kernels/sort.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <limits>
#include <type_traits>

#include "autograd/base/parallel.h"
#include "autograd/kernels/buffer.h"

namespace xgrad::kernels {

namespace {

template <class T>
using KeyOf = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

/// Unsigned integers that are in the order of the numbers.
template <class T>
KeyOf<T> key_of(T value) {
  using Key = KeyOf<T>;
  constexpr Key sign = Key(1) << (8 * sizeof(Key) - 1);
  if constexpr (std::is_same_v<T, bool>) {
    return value ? 1 : 0;
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<Key>(value) ^ sign;
  } else {
    const auto bits = std::bit_cast<Key>(value + T(0));  // -0 becomes 0
    const Key key = (bits & sign) != 0 ? ~bits : bits | sign;
    return value == value ? key : ~Key(0);
  }
}

/// A number's key and its place in the row: no two are equal, so that every way of sorting keeps the order of equals.
template <class Key, class Place>
struct Item {
  using KeyType = Key;
  using PlaceType = Place;
  Place place;  // first: key and place of 32 bits compare as one integer of 64
  Key key;
  friend bool operator<(const Item& a, const Item& b) {
    if constexpr (sizeof(Item) == 8) return std::bit_cast<std::uint64_t>(a) < std::bit_cast<std::uint64_t>(b);
    else return a.key != b.key ? a.key < b.key : a.place < b.place;
  }
};

constexpr std::size_t digit_values = 256;
template <class Counts>
using CountsOfDigit = std::array<Counts, digit_values>;

template <class Key>
std::size_t digit(Key key, std::size_t number) {
  return static_cast<std::size_t>(key >> (8 * number)) & (digit_values - 1);
}

/// Where sorting by digits begins to pay.
template <class Key>
constexpr std::int64_t shortest_for_digits = sizeof(Key) == 8 ? 512 : 192;

/// Sorts by one byte of the keys after another, the lowest first; bytes that all keys share are passed over. Returns where
/// the result is: `items`, or `other`, which has as much room.
template <class Item>
Item* sort_items(Item* items, Item* other, std::int64_t n) {
  using Key = typename Item::KeyType;
  if (n < shortest_for_digits<Key>) {
    std::sort(items, items + n);
    return items;
  }
  std::array<CountsOfDigit<typename Item::PlaceType>, sizeof(Key)> counts{};
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::size_t d = 0; d < sizeof(Key); ++d) ++counts[d][digit(items[i].key, d)];
  }
  for (std::size_t d = 0; d < sizeof(Key); ++d) {
    auto& ends = counts[d];
    if (static_cast<std::int64_t>(ends[digit(items[0].key, d)]) == n) continue;
    typename Item::PlaceType begin = 0;
    for (auto& end : ends) {
      const auto count = end;
      end = begin;
      begin += count;
    }
    for (std::int64_t i = 0; i < n; ++i) other[ends[digit(items[i].key, d)]++] = items[i];
    std::swap(items, other);
  }
  return items;
}

/// What would be number k after sorting. Goes through the bytes of the keys from the highest on, and keeps those that share
/// the wanted one's; `items` and `other` are overwritten.
template <class Item>
Item nth_item(Item* items, Item* other, std::int64_t n, std::int64_t k) {
  using Key = typename Item::KeyType;
  constexpr std::int64_t few = 32;
  for (std::size_t d = sizeof(Key); n > few && d-- > 0;) {
    CountsOfDigit<std::int64_t> counts{};
    for (std::int64_t i = 0; i < n; ++i) ++counts[digit(items[i].key, d)];
    std::size_t wanted = 0;
    while (k >= counts[wanted]) k -= counts[wanted++];
    if (counts[wanted] == n) continue;
    std::int64_t kept = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      other[kept] = items[i];
      kept += digit(items[i].key, d) == wanted ? 1 : 0;
    }
    n = kept;
    std::swap(items, other);
  }
  if (n > few) return items[k];  // equals, in their order
  std::nth_element(items, items + k, items + n);
  return items[k];
}

/// The k smallest of the row in order, by going through it once: for few.
template <class Item, class T, class Key>
void scan_for_first(const T* values, std::int64_t n, std::int64_t k, Key turned, Item* best) {
  constexpr std::int64_t block = 64;
  using Place = typename Item::PlaceType;
  for (std::int64_t i = 0; i < k; ++i) best[i] = {static_cast<Place>(i), key_of(values[i]) ^ turned};
  std::sort(best, best + k);
  for (std::int64_t first = k; first < n; first += block) {
    const std::int64_t length = std::min(block, n - first);
    Key keys[block];
    Key least = ~Key(0);
    for (std::int64_t j = 0; j < length; ++j) {
      keys[j] = key_of(values[first + j]) ^ turned;
      least = std::min(least, keys[j]);
    }
    if (least >= best[k - 1].key) continue;
    for (std::int64_t j = 0; j < length; ++j) {
      if (keys[j] >= best[k - 1].key) continue;
      std::int64_t at = k - 1;
      for (; at > 0 && keys[j] < best[at - 1].key; --at) best[at] = best[at - 1];
      best[at] = {static_cast<Place>(first + j), keys[j]};
    }
  }
}

/// Calls work.template operator()<Item>(row, items, other) for each row, on several threads for large ones. `items` and
/// `other` have room for a row.
template <class T, class Work>
void for_each_row(const NumberRows<T>& rows, const Work& work) {
  const auto with_items = [&]<class Item>() {
    const std::int64_t grain = std::max<std::int64_t>(1, 4096 / std::max<std::int64_t>(1, rows.length));
    parallel_for(0, rows.count, grain, [&](std::int64_t first, std::int64_t last) {
      const Buffer<Item> scratch(2 * rows.length);
      for (std::int64_t row = first; row < last; ++row) {
        work.template operator()<Item>(row, scratch.data(), scratch.data() + rows.length);
      }
    });
  };
  using Key = KeyOf<T>;
  if constexpr (sizeof(Key) == 4) {
    if (rows.length <= std::numeric_limits<std::uint32_t>::max()) {
      with_items.template operator()<Item<Key, std::uint32_t>>();
      return;
    }
  }
  with_items.template operator()<Item<Key, std::uint64_t>>();
}

template <class T, class Item>
void fill_items(const T* values, std::int64_t n, KeyOf<T> turned, Item* items) {
  for (std::int64_t i = 0; i < n; ++i) items[i] = {static_cast<typename Item::PlaceType>(i), key_of(values[i]) ^ turned};
}

template <class Item>
void write_places(const Item* items, std::int64_t n, std::int64_t* places) {
  for (std::int64_t i = 0; i < n; ++i) places[i] = static_cast<std::int64_t>(items[i].place);
}

/// What keys are combined with by exclusive or: descending order is that of their complements.
template <class T>
KeyOf<T> turned_if(bool descending) {
  return descending ? ~KeyOf<T>(0) : KeyOf<T>(0);
}

}  // namespace

template <class T>
void sort_rows(const NumberRows<T>& rows, bool descending, std::int64_t* order) {
  const std::int64_t n = rows.length;
  if (n == 0) return;
  for_each_row(rows, [&]<class Item>(std::int64_t row, Item* items, Item* other) {
    fill_items(rows.values + row * n, n, turned_if<T>(descending), items);
    write_places(sort_items(items, other, n), n, order + row * n);
  });
}

template <class T>
void select_rows(const NumberRows<T>& rows, std::int64_t k, bool descending, std::int64_t* order) {
  constexpr std::int64_t few = 32;
  const std::int64_t n = rows.length;
  if (k == 0) return;
  const KeyOf<T> turned = turned_if<T>(descending);
  for_each_row(rows, [&]<class Item>(std::int64_t row, Item* items, Item* other) {
    const T* values = rows.values + row * n;
    std::int64_t* places = order + row * k;
    if (k <= few && k < n) {
      scan_for_first(values, n, k, turned, items);
      write_places(items, k, places);
      return;
    }
    fill_items(values, n, turned, items);
    std::int64_t found = n;
    if (k < n / 2) {
      const Item last = nth_item(items, other, n, k - 1);
      fill_items(values, n, turned, other);
      found = 0;
      for (std::int64_t i = 0; found < k; ++i) {
        items[found] = other[i];
        found += last < other[i] ? 0 : 1;
      }
    }
    write_places(sort_items(items, other, found), k, places);
  });
}

template <class T>
void nth_of_rows(const NumberRows<T>& rows, const std::int64_t* k, std::int64_t* place) {
  const std::int64_t n = rows.length;
  for_each_row(rows, [&]<class Item>(std::int64_t row, Item* items, Item* other) {
    fill_items(rows.values + row * n, n, KeyOf<T>(0), items);
    place[row] = static_cast<std::int64_t>(nth_item(items, other, n, k[row]).place);
  });
}

#define XGRAD_FOR(T)                                                                  \
  template void sort_rows(const NumberRows<T>&, bool, std::int64_t*);                 \
  template void select_rows(const NumberRows<T>&, std::int64_t, bool, std::int64_t*); \
  template void nth_of_rows(const NumberRows<T>&, const std::int64_t*, std::int64_t*);
XGRAD_FOR(bool)
XGRAD_FOR(std::int64_t)
XGRAD_FOR(float)
XGRAD_FOR(double)
#undef XGRAD_FOR

}  // namespace xgrad::kernels
