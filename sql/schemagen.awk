# SPDX-License-Identifier: MIT
# schemagen.awk - embeds sql/schema/sqlite/NNNN-name.sql as the migrations[] of store/db.h.
# Files come in the order of their numbers, without a gap.
BEGIN { print "/* Made from sql/schema by schemagen.awk. */\n#include <stddef.h>\n#include \"store/db.h\"\n\n#pragma GCC diagnostic ignored \"-Woverlength-strings\"\nconst struct migration migrations[] = {" }
FNR == 1 {
	if (NR > 1) print "\t},"
	n = split(FILENAME, path, "/"); base = path[n]; sub(/\.sql$/, "", base)
	version = substr(base, 1, 4) + 0
	if (version != ++expected) { print FILENAME ": expected number " expected > "/dev/stderr"; failed = 1; exit 1 }
	printf "\t{ %d, \"%s\",", version, base
}
{ gsub(/[\\"]/, "\\\\&"); printf "\n\t    \"%s\\n\"", $0 }
END { if (failed) exit 1; if (NR > 0) print "\t},"; print "\t{ 0, NULL, NULL },\n};" }
