#pragma once
#include <simdjson.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace espjson {

/// A file in memory, followed by the readable bytes that simdjson wants behind its input.
class Mapping {
public:
  Mapping() = default;
  Mapping(const Mapping &) = delete;
  Mapping &operator=(const Mapping &) = delete;
  ~Mapping() {
    if (start_ != nullptr) munmap(start_, reserved_);
  }

  /// 0, or errno.
  int open(const char *path) {
    int descriptor = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return errno;
    int code = map(descriptor);
    close(descriptor);
    return code;
  }

  const char *data() const { return start_; }
  size_t size() const { return size_; }
  /// The text, without a byte order mark.
  simdjson::padded_string_view view() const {
    size_t mark = size_ >= 3 && std::memcmp(start_, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    return simdjson::padded_string_view(start_ + mark, size_ - mark, reserved_ - mark);
  }
  /// The encoding that a mark of another one, or a zero byte beside the first ASCII letter, tells of; nullptr for UTF-8.
  const char *foreign() const {
    if (size_ < 2) return nullptr;
    auto at = [&](size_t place) { return place < size_ ? static_cast<unsigned char>(start_[place]) : 0xAA; };
    bool is_wide = at(2) == 0 && (at(3) == 0 || (at(0) == 0 && at(1) == 0));
    bool is_marked = (at(0) == 0xFF && at(1) == 0xFE) || (at(0) == 0xFE && at(1) == 0xFF);
    if (at(0) == 0 && at(1) == 0) return "UTF-32";
    if (is_marked || at(0) == 0 || at(1) == 0) return is_wide ? "UTF-32" : "UTF-16";
    return nullptr;
  }

private:
  int map(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return errno;
    if (S_ISDIR(status.st_mode)) return EISDIR;
    if (!S_ISREG(status.st_mode)) return EINVAL;
    size_ = size_t(status.st_size);
    reserved_ = size_ + simdjson::SIMDJSON_PADDING;
    // Room for the padding first; the file then lies over its beginning.
    void *room = mmap(nullptr, reserved_, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) return errno;
    start_ = static_cast<char *>(room);
    if (size_ == 0) return 0;
    void *file = mmap(room, size_, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, descriptor, 0);
    return file == MAP_FAILED ? errno : 0;
  }

  char *start_ = nullptr;
  size_t size_ = 0, reserved_ = 0;
};

}  // namespace espjson
