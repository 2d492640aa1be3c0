# SPDX-License-Identifier: MIT
# staticgen.awk - embeds the files of daemon/web/static as page_statics[] of web/page.h.
BEGIN {
	type["css"] = "text/css; charset=utf-8"; type["svg"] = "image/svg+xml"; type["js"] = "text/javascript; charset=utf-8"
	print "/* Made from daemon/web/static by staticgen.awk. */\n#include <stddef.h>\n#include \"web/page.h\"\n"
	print "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\nconst struct page_static page_statics[] = {"
}
FNR == 1 {
	if (NR > 1) print "\t},"
	n = split(FILENAME, path, "/"); name = path[n]; ext = name; sub(/.*\./, "", ext)
	if (!(ext in type)) { print FILENAME ": unknown kind of file" > "/dev/stderr"; failed = 1; exit 1 }
	printf "\t{ \"%s\", \"%s\",", name, type[ext]
}
{ gsub(/[\\"]/, "\\\\&"); printf "\n\t    \"%s\\n\"", $0 }
END { if (failed) exit 1; if (NR > 0) print "\t},"; print "\t{ NULL, NULL, NULL },\n};" }
