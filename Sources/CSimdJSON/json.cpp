#include "reader.hpp"

#include <exception>
#include <memory>

#define ESPJSON_TEXT_OF(value) #value
#define ESPJSON_TEXT(value) ESPJSON_TEXT_OF(value)
#define ESPJSON_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

void describe(espjson_failure *failure, const std::string &message) {
  size_t count = std::min(message.size(), sizeof(failure->message) - 1);
  std::memcpy(failure->message, message.data(), count);
  failure->message[count] = 0;
}

/// Every entry passes here: what is thrown becomes a failure.
espjson_coco *read(const char *path, espjson_failure *failure, void (espjson::Reader::*body)()) {
  *failure = {};
  std::unique_ptr<espjson::Contents> contents;
  try {
    contents = std::make_unique<espjson::Contents>();
    failure->system = contents->file.open(path);
    if (failure->system != 0) return nullptr;
    espjson::Reader reader(*contents);
    (reader.*body)();
    espjson_coco &view = contents->view;
    view.rows = contents->rows.data();
    view.row_count = contents->rows.size();
    view.images = contents->images.data();
    view.image_count = contents->images.size();
    view.categories = contents->categories.data();
    view.category_count = contents->categories.size();
    view.ids = contents->ids.data();
    view.id_count = contents->ids.size();
    view.names = contents->names.data();
    view.names_size = contents->names.size();
    view.owner = contents.get();
    return &contents.release()->view;
  } catch (const espjson::Fault &fault) {
    const char *start = contents->file.data();
    size_t size = contents->file.size();
    const char *place = fault.place == nullptr ? start + size : std::clamp(fault.place, start, start + size);
    failure->offset = uint64_t(place - start);
    failure->line = 1 + uint64_t(std::count(start, place, '\n'));
    describe(failure, fault.message);
  } catch (const std::exception &error) {
    describe(failure, error.what());
  } catch (...) {
    describe(failure, "an unknown failure in simdjson");
  }
  return nullptr;
}

}  // namespace

ESPJSON_EXPORT const char *espjson_version(void) { return ESPJSON_TEXT(SIMDJSON_VERSION); }

ESPJSON_EXPORT espjson_coco *espjson_read_annotations(const char *path, espjson_failure *failure) {
  return read(path, failure, &espjson::Reader::annotations);
}

ESPJSON_EXPORT espjson_coco *espjson_read_results(const char *path, espjson_failure *failure) {
  return read(path, failure, &espjson::Reader::results);
}

ESPJSON_EXPORT uint64_t espjson_line_ends(const espjson_coco *file, uint64_t from, uint64_t to) {
  const espjson::Mapping &mapping = static_cast<espjson::Contents *>(file->owner)->file;
  to = std::min<uint64_t>(to, mapping.size());
  if (from >= to) return 0;
  return uint64_t(std::count(mapping.data() + from, mapping.data() + to, '\n'));
}

ESPJSON_EXPORT void espjson_free(espjson_coco *file) {
  if (file != nullptr) delete static_cast<espjson::Contents *>(file->owner);
}
