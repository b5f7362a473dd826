/// The exceptions that xgrad throws. Each names the operation, what it expected and what it was given.
#pragma once

#include <stdexcept>
#include <string>

namespace xgrad {

/// Base of every exception that xgrad throws on purpose.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  /// what(): messages have no backtrace.
  const char* what_without_backtrace() const noexcept { return what(); }
  std::string msg() const { return what(); }
  const char* backtrace() const noexcept { return ""; }  ///< None is taken.
};

/// Shapes or numbers of dimensions that do not fit together.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A dtype that an operation does not take.
class TypeError : public Error {
 public:
  using Error::Error;
};

/// An index or a label outside its range.
class IndexError : public Error {
 public:
  using Error::Error;
};

/// An option or argument with a value that makes no sense.
class ValueError : public Error {
 public:
  using Error::Error;
};

/// A misuse of the graph: a second backward through a freed graph, a saved tensor that changed, a leaf changed in place.
class GraphError : public Error {
 public:
  using Error::Error;
};

/// Memory that the system does not give.
class MemoryError : public Error {
 public:
  using Error::Error;
};

/// A file that is missing, truncated, malformed or cannot be written.
class FileError : public Error {
 public:
  using Error::Error;
};

}  // namespace xgrad
