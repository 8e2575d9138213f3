# The page's fixed parts as C: page.html with style and program put in, cut where the data go.
# usage: cmake -D OUT=html_parts.c -D "SCRIPTS=a.js;b.js" -P parts.cmake
set(here ${CMAKE_CURRENT_LIST_DIR})

# The digest of a source in the form of a content security policy: base64 of SHA-256. The page runs
# this program and shows this style, and no other.
function(policy_digest text out)
  set(letters ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  string(SHA256 hex "${text}")
  set(hex "${hex}0000")                  # 33 bytes and one; 43 letters count
  set(base64 "")
  foreach(group RANGE 0 10)
    math(EXPR at "${group} * 6")
    string(SUBSTRING "${hex}" ${at} 6 bytes)
    foreach(shift 18 12 6 0)
      math(EXPR letter "(0x${bytes} >> ${shift}) & 63")
      string(SUBSTRING ${letters} ${letter} 1 letter)
      string(APPEND base64 ${letter})
    endforeach()
  endforeach()
  string(SUBSTRING ${base64} 0 43 base64)
  set(${out} "sha256-${base64}=" PARENT_SCOPE)
endfunction()

function(bytes_of text out)
  string(HEX "${text}" hex)
  string(REGEX REPLACE "(..)" "0x\\1," hex "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" hex "${hex}")
  set(${out} "${hex}" PARENT_SCOPE)
endfunction()

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
