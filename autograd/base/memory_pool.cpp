#include "autograd/base/memory_pool.h"

#include <oneapi/tbb/scalable_allocator.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include "autograd/base/check.h"

namespace xgrad {

namespace {

constexpr std::size_t alignment = 64;

std::size_t rounded_up(std::size_t bytes) { return std::max(alignment, (bytes + alignment - 1) / alignment * alignment); }

// Sanitizers watch only the memory that comes from the system's allocator.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool pools = false;
void* system_allocate(std::size_t bytes) { return std::aligned_alloc(alignment, bytes); }
void system_free(void* memory) noexcept { std::free(memory); }
#else
constexpr bool pools = true;
/// What spans huge pages asks for them: the columns of a matrix lie on many small ones.
void* system_allocate(std::size_t bytes) {
#ifdef MADV_HUGEPAGE
  constexpr std::size_t huge_page = std::size_t{2} << 20;
  if (bytes >= huge_page) {
    void* memory = scalable_aligned_malloc(bytes, huge_page);
    if (memory != nullptr) madvise(memory, bytes / huge_page * huge_page, MADV_HUGEPAGE);
    return memory;
  }
#endif
  return scalable_aligned_malloc(bytes, alignment);
}
void system_free(void* memory) noexcept { scalable_aligned_free(memory); }
#endif

/// Freed small blocks of one thread: a list for each size.
class SmallBlocks {
 public:
  static constexpr std::size_t largest = 1024;

  void release() noexcept {
    for (List& list : lists_) {
      while (list.first != nullptr) system_free(list.pop());
    }
  }

  /// A block of at least so many bytes, at most `largest`, or nullptr.
  void* take(std::size_t bytes) {
    List& list = list_of(bytes);
    return list.first != nullptr ? list.pop() : nullptr;
  }
  bool keep(void* memory, std::size_t bytes) noexcept {
    List& list = list_of(bytes);
    if (list.length == longest_list) return false;
    list.push(memory);
    return true;
  }

 private:
  static constexpr std::size_t longest_list = 1024;
  struct Link {
    Link* next;
  };
  struct List {
    void push(void* memory) noexcept {
      first = new (memory) Link{first};
      ++length;
    }
    void* pop() noexcept {
      Link* link = first;
      first = link->next;
      --length;
      return link;
    }
    Link* first = nullptr;
    std::size_t length = 0;
  };
  List& list_of(std::size_t bytes) { return lists_[(bytes + alignment - 1) / alignment]; }

  /// The first one is of blocks of no bytes, which have room for a link.
  std::array<List, largest / alignment + 1> lists_{};
};

/// The lists of a thread, and whether it may still use them: objects may be freed after the thread's cleanup. Without
/// constructor and destructor, and in the static block of thread-local memory, they cost nothing to find.
enum class ThreadState : unsigned char { unknown, running, ended };
[[gnu::tls_model("initial-exec")]] constinit thread_local ThreadState thread_state = ThreadState::unknown;
[[gnu::tls_model("initial-exec")]] constinit thread_local SmallBlocks small_blocks;

struct ThreadCleanup {
  ~ThreadCleanup() {
    thread_state = ThreadState::ended;
    small_blocks.release();
  }
};

[[gnu::noinline]] void begin_thread() {
  [[maybe_unused]] static thread_local const ThreadCleanup cleanup;
  thread_state = ThreadState::running;
}

bool may_use_lists() {
  if (thread_state == ThreadState::running) [[likely]]
    return true;
  if (thread_state == ThreadState::ended) return false;
  begin_thread();
  return true;
}

/// Freed large blocks of all threads, oldest first.
class LargeBlocks {
 public:
  static constexpr std::size_t smallest = std::size_t{32} << 10;

  /// A block of this size class, the one freed last.
  void* take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = blocks_.size(); i-- > 0;) {
      if (blocks_[i].bytes != bytes) continue;
      void* memory = blocks_[i].memory;
      total_ -= bytes;
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(i));
      return memory;
    }
    return nullptr;
  }

  void keep(void* memory, std::size_t bytes) noexcept {
    const std::lock_guard lock(mutex_);
    if (bytes > limit || blocks_.size() == blocks_.capacity()) {
      system_free(memory);
      return;
    }
    blocks_.push_back({memory, bytes});
    total_ += bytes;
    std::size_t dropped = 0;
    for (; total_ > limit; ++dropped) {
      total_ -= blocks_[dropped].bytes;
      system_free(blocks_[dropped].memory);
    }
    blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(dropped));
  }

  /// Sizes are rounded up to one of eight steps between powers of two, so that lengths that vary find blocks again.
  static std::size_t size_class(std::size_t bytes) {
    std::size_t step = smallest / 8;
    while (step * 16 < bytes) step *= 2;
    return (bytes + step - 1) / step * step;
  }

 private:
  static constexpr std::size_t limit = std::size_t{512} << 20;
  struct Block {
    void* memory;
    std::size_t bytes;
  };

  std::mutex mutex_;
  std::vector<Block> blocks_ = [] {
    std::vector<Block> blocks;
    blocks.reserve(limit / smallest);  // keep() must not throw
    return blocks;
  }();
  std::size_t total_ = 0;
};

LargeBlocks& large_blocks() {
  static LargeBlocks& blocks = *new LargeBlocks;  // never destroyed: static tensors may be freed after it
  return blocks;
}

/// What the lists do not have: apart, so that taking from them costs a few instructions.
/// @{
[[gnu::noinline]] void* allocate_block(std::size_t bytes) {
  check<MemoryError>(bytes <= std::numeric_limits<std::size_t>::max() / 2, "not enough memory: there are no {} bytes",
                     bytes);
  std::size_t size = rounded_up(bytes);
  void* memory = nullptr;
  if (pools && size >= LargeBlocks::smallest) {
    size = LargeBlocks::size_class(size);
    memory = large_blocks().take(size);
  }
  if (memory == nullptr) memory = system_allocate(size);
  check<MemoryError>(memory != nullptr, "not enough memory: the system gives no {} bytes", size);
  return memory;
}

[[gnu::noinline]] void free_block(void* memory, std::size_t bytes) noexcept {
  const std::size_t size = rounded_up(bytes);
  if (pools && size >= LargeBlocks::smallest) large_blocks().keep(memory, LargeBlocks::size_class(size));
  else system_free(memory);
}
/// @}

}  // namespace

void* pool_allocate(std::size_t bytes) {
  if (pools && bytes <= SmallBlocks::largest && may_use_lists()) [[likely]] {
    if (void* memory = small_blocks.take(bytes)) return memory;
  }
  return allocate_block(bytes);
}

void pool_free(void* memory, std::size_t bytes) noexcept {
  if (pools && bytes <= SmallBlocks::largest && may_use_lists()) [[likely]] {
    if (small_blocks.keep(memory, bytes)) return;
  }
  free_block(memory, bytes);
}

}  // namespace xgrad
