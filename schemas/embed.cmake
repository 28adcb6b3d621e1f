# embed.cmake - turn SQL files into one C file and its header.
# INPUTS is a list of .sql files, SOURCE and HEADER are what to write. The
# text becomes byte arrays: C17 promises only 4095 bytes in a string literal.
set(head "/* Made by embed.cmake from the .sql files of schemas. */\n")
string(APPEND head "#ifndef SCHEMAS_SCHEMAS_H\n#define SCHEMAS_SCHEMAS_H\n\n")
set(body "/* Made by embed.cmake from the .sql files of schemas. */\n")
string(APPEND body "#include \"schemas/schemas.h\"\n")

set(all "")
foreach(input IN LISTS INPUTS)
	get_filename_component(name ${input} NAME_WE)
	string(MAKE_C_IDENTIFIER ${name} name)
	file(READ ${input} hex HEX)
	string(APPEND all "${name} ${hex}\n")
	string(REGEX REPLACE
		"(................................)" "\\1\n" hex "${hex}")
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," hex "${hex}")
	string(APPEND head "extern const char schemas_${name}_sql[];\n")
	string(APPEND body
		"\nconst char schemas_${name}_sql[] = {\n${hex}'\\0'\n};\n")
endforeach()

# By it a program knows a replica whose tables another program made.
string(SHA256 digest "${all}")
string(APPEND head "extern const char schemas_digest[];\n")
string(APPEND body "\nconst char schemas_digest[] = \"${digest}\";\n")
string(APPEND head "\n#endif\n")
string(APPEND body "\ntypedef int schemas_made;\n")
file(WRITE ${HEADER} "${head}")
file(WRITE ${SOURCE} "${body}")
