# SPDX-License-Identifier: MIT
#
# banned.awk - calls that have one home, or none. The way out is a reason on
# the same line: /* allowed: why */

BEGIN {
	none = "strcpy stpcpy strcat sprintf vsprintf gets atoi atol strtok rand srand alloca"
	n = split(none, a, " ")
	for (i = 1; i <= n; i++)
		home[a[i]] = "^$"
	home["gmtime"] = home["localtime"] = home["time"] = "base/clock\\.c$"
	home["localtime_r"] = "^tests/[a-z]+/[a-z_]+\\.c$" # TZ is the process's: book/caltime knows zones
	home["sqlite3_exec"] = "store/[a-z]+\\.c$"
}

FNR == 1 { in_comment = 0 }

# What is left of a line without its strings and comments.
function code(s,   at) {
	if (in_comment) {
		if (!(at = index(s, "*/")))
			return ""
		s = substr(s, at + 2)
		in_comment = 0
	}
	gsub(/\\./, "", s)
	gsub(/"[^"]*"/, "\"\"", s)
	gsub(/'.'/, "0", s)
	while ((at = index(s, "/*")) > 0) {
		if (!index(substr(s, at + 2), "*/")) {
			in_comment = 1
			return substr(s, 1, at - 1)
		}
		s = substr(s, 1, at - 1) " " substr(s, at + 1 + index(substr(s, at + 2), "*/") + 2)
	}
	sub(/\/\/.*/, "", s)
	return s
}

{
	s = code($0)
	if ($0 ~ /\/\* allowed: [^ *]/)
		next
	while (match(s, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
		name = substr(s, RSTART, RLENGTH - 1)
		sub(/[ \t]+$/, "", name)
		if ((name in home) && FILENAME !~ home[name]) {
			printf "%s:%d: %s is banned here\n", FILENAME, FNR, name
			bad = 1
		}
		s = substr(s, RSTART + RLENGTH)
	}
}

END { exit bad }
