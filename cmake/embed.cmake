# lorikeet_embed(TARGET NAMESPACE FILES...): the files' texts inside the program, by the function that
# src/TARGET/web.hpp declares. Made when one of them changes, by cmake alone.
if(CMAKE_SCRIPT_MODE_FILE)
  set(cases "")
  foreach(path IN LISTS FILES)
    file(READ "${path}" text)
    get_filename_component(name "${path}" NAME)
    string(APPEND cases "    if (name == \"${name}\") return R\"lorikeet(${text})lorikeet\";\n")
  endforeach()
  file(WRITE "${OUT}.new" "#include \"${FLOOR}/web.hpp\"\n
#include \"base/error.hpp\"\n
namespace lorikeet::${FLOOR} {\n
std::string_view web_file(std::string_view name) {
${cases}    base::fail(base::ErrorCode::Internal, \"a file that was not built in was asked for\");
}\n
}  // namespace lorikeet::${FLOOR}\n")
  file(RENAME "${OUT}.new" "${OUT}")
  return()
endif()

function(lorikeet_embed floor)
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${floor}/web/*")
  set(out "${CMAKE_BINARY_DIR}/made/${floor}_web.cpp")
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/made")
  add_custom_command(
    OUTPUT "${out}"
    COMMAND "${CMAKE_COMMAND}" "-DFILES=${files}" "-DOUT=${out}" "-DFLOOR=${floor}" -P "${CMAKE_SOURCE_DIR}/cmake/embed.cmake"
    DEPENDS ${files} "${CMAKE_SOURCE_DIR}/cmake/embed.cmake"
    COMMENT "Embedding src/${floor}/web"
    VERBATIM)
  target_sources(lorikeet_${floor} PRIVATE "${out}")
endfunction()
