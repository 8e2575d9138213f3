# The page's fixed parts as C: page.html with style and program put in, cut where the data go.
# usage: cmake -D OUT=html_parts.c -D "SCRIPTS=a.js;b.js" -P parts.cmake
set(here ${CMAKE_CURRENT_LIST_DIR})

include(${here}/../../embed.cmake)

file(READ ${here}/page.css style)
set(program "'use strict';\n")
foreach(script ${SCRIPTS})
  file(READ ${here}/${script} text)
  string(APPEND program "${text}")
endforeach()
if("${program}${style}" MATCHES "</(script|style)")
  message(FATAL_ERROR "a source of the page ends its own element")
endif()
policy_digest("${program}" program_digest)
policy_digest("${style}" style_digest)

file(READ ${here}/page.html html)
string(REPLACE "@PROGRAM_DIGEST@" "${program_digest}" html "${html}")
string(REPLACE "@STYLE_DIGEST@" "${style_digest}" html "${html}")
string(REPLACE "@STYLE@" "${style}" html "${html}")
string(REPLACE "@PROGRAM@" "${program}" html "${html}")
string(FIND "${html}" "@DATA@" cut)
if(cut LESS 0)
  message(FATAL_ERROR "page.html has no @DATA@")
endif()
string(SUBSTRING "${html}" 0 ${cut} head)
math(EXPR cut "${cut} + 6")
string(SUBSTRING "${html}" ${cut} -1 tail)

bytes_of("${head}" head)
bytes_of("${tail}" tail)
file(WRITE ${OUT} "/* Made by cli/report/page/parts.cmake. */
#include \"report/html.h\"

const unsigned char page_head[] = {
${head}};
const size_t page_head_size = sizeof page_head;

const unsigned char page_tail[] = {
${tail}};
const size_t page_tail_size = sizeof page_tail;
")
