#include "reader.hpp"

namespace espjson {

void Reader::begin() {
  if (const char *encoding = contents_.file.foreign())
    throw Fault{std::string("the text is ") + encoding + "; save it as UTF-8", contents_.file.data()};
  simdjson::error_code code = parser_.iterate(contents_.file.view()).get(document_);
  const char *start = contents_.file.data();
  if (code == simdjson::UTF8_ERROR)
    throw Fault{"the text is not UTF-8", broken_text(start, contents_.file.size())};
  if (code == simdjson::EMPTY) throw Fault{"the file is empty", start};
  if (code == simdjson::UNCLOSED_STRING)
    throw Fault{"a text is not closed by a quotation mark; is the file cut short?", nullptr};
  if (code == simdjson::CAPACITY) throw Fault{"the file is larger than 4 GB", start};
  if (code) throw Fault{simdjson::error_message(code), nullptr};
}

void Reader::end() {
  // At the end there is no current token.
  if (place() != nullptr) fail("there is more behind the end of the document");
}

const char *Reader::place() {
  const char *found;
  return document_.current_location().get(found) ? nullptr : found;
}

void Reader::fail(const std::string &message) { throw Fault{message, place()}; }

void Reader::check(simdjson::error_code code) {
  if (!code) return;
  if (code == simdjson::INCOMPLETE_ARRAY_OR_OBJECT)
    throw Fault{"the outer list or object is not closed, or more follows behind it; is the file cut short?", nullptr};
  fail(simdjson::error_message(code));
}

void Reader::annotations() {
  begin();
  ondemand::json_type type = get(document_.type());
  if (type != ondemand::json_type::object)
    fail("annotations are an object with 'images', 'annotations' and 'categories'; this begins otherwise");
  ondemand::object root = get(document_.get_object());
  for (auto item : root) {
    ondemand::field field = get(std::move(item));
    ondemand::raw_json_string key = field.key();
    bool is_rows = key == "annotations", is_images = key == "images", is_categories = key == "categories";
    if (!is_rows && !is_images && !is_categories) continue;
    ondemand::value value = field.value();
    if (get(value.type()) != ondemand::json_type::array)
      fail(std::string("'") + (is_rows ? "annotations" : is_images ? "images" : "categories") + "' is not a list");
    ondemand::array list = get(value.get_array());
    if (is_rows) rows(list);
    if (is_images) named(list, contents_.images, "file_name");
    if (is_categories) named(list, contents_.categories, "name");
    contents_.view.lists |= is_rows ? ESPJSON_ANNOTATIONS : is_images ? ESPJSON_IMAGES : ESPJSON_CATEGORIES;
  }
  end();
}

void Reader::results() {
  begin();
  ondemand::json_type type = get(document_.type());
  if (type != ondemand::json_type::array)
    fail("results are a list of objects with 'image_id', 'category_id', 'bbox' and 'score'; this begins otherwise");
  rows(get(document_.get_array()));
  end();
}

void Reader::rows(ondemand::array list) {
  contents_.rows.reserve(contents_.file.size() / 80 + 16);
  for (auto item : list) {
    ondemand::value value = get(std::move(item));
    const char *start = place();
    if (get(value.type()) != ondemand::json_type::object) fail("an object was expected here");
    contents_.rows.push_back(row(get(value.get_object()), start));
  }
}

espjson_row Reader::row(ondemand::object object, const char *start) {
  espjson_row row{};
  row.offset = start ? uint64_t(start - contents_.file.data()) : 0;
  auto note = [&](uint32_t bit, bool usable) { (usable ? row.has : row.wrong) |= bit; };
  for (auto item : object) {
    ondemand::field field = get(std::move(item));
    ondemand::raw_json_string key = field.key();
    ondemand::value &value = field.value();
    // The first letter sorts most members out.
    switch (key.raw()[0]) {
      case 'i':
        if (key == "image_id") note(ESPJSON_IMAGE, identity(value, ESPJSON_IMAGE, row.image, row.other));
        else if (key == "id") note(ESPJSON_ID, identity(value, ESPJSON_ID, row.id, row.other));
        else if (key == "iscrowd") {
          int64_t crowd = 0;
          bool is_true = false, is_bool = value.get_bool().get(is_true) == simdjson::SUCCESS;
          note(ESPJSON_CROWD, is_bool || whole(value, crowd));
          row.crowd = is_true || crowd != 0;
        }
        break;
      case 'c':
        if (key == "category_id")
          note(ESPJSON_CATEGORY, identity(value, ESPJSON_CATEGORY, row.category, row.other));
        break;
      case 'b':
        if (key == "bbox") box(value, row);
        break;
      case 'a':
        if (key == "area") note(ESPJSON_AREA, number(value, row.area));
        break;
      case 's':
        if (key == "score") note(ESPJSON_SCORE, number(value, row.score));
        break;
    }
  }
  return row;
}

void Reader::box(ondemand::value value, espjson_row &row) {
  double sides[4] = {0, 0, 0, 0};
  size_t count = 0;
  bool usable = get(value.type()) == ondemand::json_type::array;
  if (usable) {
    ondemand::array list = get(value.get_array());
    for (auto item : list) {
      ondemand::value side = get(std::move(item));
      double one = 0;
      usable = number(side, one) && usable;
      if (count < 4) sides[count] = one;
      ++count;
    }
  }
  usable = usable && count == 4;
  (usable ? row.has : row.wrong) |= ESPJSON_BOX;
  row.x = sides[0];
  row.y = sides[1];
  row.width = sides[2];
  row.height = sides[3];
}

bool Reader::number(ondemand::value &value, double &into) {
  if (value.get_double().get(into) == simdjson::SUCCESS) return true;
  std::string_view token = value.raw_json_token();
  // What Python writes for numbers that JSON does not have.
  if (token.substr(0, 3) == "NaN") return into = std::nan(""), true;
  if (token.substr(0, 8) == "Infinity" || token.substr(0, 9) == "-Infinity")
    return into = token[0] == '-' ? -INFINITY : INFINITY, true;
  ondemand::json_type type = get(value.type());
  if (type == ondemand::json_type::number) fail("this is not a number as JSON writes it");
  return false;
}

bool Reader::whole(ondemand::value &value, int64_t &into) {
  if (value.get_int64().get(into) == simdjson::SUCCESS) return true;
  double number = 0;
  if (!this->number(value, number) || !(std::fabs(number) < 9e15) || number != std::floor(number))
    return false;
  into = int64_t(number);
  return true;
}

bool Reader::identity(ondemand::value &value, uint32_t bit, int64_t &into, uint32_t &other) {
  if (value.get_int64().get(into) == simdjson::SUCCESS) return true;
  std::string_view token = value.raw_json_token();
  std::string id;
  if (token[0] == '"') {
    std::string_view text;
    if (value.get_string().get(text)) return false;
    id = '"';
    id += text;
  } else {
    double number = 0;
    if (!this->number(value, number) || !std::isfinite(number)) return false;
    size_t end = token.find_first_not_of("-0123456789");
    bool is_digits = end == std::string_view::npos || !std::strchr(".eE", token[end]);
    if (!is_digits && number == std::floor(number) && number >= -0x1p63 && number < 0x1p63)
      return into = int64_t(number), true;
    if (is_digits) {
      id = token.substr(0, end);
    } else {
      // Whole numbers by all of their digits, as the same number without a point has them.
      char digits[400];
      std::snprintf(digits, sizeof digits, number == std::floor(number) ? "%.0f" : "%.17g", number);
      id = digits;
    }
  }
  other |= bit;
  auto found = contents_.places.try_emplace(id, int64_t(contents_.ids.size()));
  into = found.first->second;
  if (found.second) {
    contents_.ids.push_back({contents_.names.size(), id.size()});
    contents_.names.append(id);
  }
  return true;
}

void Reader::named(ondemand::array list, std::vector<espjson_named> &into, const char *name) {
  for (auto item : list) {
    ondemand::value element = get(std::move(item));
    espjson_named entry{};
    const char *start = place();
    entry.offset = start ? uint64_t(start - contents_.file.data()) : 0;
    if (get(element.type()) != ondemand::json_type::object) fail("an object was expected here");
    ondemand::object object = get(element.get_object());
    auto note = [&](uint32_t bit, bool usable) { (usable ? entry.has : entry.wrong) |= bit; };
    for (auto part : object) {
      ondemand::field field = get(std::move(part));
      ondemand::raw_json_string key = field.key();
      ondemand::value &value = field.value();
      if (key == "id") note(ESPJSON_ID, identity(value, ESPJSON_ID, entry.id, entry.other));
      else if (key == "width") note(ESPJSON_WIDTH, whole(value, entry.width));
      else if (key == "height") note(ESPJSON_HEIGHT, whole(value, entry.height));
      else if (key == name) {
        std::string_view text;
        bool usable = value.get_string().get(text) == simdjson::SUCCESS;
        note(ESPJSON_NAME, usable);
        entry.name = contents_.names.size();
        entry.name_size = text.size();
        contents_.names.append(text);
      }
    }
    into.push_back(entry);
  }
}

const char *broken_text(const char *start, size_t size) {
  // Lines and bytes of ASCII end no character early, so a block that breaks holds the place.
  auto bytes = reinterpret_cast<const unsigned char *>(start);
  size_t at = 0;
  while (at < size) {
    unsigned char lead = bytes[at];
    size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : (lead & 0xF0) == 0xE0 ? 3
      : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
    if (length == 0 || at + length > size || !simdjson::validate_utf8(start + at, length)) return start + at;
    at += length;
    while (at + 4096 <= size && bytes[at + 4095] < 0x80 && simdjson::validate_utf8(start + at, 4096)) at += 4096;
  }
  return nullptr;
}

}  // namespace espjson
