# SPDX-License-Identifier: MIT
#
# sizes.awk - a function fits a screen: over 60 lines it is noted, over 100 it
# is refused. A file fits a mind: over 400 and over 600 lines.
# Counts from the line of the name to the closing brace, as clang-format lays
# them out: the opening brace stands alone in the first column.

function file_done() {
	if (file != "" && lines > 600) {
		printf "%s: %d lines, more than 600\n", file, lines
		bad = 1
	} else if (file != "" && lines > 400)
		printf "%s: note: %d lines, more than 400\n", file, lines
}

FNR == 1 {
	file_done()
	file = FILENAME
	name = ""
	open = 0
}

{ lines = FNR }

# The declarator: the last line in the first column that has a parenthesis.
!open && /^[A-Za-z_].*\(/ {
	name = $0
	sub(/\(.*/, "", name)
	sub(/.*[ *]/, "", name)
	first = FNR
}

/^\{/ && name != "" { open = 1 }

/^\}/ && open {
	size = FNR - first + 1
	if (size > 100) {
		printf "%s:%d: %s has %d lines, more than 100\n", FILENAME, first, name, size
		bad = 1
	} else if (size > 60)
		printf "%s:%d: note: %s has %d lines, more than 60\n", FILENAME, first, name, size
	open = 0
	name = ""
}

END {
	file_done()
	exit bad
}
