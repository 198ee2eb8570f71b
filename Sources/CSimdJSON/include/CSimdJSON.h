// JSON by simdjson, for annotation files of hundreds of megabytes. Plain C; nothing throws across it.
#ifndef ESPALIER_CSIMDJSON_H
#define ESPALIER_CSIMDJSON_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// The simdjson that was built against, as text.
const char *_Nonnull espjson_version(void);

/// Members of a row that were found, or that were found and cannot be used.
enum {
  ESPJSON_ID = 1,
  ESPJSON_IMAGE = 2,
  ESPJSON_CATEGORY = 4,
  ESPJSON_BOX = 8,
  ESPJSON_AREA = 16,
  ESPJSON_SCORE = 32,
  ESPJSON_CROWD = 64,
  ESPJSON_NAME = 128,
  ESPJSON_WIDTH = 256,
  ESPJSON_HEIGHT = 512
};

/// Lists of an annotation file that were found.
enum { ESPJSON_IMAGES = 1, ESPJSON_ANNOTATIONS = 2, ESPJSON_CATEGORIES = 4 };

/// One object of `annotations`, or of a list of results.
typedef struct {
  int64_t id, image, category;
  double x, y, width, height, area, score;
  /// Where the object begins in the file.
  uint64_t offset;
  /// ESPJSON_ bits: members that are there and usable; there and not usable; ids that are places in espjson_coco.ids.
  uint32_t has, wrong, other;
  int32_t crowd;
} espjson_row;

/// One object of `images` or `categories`.
typedef struct {
  int64_t id, width, height;
  /// `file_name` or `name`, in espjson_coco.names.
  uint64_t name, name_size;
  uint64_t offset;
  uint32_t has, wrong, other;
} espjson_named;

/// A text in espjson_coco.names.
typedef struct {
  uint64_t start, size;
} espjson_text;

/// What a file holds. Freed by espjson_free, with all that it points to.
typedef struct {
  const espjson_row *_Nullable rows;
  size_t row_count;
  const espjson_named *_Nullable images;
  size_t image_count;
  const espjson_named *_Nullable categories;
  size_t category_count;
  /// Ids that are no whole numbers of 64 bits, once each: a text behind a quotation mark, or a number by its digits.
  const espjson_text *_Nullable ids;
  size_t id_count;
  const char *_Nullable names;
  size_t names_size;
  /// ESPJSON_IMAGES, _ANNOTATIONS, _CATEGORIES: the lists that are there.
  uint32_t lists;
  void *_Nullable owner;
} espjson_coco;

/// Why a file cannot be read.
typedef struct {
  /// errno where the file cannot be opened or mapped, else 0.
  int32_t system;
  /// The byte at fault, from 0.
  uint64_t offset;
  /// Its line, from 1; 0 where there is no place to name.
  uint64_t line;
  char message[160];
} espjson_failure;

/// Reads `images`, `annotations` and `categories` of an annotation file; NULL with a failure.
espjson_coco *_Nullable espjson_read_annotations(const char *_Nonnull path, espjson_failure *_Nonnull failure);
/// Reads a list of results as rows; NULL with a failure.
espjson_coco *_Nullable espjson_read_results(const char *_Nonnull path, espjson_failure *_Nonnull failure);
/// The number of line ends between two places of the file that was read.
uint64_t espjson_line_ends(const espjson_coco *_Nonnull file, uint64_t from, uint64_t to);
void espjson_free(espjson_coco *_Nullable file);

#ifdef __cplusplus
}
#endif
#endif
