# Writes the files that the service sends as arrays of C.
#   cmake -D OUT=live_page.c -D "SCRIPTS=a.js;b.js" -D OPENAPI=openapi.json -P embed.cmake
# The policy of the page allows its style and its program, and requests to the service itself.
set(here ${CMAKE_CURRENT_LIST_DIR})
include(${here}/../embed.cmake)

file(READ ${here}/../report/page/page.css style)
file(READ ${here}/page/live.css own_style)
string(APPEND style "${own_style}")
set(program "'use strict';\n")
foreach(script ${SCRIPTS})
  file(READ ${here}/page/${script} text)
  string(APPEND program "${text}")
endforeach()
if("${program}${style}" MATCHES "</(script|style)")
  message(FATAL_ERROR "a source of the page ends its own element")
endif()
policy_digest("${style}" style_digest)
policy_digest("${program}" program_digest)
file(READ ${here}/page/page.html page)
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "@PROGRAM@" "${program}" page "${page}")
file(READ ${OPENAPI} openapi)
bytes_of("${page}" page)
bytes_of("${openapi}" openapi)
file(WRITE ${OUT} "#include \"serve/live_page.h\"
const unsigned char live_page[] = {\n${page}\n};
const size_t live_page_size = sizeof live_page;
const unsigned char openapi_file[] = {\n${openapi}\n};
const size_t openapi_file_size = sizeof openapi_file;
const char live_page_policy[] =
    \"default-src 'none'; connect-src 'self'; style-src '${style_digest}'; script-src '${program_digest}'; \"
    \"base-uri 'none'; form-action 'none'; frame-ancestors 'none'\";
")
