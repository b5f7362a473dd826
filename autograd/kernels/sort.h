/// The order of numbers in plain memory, row by row. Equals keep their order, NaN is the largest number, -0 equals 0.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// `count` rows of `length` numbers, one after the other.
template <class T>
struct NumberRows {
  const T* values;
  std::int64_t count;
  std::int64_t length;
};

/// The places 0 ... length - 1 of each row in the order of its numbers.
template <class T>
void sort_rows(const NumberRows<T>& rows, bool descending, std::int64_t* order);

/// The first k of them.
template <class T>
void select_rows(const NumberRows<T>& rows, std::int64_t k, bool descending, std::int64_t* order);

/// The place of number k[row] in each row's ascending order, counted from 0.
template <class T>
void nth_of_rows(const NumberRows<T>& rows, const std::int64_t* k, std::int64_t* place);

}  // namespace xgrad::kernels
