# SPDX-License-Identifier: MIT
#
# layers.awk - who may include whom: "room: the rooms it may include".
# Files directly in daemon/ are main programs and may include everything.

BEGIN {
	may["base"]  = ""
	may["store"] = "base"
	may["book"]  = "store base"
	may["http"]  = "base"
	may["web"]   = "http book base"
	may["ctl"]   = "base"
	# Headers of others, and the files that may know them.
	only["queries.h"] = "^(book|store)/"
	only["sqlite3.h"] = "^store/"
	only["openssl/"]  = "^((base|http)/|book/(reference|secret[a-z_]*)\\.c$)"
	for (room in may) {
		ok[room, room] = 1
		n = split(may[room], a, " ")
		for (i = 1; i <= n; i++)
			ok[room, a[i]] = 1
	}
}

function wrong(what) {
	printf "%s:%d: %s may not include %s\n", FILENAME, FNR, file, what
	bad = 1
}

FNR == 1 {
	file = FILENAME
	sub(/^(.*\/)?daemon\//, "", file)
	here = file ~ /\// ? file : "main"
	sub(/\/.*/, "", here)
	if (here != "main" && !(here in may)) {
		printf "%s: there is no room %s\n", FILENAME, here
		bad = 1
	}
}

/^[ \t]*#[ \t]*include/ {
	there = $0
	sub(/^[^<"]*[<"]/, "", there)
	sub(/[>"].*/, "", there)
	for (header in only)
		if (index(there, header) == 1 && file !~ only[header] && here != "main")
			wrong(there)
	room = there
	sub(/\/.*/, "", room)
	if (here != "main" && $0 ~ /"/ && (room in may) && there ~ /\// && !((here, room) in ok))
		wrong(there)
}

END { exit bad }
