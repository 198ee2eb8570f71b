# find_package(Espalier): the headers as Espalier::plugin, and espalier_plugin(NAME) for a library that exports its entry alone.
get_filename_component(_espalier_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(Espalier_INCLUDE_DIR "${_espalier_prefix}/include/espalier")
set(Espalier_EXPORTS "${_espalier_prefix}/share/espalier/templates/c/exports.map")
set(Espalier_EXECUTABLE "${_espalier_prefix}/bin/espalier")
if(NOT TARGET Espalier::plugin)
  add_library(Espalier::plugin INTERFACE IMPORTED)
  set_target_properties(Espalier::plugin PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${Espalier_INCLUDE_DIR}")
endif()

# espalier_plugin(NAME SOURCE...): a shared library with one exported symbol.
function(espalier_plugin name)
  add_library(${name} SHARED ${ARGN})
  target_link_libraries(${name} PRIVATE Espalier::plugin)
  set_target_properties(${name} PROPERTIES C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden)
  target_link_options(${name} PRIVATE "LINKER:--version-script=${Espalier_EXPORTS}")
endfunction()
