# SPDX-License-Identifier: MIT
#
# spdx.awk - every file says its licence in its first line, or in the second
# where the first names the interpreter.

FNR == 1 {
	if (files++ && !said)
		missing(file)
	file = FILENAME
	said = 0
	last = $0 ~ /^#!/ ? 2 : 1
}

FNR <= last && /SPDX-License-Identifier: MIT/ { said = 1 }

function missing(name) {
	printf "%s:1: no SPDX line\n", name
	bad = 1
}

END {
	if (files && !said)
		missing(file)
	exit bad
}
