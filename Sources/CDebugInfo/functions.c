#include "espalier_debuginfo.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdio.h>
#include <string.h>

/* The type of a DIE with what only renames or qualifies it taken off. */
static int resolved(Dwarf_Die *die, Dwarf_Die *type, uint8_t *is_const) {
  Dwarf_Attribute attribute;
  if (!dwarf_attr_integrate(die, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, type)) return 0;
  /* A chain that does not end is no type. */
  for (int depth = 0; depth < 64; ++depth) {
    int tag = dwarf_tag(type);
    if (tag == DW_TAG_const_type && is_const) *is_const = 1;
    if (tag != DW_TAG_typedef && tag != DW_TAG_const_type && tag != DW_TAG_volatile_type && tag != DW_TAG_restrict_type &&
        tag != DW_TAG_atomic_type)
      return 1;
    Dwarf_Die inner;
    if (!dwarf_attr_integrate(type, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, &inner)) return 0;
    *type = inner;
  }
  return 0;
}

static void scalar(Dwarf_Die *type, esp_debug_type *out) {
  out->kind = ESP_DEBUG_OTHER;
  Dwarf_Word size = 0;
  if (dwarf_aggregate_size(type, &size) != 0 || size > 16) return;
  out->size = (uint8_t)size;
  if (dwarf_tag(type) == DW_TAG_enumeration_type) {
    out->kind = ESP_DEBUG_SIGNED;
    return;
  }
  Dwarf_Attribute attribute;
  Dwarf_Word encoding = 0;
  if (dwarf_tag(type) != DW_TAG_base_type || !dwarf_attr_integrate(type, DW_AT_encoding, &attribute) ||
      dwarf_formudata(&attribute, &encoding) != 0)
    return;
  switch (encoding) {
    case DW_ATE_signed:
    case DW_ATE_signed_char: out->kind = ESP_DEBUG_SIGNED; break;
    case DW_ATE_unsigned:
    case DW_ATE_unsigned_char:
    case DW_ATE_boolean: out->kind = ESP_DEBUG_UNSIGNED; break;
    case DW_ATE_float: out->kind = ESP_DEBUG_FLOAT; break;
    default: break;
  }
}

/* A DIE's type; without one it is void. */
static void describe(Dwarf_Die *die, esp_debug_type *out) {
  memset(out, 0, sizeof *out);
  Dwarf_Die type;
  if (!dwarf_hasattr_integrate(die, DW_AT_type)) return;
  if (!resolved(die, &type, NULL)) {
    out->kind = ESP_DEBUG_OTHER;
    return;
  }
  if (dwarf_tag(&type) != DW_TAG_pointer_type) {
    scalar(&type, out);
    return;
  }
  out->is_pointer = 1;
  Dwarf_Die target;
  if (!dwarf_hasattr_integrate(&type, DW_AT_type)) return; /* void * */
  if (resolved(&type, &target, &out->is_const))
    scalar(&target, out);
  else if (!out->is_const)
    out->kind = ESP_DEBUG_OTHER; /* const void * resolves to nothing, and points at void */
}

static void copy(char *to, size_t capacity, const char *from) { snprintf(to, capacity, "%s", from ? from : ""); }

static int read_function(Dwarf_Die *die, esp_debug_function *out) {
  memset(out, 0, sizeof *out);
  bool external = false;
  Dwarf_Attribute attribute;
  if (!dwarf_attr_integrate(die, DW_AT_external, &attribute) || dwarf_formflag(&attribute, &external) != 0 || !external) return 0;
  if (dwarf_hasattr_integrate(die, DW_AT_declaration) || !dwarf_hasattr(die, DW_AT_low_pc)) return 0;
  /* C++ and Swift name a symbol apart from the function. */
  const char *name = dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute) ? dwarf_formstring(&attribute) : dwarf_diename(die);
  if (!name) return 0;
  copy(out->name, sizeof out->name, name);
  out->has_prototype = dwarf_hasattr_integrate(die, DW_AT_prototyped) ? 1 : 0;
  describe(die, &out->result);
  Dwarf_Die child;
  if (dwarf_child(die, &child) != 0) return 1;
  do {
    int tag = dwarf_tag(&child);
    if (tag == DW_TAG_unspecified_parameters) out->is_variadic = 1;
    if (tag != DW_TAG_formal_parameter) continue;
    if (out->n_parameters < ESP_DEBUG_PARAMETERS) {
      esp_debug_parameter *parameter = &out->parameters[out->n_parameters];
      copy(parameter->name, sizeof parameter->name, dwarf_diename(&child));
      describe(&child, &parameter->type);
    }
    out->n_parameters += 1;
  } while (dwarf_siblingof(&child, &child) == 0);
  return 1;
}

/* The functions of a unit or namespace; 0 where the callback wants no more. */
static int walk(Dwarf_Die *parent, int depth, int (*tell)(const esp_debug_function *, void *), void *context) {
  Dwarf_Die child;
  if (depth > 16 || dwarf_child(parent, &child) != 0) return 1;
  do {
    esp_debug_function function;
    int tag = dwarf_tag(&child);
    if (tag == DW_TAG_namespace && !walk(&child, depth + 1, tell, context)) return 0;
    if (tag == DW_TAG_subprogram && read_function(&child, &function) && !tell(&function, context)) return 0;
  } while (dwarf_siblingof(&child, &child) == 0);
  return 1;
}

int esp_debug_functions(const void *bytes, size_t size, int (*tell)(const esp_debug_function *, void *), void *context) {
  if (elf_version(EV_CURRENT) == EV_NONE) return 0;
  /* It reads only: it is opened for reading, and nothing is written back. */
  Elf *elf = elf_memory((char *)(uintptr_t)bytes, size);
  if (!elf) return 0;
  Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
  int found = 0;
  if (dwarf) {
    Dwarf_CU *unit = NULL;
    Dwarf_Die top;
    uint8_t kind;
    int wants_more = 1;
    while (wants_more && dwarf_get_units(dwarf, unit, &unit, NULL, &kind, &top, NULL) == 0) {
      found = 1;
      wants_more = walk(&top, 0, tell, context);
    }
    dwarf_end(dwarf);
  }
  elf_end(elf);
  return found;
}
