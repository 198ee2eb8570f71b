#pragma once
#include "CSimdJSON.h"
#include "mapping.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace espjson {

namespace ondemand = simdjson::ondemand;

/// Why reading stopped.
struct Fault {
  std::string message;
  /// Where; nullptr for the end of the file.
  const char *place;
};

/// Everything that a file gave, and the file itself.
struct Contents {
  espjson_coco view{};
  Mapping file;
  std::vector<espjson_row> rows;
  std::vector<espjson_named> images, categories;
  std::string names;
  /// Ids that are no whole numbers of 64 bits, once each, and their places in the list.
  std::vector<espjson_text> ids;
  std::unordered_map<std::string, int64_t> places;
};

/// Reads one document into Contents; throws Fault.
class Reader {
public:
  explicit Reader(Contents &contents) : contents_(contents) {}
  void annotations();
  void results();

private:
  void begin();
  void end();
  void rows(ondemand::array list);
  void named(ondemand::array list, std::vector<espjson_named> &into, const char *name);
  espjson_row row(ondemand::object object, const char *place);
  void box(ondemand::value value, espjson_row &row);
  /// False where the value is no number that can be used; the bit is set then.
  bool number(ondemand::value &value, double &into);
  bool whole(ondemand::value &value, int64_t &into);
  /// An id: a whole number of 64 bits, or the place of another in Contents::ids, whose bit is then set in `other`.
  bool identity(ondemand::value &value, uint32_t bit, int64_t &into, uint32_t &other);
  void check(simdjson::error_code code);
  [[noreturn]] void fail(const std::string &message);
  const char *place();

  template <typename T> T get(simdjson::simdjson_result<T> &&result) {
    T value;
    check(std::move(result).get(value));
    return value;
  }

  Contents &contents_;
  ondemand::parser parser_{std::numeric_limits<uint32_t>::max()};
  ondemand::document document_;
};

/// The first byte that is no UTF-8, or nullptr.
const char *broken_text(const char *start, size_t size);

}  // namespace espjson
